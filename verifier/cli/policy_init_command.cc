#include "verifier/cli/policy_init_command.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <utility>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/cli/print.h"
#include "verifier/cli/starter_policy.h"
#include "verifier/config/config.h"
#include "verifier/manual/json_schema.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/os/remove_tree.h"
#include "verifier/provider/provider.h"
#include "verifier/review/check.h"
#include "verifier/review/test_file.h"
#include "verifier/review/test_run.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;
constexpr const char* kRulesName = "rules.d/10-first.toml";
constexpr const char* kTestsName = "tests/first.test.toml";

// A question, and the option that answers it in scripts.
struct Question {
  std::string& answer;
  const char* option;
  const char* words;
  std::string preset;
  const char* hint;
};

std::vector<Question> QuestionsOf(StarterAnswers& answers) {
  const bool github = answers.provider == Provider::kGitHub;
  return {
      {answers.url, "--url", "The issuer of the tokens (their iss)",
       github ? "https://token.actions.githubusercontent.com" : "",
       "for example https://gitlab.example.com"},
      {answers.audience, "--audience", "A name of your own for these runners (the tokens' aud)", "",
       "for example https://ci-runners.example.com"},
      {answers.project, "--project", "The project whose jobs may run here (GROUP/NAME)", "",
       "more are added to rules.d later"},
      {answers.project_id, "--project-id", "Its number", "",
       github ? "gh api repos/OWNER/NAME --jq .id" : "the project's page shows it"},
      {answers.ref, "--ref", "Its branch", "main", ""},
  };
}

// Asks on the terminal until there is an answer. False at the end of input.
bool Ask(const Question& question) {
  while (question.answer.empty()) {
    Say(STDERR_FILENO, fmt::format("{}{}: ", question.words,
                                   question.preset.empty() ? "" : " [" + question.preset + "]"));
    if (!std::getline(std::cin, question.answer)) return false;
    if (question.answer.empty()) question.answer = question.preset;
    if (question.answer.empty()) Say(STDERR_FILENO, fmt::format("  {}\n", question.hint));
  }
  return true;
}

Status FillIn(StarterAnswers& answers) {
  const bool asks = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
  Findings missing;
  for (const Question& each : QuestionsOf(answers)) {
    if (asks && !Ask(each)) return Finding{kCode, "the input ended before all was answered"};
    if (each.answer.empty()) each.answer = each.preset;
    if (each.answer.empty()) {
      missing.push_back({kCode, fmt::format("missing {}", each.option), each.hint});
    }
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string& id = answers.project_id;
  if (!std::all_of(id.begin(), id.end(), is_digit) || id.size() > 18) {
    missing.push_back({kCode, fmt::format("--project-id: expected a number, got {}", Quote(id))});
  }
  if (answers.project.find_first_of("*?") != std::string::npos) {
    missing.push_back(
        {kCode,
         fmt::format("--project: expected one project, got the pattern {}", Quote(answers.project)),
         "write wider rules into rules.d later"});
  }
  if (!missing.empty()) return missing;
  return Ok();
}

// What `policy check --strict` and `policy test` would say.
Findings CheckPolicy(const StarterPolicy& policy, const std::string& config_name) {
  const std::vector<ConfigFile> files = {{config_name, policy.config}, {kRulesName, policy.rules}};
  Findings problems;
  for (const Remark& each : ReviewConfig(files).remarks) {
    problems.push_back({kCode, each.message, each.hint});
  }
  if (!problems.empty()) return problems;
  const auto config = ParseConfig(files);
  if (!config) return config.findings();
  const TestFile tests = ReadTestFile(kTestsName, policy.tests, [](const std::string&) {
    return Result<std::string>(Finding{kCode, "no file of claims is named"});
  });
  TestRun run(*config);
  auto mistakes = tests.problems.empty() ? run.Run(kTestsName, tests) : tests.problems;
  for (Problem& each : mistakes) problems.push_back(std::move(each.finding));
  for (const CaseResult& each : run.results()) {
    if (each.differences.empty()) continue;
    problems.push_back(
        {kCode, fmt::format("case {}: {}", Quote(each.name), Join(each.differences, "; "))});
  }
  return problems;
}

Status WriteInto(const std::string& folder, const StarterPolicy& policy,
                 const std::string& config_name) {
  for (const char* each : {"rules.d", "tests"}) {
    auto made = MakeFolders(fmt::format("{}/{}", folder, each), 0755, kCode, "policy");
    if (!made) return made;
  }
  for (const auto& [name, text] :
       {std::pair<std::string, const std::string*>(config_name, &policy.config),
        {kRulesName, &policy.rules},
        {kTestsName, &policy.tests}}) {
    auto written =
        WriteFileAtomically(fmt::format("{}/{}", folder, name), *text, 0644, kCode, "policy");
    if (!written) return written;
  }
  return Ok();
}

// Makes the whole folder under another name beside it, and renames it. The system refuses that if a
// folder of that name holds anything.
Status WritePolicy(const std::filesystem::path& folder, const StarterPolicy& policy,
                   const std::string& config_name) {
  std::string draft = fmt::format("{}.new-XXXXXX", folder.string());
  if (mkdtemp(draft.data()) == nullptr || chmod(draft.c_str(), 0755) != 0) {
    return Finding{kCode, fmt::format("policy {}: {}", Quote(folder.string()), ErrorText(errno)),
                   "make the folder above it, or name another with --folder"};
  }
  auto written = WriteInto(draft, policy, config_name);
  if (written && rename(draft.c_str(), folder.c_str()) != 0) {
    const bool used = errno == ENOTEMPTY || errno == EEXIST;
    written = Finding{kCode,
                      fmt::format("policy {}: {}", Quote(folder.string()),
                                  used ? "the folder holds files already" : ErrorText(errno)),
                      "name a new folder with --folder, and copy from it what you need"};
  }
  if (!written) (void)RemoveTree(draft);
  return written;
}

}  // namespace

int RunPolicyInit(const std::string& config_path, const PolicyInitOptions& options) {
  namespace fs = std::filesystem;
  // Drivers of other users read the configuration, and root's umask is 077 on many machines.
  umask(022);
  StarterAnswers answers{*ProviderFromName(options.provider),
                         options.url,
                         options.audience,
                         options.project,
                         options.project_id,
                         options.ref,
                         options.help};
  if (auto filled = FillIn(answers); !filled) return Fail(filled.findings());
  const fs::path config = fs::absolute(config_path).lexically_normal();
  const std::string name = options.folder.empty() ? config.filename().string() : "jobwarden.toml";
  fs::path folder = options.folder.empty() ? config.parent_path()
                                           : fs::absolute(options.folder).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // `DIR/`
  const StarterPolicy policy = WriteStarterPolicy(answers, name);
  if (const auto problems = CheckPolicy(policy, name); !problems.empty()) return Fail(problems);
  if (auto written = WritePolicy(folder, policy, name); !written) return Fail(written.findings());
  return Answer(fmt::format("jobwarden: {0} is written; it reports, and refuses no job yet\n"
                            "  jobwarden policy check --strict --config {0}/{1}\n"
                            "  jobwarden policy test {0}/{2}\n",
                            folder.string(), name, kTestsName),
                Outcome::kAllow);
}

int RunPolicySchema() {
  return Answer(ConfigJsonSchema() + "\n", Outcome::kAllow);
}

}  // namespace jobwarden
