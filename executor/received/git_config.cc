#include "executor/received/git_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/secret.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

bool Holds(std::string_view text, std::string_view token) {
  return Contains(text, token) || Contains(PercentDecoded(text).view(), token);
}

bool IsSchemeCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

// The user, password, host and port that `text` begins with: up to what ends them in a URL, or the
// URL in a configuration.
std::string_view Authority(std::string_view text) {
  const auto ends = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' ||
           c == '\\';
  };
  const auto end = std::find_if(text.begin(), text.end(), ends);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// What makes the remotes of a server work where the environment has the token. The empty helper
// first: no other one may get the token to store it.
std::string HelperSection(std::string_view server) {
  return fmt::format(
      "[credential \"{}\"]\n"
      "\thelper =\n"
      "\thelper = \"!f() {{ test \\\"$1\\\" = get || return 0; test -z \\\"$CI_JOB_TOKEN\\\" && "
      "echo "
      "'jobwarden: no line of the job names CI_JOB_TOKEN, so git has no password' >&2 || echo "
      "\\\"password=$CI_JOB_TOKEN\\\"; }}; f\"\n"
      "\tusername = gitlab-ci-token\n",
      server);
}

}  // namespace

std::optional<std::string> WithoutGitCredentials(std::string_view config, std::string_view token,
                                                 TokenElsewhere elsewhere) {
  if (!Holds(config, token)) return std::string(config);
  std::string rest;
  std::set<std::string> servers;
  std::size_t copied = 0;
  for (std::size_t colon = config.find("://"); colon != std::string_view::npos;
       colon = config.find("://", colon + 1)) {
    const std::size_t begin = colon + 3;
    const std::string_view authority = Authority(config.substr(begin));
    const std::size_t at_sign = authority.rfind('@');
    if (at_sign == std::string_view::npos || !Holds(authority.substr(0, at_sign), token)) continue;
    rest += config.substr(copied, begin - copied);
    copied = begin + at_sign + 1;
    std::size_t scheme = colon;
    while (scheme > 0 && IsSchemeCharacter(config[scheme - 1])) --scheme;
    const std::string url(config.substr(scheme, begin - scheme));
    if (url == "http://" || url == "https://") {
      servers.insert(url + std::string(authority.substr(at_sign + 1)));
    }
  }
  rest += config.substr(copied);
  if (elsewhere == TokenElsewhere::kRefused && Holds(rest, token)) {
    Wipe(rest);
    return std::nullopt;
  }
  for (const std::string& server : servers) {
    const std::string section = HelperSection(server);
    if (Contains(rest, section)) continue;
    if (!rest.empty() && rest.back() != '\n') rest += '\n';
    rest += section;
  }
  return rest;
}

}  // namespace jobwarden
