#include "verifier/cli/token_command.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "verifier/base/secret.h"
#include "verifier/base/text.h"
#include "verifier/cli/choose_issuer.h"
#include "verifier/cli/print.h"
#include "verifier/cli/token_input.h"
#include "verifier/config/config.h"
#include "verifier/fetch/id_token_request.h"
#include "verifier/os/environment.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxInputBytes = kMaxRequestUrlBytes + 1 + kMaxRequestTokenBytes + 1;

// Without stdio, whose buffer would keep a copy.
Status Print(const Secret& line) {
  std::string_view rest = line.view();
  while (!rest.empty()) {
    const ssize_t written = write(STDOUT_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return Finding{Code::kTokenRequestFailed, "standard output: " + ErrorText(errno), "", {}};
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return Ok();
}

}  // namespace

int RunTokenRequest(const std::string& config_path, const TokenRequestOptions& options) {
  if (const auto hidden = HideProcess(); !hidden) return Fail(hidden.findings());
  const auto config = LoadConfig(config_path, JobsRun::kElsewhere);
  if (!config) return Fail(config.findings());
  const auto issuer = IssuerNamed(*config, options.issuer);
  if (!issuer) return Fail(issuer.findings());
  if ((*issuer)->provider != Provider::kGitHub) {
    return Fail({{Code::kConfigInvalid,
                  "issuer " + Quote(options.issuer) + ": expected one of GitHub",
                  "GitLab's jobs get their id_tokens as variables",
                  {},
                  false}});
  }
  const auto input = ReadStdin(kMaxInputBytes, Code::kConfigInvalid);
  if (!input) return Fail(input.findings());
  const auto request = ParseIdTokenRequest(input->view());
  if (!request) return Fail(request.findings());
  const auto token = FetchIdToken(*request, options.audience, (*issuer)->keys);
  if (!token) return Fail(token.findings());
  std::string line;
  line.reserve(token->size() + 1);
  line.append(token->view()).append("\n");
  const auto printed = Print(Secret(std::move(line)));
  return printed ? ExitCodeOf(Outcome::kAllow) : Fail(printed.findings());
}

}  // namespace jobwarden
