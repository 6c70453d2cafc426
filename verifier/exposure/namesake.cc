#include "verifier/exposure/namesake.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "verifier/exposure/word.h"

namespace jobwarden {
namespace {

constexpr std::string_view kSaysNothing[] = {
    "access",   "app",     "auth",   "build",      "ci",         "cloud",   "default", "deploy",
    "dev",      "env",     "fed",    "federated",  "federation", "gitlab",  "gl",      "id",
    "identity", "job",     "jwt",    "main",       "my",         "oidc",    "openid",  "our",
    "pipeline", "preprod", "prod",   "production", "project",    "publish", "qa",      "release",
    "review",   "role",    "runner", "script",     "secret",     "secrets", "service", "stage",
    "staging",  "test",    "the",    "token",      "web",        "wif",     "workload"};

bool SaysNothing(std::string_view part) {
  return std::find(std::begin(kSaysNothing), std::end(kSaysNothing), part) !=
         std::end(kSaysNothing);
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::vector<std::string> NamesakesOf(std::string_view variable) {
  std::vector<std::string> namesakes;
  std::string name;
  while (!variable.empty()) {
    const std::size_t end = std::min(variable.find('_'), variable.size());
    std::string part(variable.substr(0, end));
    variable.remove_prefix(std::min(end + 1, variable.size()));
    std::transform(part.begin(), part.end(), part.begin(), Lower);
    if (part.empty() || (name.empty() && SaysNothing(part))) continue;
    name += part;
    if (name.size() > 1 && !SaysNothing(part)) namesakes.push_back(name);
  }
  return namesakes;
}

Words NamesakesIn(std::string_view text, const Words& wanted) {
  Words found;
  if (wanted.empty()) return found;
  std::string name;
  // A newline ends the last word.
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const char c = at < text.size() ? text[at] : '\n';
    if (c == '-' || c == '.' || c == '_') continue;
    if (IsWordCharacter(c) || IsForeign(c)) {
      name += Lower(c);
      continue;
    }
    if (!name.empty()) {
      const auto it = wanted.find(name);
      if (it != wanted.end()) found.insert(*it);
      name.clear();
    }
  }
  return found;
}

}  // namespace jobwarden
