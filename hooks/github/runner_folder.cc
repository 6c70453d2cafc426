#include "hooks/github/runner_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "hooks/github/github_job.h"
#include "verifier/admission/verdict.h"
#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhat = "verdict";
constexpr std::string_view kEnding = ".json";

// RUNNER_NAME as the name of a file, which leads out of no folder.
std::string FileName(std::string_view name) {
  constexpr std::size_t kMaxBytes = 64;
  std::string safe(name.substr(0, kMaxBytes));
  for (char& c : safe) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (!plain) c = '_';
  }
  return safe;
}

bool IsNumber(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

const VerdictReader& Reader() {
  static const VerdictReader kReader{
      "", "is ACTIONS_RUNNER_HOOK_JOB_STARTED of this runner set to job-started.sh?"};
  return kReader;
}

Result<std::string> VerdictPath(const RunnerFolder& runner, const Environment& environment) {
  for (const std::string_view name : {"GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"}) {
    if (!IsNumber(environment.Get(name))) return NotSetByRunner(name);
  }
  return fmt::format("{}/{}-{}{}", runner.path, environment.Get("GITHUB_RUN_ID"),
                     environment.Get("GITHUB_RUN_ATTEMPT"), kEnding);
}

}  // namespace

Result<RunnerFolder> FindRunnerFolder(const Config& config, const Environment& environment) {
  for (const std::string_view name : {"RUNNER_NAME", "RUNNER_TEMP"}) {
    if (environment.Get(name).empty()) return NotSetByRunner(name);
  }
  constexpr std::size_t kDigestChars = 8;
  return RunnerFolder{
      fmt::format("{}/github/{}-{}", config.state_dir, FileName(environment.Get("RUNNER_NAME")),
                  Sha256Hex(environment.Get("RUNNER_TEMP")).substr(0, kDigestChars))};
}

Status MakeRunnerFolder(const RunnerFolder& runner) {
  constexpr std::string_view kFolder = "runner's folder";
  if (auto made = MakeFolders(runner.path, 0700, Code::kStateUnwritable, kFolder); !made) {
    return made;
  }
  struct stat st {};
  if (lstat(runner.path.c_str(), &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
      (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Finding{Code::kStateUnwritable,
                   fmt::format("{} {}: expected a folder that user {} alone may write", kFolder,
                               Quote(runner.path), geteuid()),
                   "remove it: the next job makes it again"};
  }
  return Ok();
}

Status WriteVerdict(const RunnerFolder& runner, const Environment& environment,
                    const Record& record) {
  const auto path = VerdictPath(runner, environment);
  if (!path) return path.findings();
  return WriteVerdict(*path, record);
}

Result<Record> ReadVerdict(const RunnerFolder& runner, const Environment& environment) {
  const auto path = VerdictPath(runner, environment);
  if (!path) return path.findings();
  auto record = ReadVerdict(*path, Reader());
  if (record && (record->job_id != environment.Get("GITHUB_RUN_ID") ||
                 record->job_project != environment.Get("GITHUB_REPOSITORY"))) {
    return NoVerdict(Reader(), "the verdict is about another job");
  }
  return record;
}

Status RemoveVerdicts(const RunnerFolder& runner) {
  const auto folder = OpenFolder(runner.path, Code::kStateUnwritable, kWhat);
  if (!folder) return folder.findings();
  if (!*folder) return Ok();
  const auto names = ListFolder(*folder, runner.path, Code::kStateUnwritable, kWhat);
  if (!names) return names.findings();
  for (const std::string& name : *names) {
    if (!name.ends_with(kEnding)) continue;
    // A job may have made a folder with that name.
    if (auto removed = RemoveTree(runner.path + "/" + name); !removed) return removed;
  }
  return Ok();
}

}  // namespace jobwarden
