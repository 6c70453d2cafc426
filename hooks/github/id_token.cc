#include "hooks/github/id_token.h"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/os/process.h"
#include "verifier/os/program_finding.h"
#include "verifier/os/random.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kTokenRequestFailed;
constexpr std::string_view kWhat = "token request";
// The program's own limit, and some time to start it.
constexpr std::chrono::seconds kTimeout{23};

bool IsLine(std::string_view text) {
  return !text.empty() && text.find_first_of("\r\n") == text.npos;
}

}  // namespace

bool MayRequestIdTokens(const Environment& environment) {
  return !environment.Get(kRequestUrl).empty() && !environment.Get(kRequestToken).empty();
}

Result<Issuer> IssuerOfJob(const Config& config, const Environment& environment) {
  const std::string_view server = environment.Get("GITHUB_SERVER_URL");
  std::vector<const Issuer*> of_github;
  for (const Issuer& issuer : config.issuers) {
    if (issuer.provider != Provider::kGitHub) continue;
    if (issuer.server_url == server) return issuer;
    of_github.push_back(&issuer);
  }
  if (of_github.size() == 1) return *of_github.front();
  if (of_github.empty()) {
    return Finding{Code::kConfigInvalid, "expected an issuer with provider \"github\", got none",
                   "write an [[issuer]] with provider = \"github\" in " + config.path};
  }
  return Finding{Code::kConfigInvalid,
                 fmt::format("no issuer has the server_url {} of this job", Quote(server)),
                 "configured in " + config.path};
}

std::string FreshAudience(std::string_view audience) {
  constexpr std::size_t kNonceBytes = 16;
  return fmt::format("{}/{}", audience, EncodeHex(RandomBytes(kNonceBytes)));
}

Result<Secret> RequestIdToken(const Config& config, const Issuer& issuer, std::string_view audience,
                              const Environment& environment, JobAge age) {
  const std::string_view url = environment.Get(kRequestUrl);
  const std::string_view token = environment.Get(kRequestToken);
  if (!IsLine(url) || !IsLine(token)) {
    return Finding{
        kCode, fmt::format("{}: expected the values of {} and {} that the runner sets, got others",
                           kWhat, kRequestUrl, kRequestToken)};
  }
  auto path = SiblingProgram("jobwarden", kCode);
  if (!path) return std::move(path).findings();
  std::string lines;
  lines.reserve(url.size() + token.size() + 2);
  lines.append(url).append("\n").append(token).append("\n");
  const Secret input(std::move(lines));
  std::vector<std::string> arguments = {
      "token",    "request",  fmt::format("--audience={}", audience), "--issuer", issuer.name,
      "--config", config.path};
  if (age == JobAge::kBegins) arguments.emplace_back("--job-begins");
  const Program program{.path = *path,
                        .arguments = std::move(arguments),
                        // In a step these are the job's, and so are the URL and the token.
                        .environment = NetworkSettings(environment),
                        .input = input.view(),
                        .timeout = kTimeout};
  auto end = RunProgram(program, kCode, kWhat);
  if (!end) return std::move(end).findings();
  Secret output(std::move(end->output));
  if (end->timed_out || end->exit_code != 0) return FindingOf(*end, kCode, kWhat, kTimeout);
  std::string_view line = output.view();
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (!HasTokenCharacters(line)) {
    return Finding{kCode,
                   fmt::format("{}: {} printed something that is not a token", kWhat, Quote(*path)),
                   "do both programs come from one installation?"};
  }
  return Secret(std::string(line));
}

}  // namespace jobwarden
