#include "hooks/step/words.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "verifier/exposure/word.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxWordsBetween = 8;

bool EndsWord(char c) {
  constexpr std::string_view kBetween = "'\"`;|&()<>=,{}[]*?!#\\^$";
  return static_cast<unsigned char>(c) <= ' ' || kBetween.find(c) != kBetween.npos;
}

// Calls `take` with each run of characters that do not end a word, and the character before the
// run.
template <class Take>
void ForEachRun(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    while (at < text.size() && !EndsWord(text[at])) ++at;
    if (at > begin && !take(text.substr(begin, at - begin), begin > 0 ? text[begin - 1] : ' ')) {
      return;
    }
    at += at == begin ? 1 : 0;
  }
}

// `npm@11` is `npm`; `@scope/name` stays as it is.
std::string_view WithoutVersion(std::string_view word) {
  return word.substr(0, word.find('@', 1));
}

// A command of a Makefile without the `@` before it, which keeps make quiet.
std::string_view WithoutQuiet(std::string_view word) {
  return word.starts_with('@') ? word.substr(std::min(word.find_first_not_of("@-+"), word.size()))
                               : word;
}

std::string_view LastPart(std::string_view word) {
  return word.substr(word.rfind('/') + 1);
}

}  // namespace

const std::vector<std::string> kTokenConsumers = {
    "jobwarden-hook github mint",
    // Signing.
    "cosign",
    "gitsign",
    "sigstore",
    "pypi-attestations",
    "witness run",
    "sigstore-maven-plugin",
    "dev.sigstore.sign",
    "goreleaser",
    "chainctl",
    // Publishing without a stored token.
    "npm publish",
    "pnpm publish",
    "lerna publish",
    "changeset publish",
    "@changesets/cli publish",
    "semantic-release",
    "jsr publish",
    "deno publish",
    "twine",
    "uv publish",
    "pdm publish",
    "hatch publish",
    "gem push",
    "rake release",
    "release-plz",
    "rattler-build upload",
    "pixi upload",
    // Clouds.
    "terraform",
    "tofu",
    "terragrunt",
    "pulumi",
    "az",
    "azd",
    "tbot",
};

bool NamesRequestVariables(std::string_view text, bool anywhere) {
  // A script that uses the toolkit of JavaScript actions names neither variable.
  constexpr std::string_view kNames[] = {kRequestVariables[0], kRequestVariables[1], "getIDToken"};
  for (const std::string_view name : kNames) {
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
      if (anywhere || IsWholeWord(text, at, at + name.size())) return true;
    }
  }
  return false;
}

std::vector<std::string_view> WordsOf(std::string_view text, std::size_t most) {
  std::vector<std::string_view> words;
  std::unordered_set<std::string_view> seen;
  const auto add = [&](std::string_view word) {
    if (word.empty() || words.size() == most) return;
    if (seen.insert(word).second) words.push_back(word);
  };
  ForEachRun(text, [&](std::string_view run, char before) {
    // Only the path after `$NAME` and `$env:NAME`.
    if (before == '$') run.remove_prefix(std::min(run.find('/'), run.size()));
    add(run);
    add(WithoutQuiet(run));
    if (run.find(':') == run.npos) return words.size() < most;
    while (!run.empty()) {
      const std::size_t end = std::min(run.find(':'), run.size());
      add(run.substr(0, end));
      run.remove_prefix(std::min(end + 1, run.size()));
    }
    return words.size() < most;
  });
  return words;
}

ConsumerCommands::ConsumerCommands(const std::vector<std::string>& commands) {
  for (const std::string& command : commands) {
    std::vector<std::string> words;
    ForEachRun(command, [&](std::string_view word, char) {
      words.emplace_back(word);
      words_.emplace(word);
      return true;
    });
    if (!words.empty()) commands_.push_back(std::move(words));
  }
}

bool ConsumerCommands::StandIn(std::string_view text) const {
  struct Progress {
    std::size_t words = 0;    // words of the command that were found
    std::size_t between = 0;  // other words since then
  };
  std::vector<Progress> progress(commands_.size());
  bool found = false;
  const auto meet = [&](std::string_view word) {
    for (std::size_t i = 0; i < commands_.size(); ++i) {
      const auto& command = commands_[i];
      Progress& at = progress[i];
      if (word == command[at.words]) {
        at = {at.words + 1, 0};
        found = found || at.words == command.size();
      } else if (word == command[0]) {
        at = {1, 0};
      }
      if (at.words == command.size()) at = {};
    }
  };
  ForEachRun(text, [&](std::string_view run, char) {
    for (Progress& at : progress) {
      if (at.words > 0 && ++at.between > kMaxWordsBetween) at = {};
    }
    const std::string_view whole = WithoutVersion(run);
    const std::string_view last = LastPart(WithoutQuiet(whole));
    const std::string_view plain = last.substr(0, last.find(':'));
    for (const std::string_view word : {whole, last, plain}) {
      if (words_.contains(word)) {
        meet(word);
        break;
      }
    }
    return !found;
  });
  return found;
}

}  // namespace jobwarden
