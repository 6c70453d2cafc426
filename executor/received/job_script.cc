#include "executor/received/job_script.h"

#include <fmt/format.h>

#include <utility>

#include "executor/received/gitlab_env.h"
#include "verifier/base/text.h"
#include "verifier/base/value_length.h"

namespace jobwarden {
namespace {

Finding Unreadable(std::string why, std::string hint) {
  return {Code::kScriptUnreadable, "job script: " + std::move(why), std::move(hint)};
}

template <class Texts>
bool TakeOneOf(std::string_view& text, const Texts& expected) {
  for (const std::string_view each : expected) {
    if (TakePrefix(text, each)) return true;
  }
  return false;
}

constexpr std::string_view kOptions[] = {
    "case \"$(set -o)\" in *\"pipefail\"*) set -o pipefail;; esac; set -o errexit\n",
    "if set -o | grep pipefail > /dev/null; then set -o pipefail; fi; set -o errexit\n",
    "set -eo pipefail\n",
};

struct Eval {
  std::string_view before;
  std::string_view after;
};
constexpr Eval kEvals[] = {
    {"(trap 'exit 1' TERM; eval ", ") < /dev/null\nexit 0\n"},
    {": | (eval ", ")\nexit 0\n"},
    {": | eval ", "\nexit 0\n"},
};

// The outer word of a script for bash or sh, when every byte around it is as runners write it.
std::optional<std::string_view> FindOuterWord(std::string_view text) {
  constexpr std::string_view kShebangs[] = {"#!/usr/bin/env bash\n\n", "#!/usr/bin/env sh\n\n"};
  TakeOneOf(text, kShebangs);
  TakePrefix(text, "trap 'exit 1' TERM\n\n");
  TakePrefix(text, "set -o xtrace\n");
  if (!TakeOneOf(text, kOptions) || !TakePrefix(text, "set +o noclobber\n")) return std::nullopt;
  for (const Eval& eval : kEvals) {
    if (!TakePrefix(text, eval.before)) continue;
    if (!text.ends_with(eval.after)) return std::nullopt;
    text.remove_suffix(eval.after.size());
    return text;
  }
  return std::nullopt;
}

// How a value may stand in a script, but for the quotes around it: as it is, in one word, and in a
// word inside a word.
std::set<std::string> FormsOf(std::string_view value) {
  std::set<std::string> forms{std::string(value), EscapeForPowerShell(value)};
  for (const Quoting quoting : kQuotings) {
    std::string once = EscapeInWord(value, quoting);
    forms.insert(EscapeInWord(once, quoting));
    forms.insert(std::move(once));
  }
  return forms;
}

bool HoldsAnyFormOf(std::string_view script, std::string_view value) {
  auto forms = FormsOf(value);
  bool holds = false;
  while (!forms.empty()) {
    auto form = forms.extract(forms.begin());
    holds = holds || Contains(script, form.value());
    Wipe(form.value());
  }
  return holds;
}

// The last of several lines that end in a newline, and the one before it.
std::string_view LastLine(std::string_view lines, int skip) {
  std::size_t end = lines.size() - 1;
  for (; skip > 0; --skip) end = lines.rfind('\n', end - 1);
  const std::size_t before = lines.rfind('\n', end - 1);
  return lines.substr(before + 1, end - before - 1);
}

// A line that removes the file of a file variable, which an earlier stage may have written. `lines`
// are those that set it, as the runner wrote them; so is the path in it.
std::string RemovalOfFile(std::string_view lines, bool power_shell) {
  const std::string_view assignment = LastLine(lines, power_shell ? 1 : 0);
  const std::string_view path = assignment.substr(assignment.find('=') + 1);
  return power_shell
             ? fmt::format(
                   "if(Test-Path -LiteralPath ({0})) {{ Remove-Item -Force -LiteralPath ({0}) }}\n",
                   path)
             : fmt::format("rm -f {}\n", path);
}

}  // namespace

bool JobScript::ReadShell() {
  const auto word = FindOuterWord(bytes_.view());
  if (!word) return false;
  word_begin_ = static_cast<std::size_t>(word->data() - bytes_.view().data());
  word_end_ = word_begin_ + word->size();
  // Two quotings may fit the outer word. Then the words inside tell which it is.
  for (const Quoting quoting : kQuotings) {
    auto inner = DecodeWord(*word, quoting);
    if (!inner) continue;
    Secret decoded(std::move(*inner));
    ScriptVariables read = ReadShellVariables(decoded.view(), quoting);
    const auto rank = [](const ScriptVariables& each) {
      return std::pair(each.understood, each.end);
    };
    if (quoting_ && rank(read) <= rank(read_)) continue;
    quoting_ = quoting;
    inner_ = std::move(decoded);
    read_ = std::move(read);
  }
  return quoting_.has_value();
}

bool JobScript::ReadPowerShell() {
  std::string_view text = bytes_.view();
  TakePrefix(text, "#!/usr/bin/env pwsh\n");
  const bool block = TakePrefix(text, "& {\n\n");
  TakePrefix(text, "Set-PSDebug -Trace 2\n");
  if (!TakePrefix(text, "$ErrorActionPreference = \"Stop\"\n")) return false;
  if (block && !text.ends_with("\n}\n\n")) return false;
  read_ = ReadPowerShellVariables(bytes_.view(), bytes_.size() - text.size());
  return true;
}

Result<JobScript> JobScript::Parse(std::string bytes) {
  JobScript script;
  script.bytes_ = Secret(std::move(bytes));
  const std::size_t size = script.bytes_.size();
  if (size == 0) {
    return Unreadable("expected a generated script, got an empty file",
                      "look whether the runner could write to its temporary folder");
  }
  if (size > kMaxScriptBytes) {
    return Unreadable(fmt::format("{} bytes, the limit is {}", size, kMaxScriptBytes),
                      "make the job's variables or its script smaller");
  }
  const bool known = script.ReadShell() || script.ReadPowerShell();
  if (!known) {
    return Unreadable("expected a script of GitLab Runner for bash, sh or pwsh, got another form",
                      "look whether this runner's version is supported, and whether the file is "
                      "complete");
  }
  if (!script.read_.understood) {
    return Unreadable(fmt::format("a variable after {} others is written in an unknown form",
                                  script.read_.variables.size()),
                      "look whether this runner's version is supported");
  }
  return script;
}

Result<Secret> JobScript::Drop(const std::set<std::string>& names,
                               const std::vector<std::string_view>& gone,
                               bool guards_gitlab_env) const {
  const std::string_view text = inner();
  std::string rest;
  rest.reserve(text.size());
  std::string removals;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < read_.slices.size(); ++i) {
    const auto [begin, end] = read_.slices[i];
    if (!names.contains(read_.variables[i].name)) continue;
    if (read_.variables[i].file) {
      removals += RemovalOfFile(text.substr(begin, end - begin), !quoting_);
    }
    rest += text.substr(copied, begin - copied);
    copied = end;
  }
  rest += text.substr(copied, read_.end - copied);
  rest += removals;
  if (guards_gitlab_env) {
    const auto guarded = WithGuardedGitLabEnv(commands());
    if (!guarded) {
      return Unreadable("it reads the file GITLAB_ENV in an unknown form",
                        "look whether this runner's version is supported");
    }
    rest += *guarded;
  } else {
    rest += commands();
  }

  Secret script(std::move(rest));
  if (quoting_) {
    Secret word(EncodeWord(script.view(), *quoting_));
    std::string whole;
    whole.reserve(bytes_.size() - (word_end_ - word_begin_) + word.size());
    whole += bytes_.view().substr(0, word_begin_);
    whole += word.view();
    whole += bytes_.view().substr(word_end_);
    script = Secret(std::move(whole));
  }
  for (const std::string_view value : gone) {
    if (value.size() >= kMinSearchedBytes && HoldsAnyFormOf(script.view(), value)) {
      return Unreadable("a token that was to be taken out still stands in it",
                        "the runner wrote the token's value into this stage; keep it with "
                        "JOBWARDEN_KEEP, or take it out of the job");
    }
  }
  return script;
}

}  // namespace jobwarden
