#include "verifier/cli/serve_command.h"

#include <unistd.h>

#include "verifier/base/finding.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/service/service.h"

namespace jobwarden {

int RunServe(const std::string& config_path, const ServeOptions& options) {
  const auto load = [&] { return LoadConfig(config_path, JobsRun::kElsewhere); };
  auto config = load();
  if (!config) return Fail(config.findings());
  PrintFindings(config->warnings);
  const auto served =
      RunService(*std::move(config), {options.listen, options.insecure_listen}, load);
  const int exit_code = served ? ExitCodeOf(Outcome::kAllow) : Fail(served.findings());
  // Threads may still wait for an issuer's answer, and use what this function owns.
  _exit(exit_code);
}

}  // namespace jobwarden
