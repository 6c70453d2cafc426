#include "verifier/cli/jws_command.h"

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/cli/print.h"
#include "verifier/cli/token_input.h"
#include "verifier/os/file.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/jws.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

int RunJws(const JwsOptions& options) {
  const auto bytes = ReadFile(options.keys_file, kMaxKeySetBytes, Code::kConfigInvalid, "key set");
  if (!bytes) return Fail(bytes.findings());
  const auto keys =
      KeySet::Parse(*bytes, Code::kConfigInvalid, "key set " + Quote(options.keys_file));
  if (!keys) return Fail(keys.findings());
  const auto input = ReadStdin(4 * kMaxTokenBytes);
  if (!input) return Fail(input.findings());
  const auto status = CheckJws(input->view(), *keys, options.algorithms);
  return status ? 0 : Fail(status.findings());
}

}  // namespace jobwarden
