#include "verifier/cli/token_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

#include "verifier/admission/choose_issuer.h"
#include "verifier/base/finding.h"
#include "verifier/base/secret.h"
#include "verifier/base/text.h"
#include "verifier/cli/print.h"
#include "verifier/cli/token_input.h"
#include "verifier/config/config.h"
#include "verifier/fetch/id_token_request.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxInputBytes = kMaxRequestUrlBytes + 1 + kMaxRequestTokenBytes + 1;

}  // namespace

int RunTokenRequest(const std::string& config_path, const TokenRequestOptions& options) {
  const auto config = LoadConfig(config_path, JobsRun::kElsewhere);
  if (!config) return Fail(config.findings());
  const auto issuer = IssuerNamed(*config, options.issuer);
  if (!issuer) return Fail(issuer.findings());
  if (!RequestsIdTokens((*issuer)->provider)) {
    return Fail({{Code::kConfigInvalid,
                  fmt::format("issuer {}: expected one whose jobs request id_tokens, got provider "
                              "{}",
                              Quote(options.issuer), Quote(ProviderName((*issuer)->provider))),
                  "its jobs have their id_tokens in variables"}});
  }
  const auto input = ReadStdin(kMaxInputBytes, Code::kConfigInvalid);
  if (!input) return Fail(input.findings());
  const auto request = ParseIdTokenRequest(input->view());
  if (!request) return Fail(request.findings());
  Patience patience;
  if (options.job_begins) patience.refused = kBeginning;
  const auto token = FetchIdToken(*request, options.audience, (*issuer)->keys, patience);
  if (!token) return Fail(token.findings());
  std::string line;
  line.reserve(token->size() + 1);
  line.append(token->view()).append("\n");
  // Not through stdio, because its buffer would keep a copy.
  if (Say(STDOUT_FILENO, Secret(std::move(line)).view())) return ExitCodeOf(Outcome::kAllow);
  return Fail({{Code::kTokenRequestFailed, "standard output: " + ErrorText(errno)}});
}

}  // namespace jobwarden
