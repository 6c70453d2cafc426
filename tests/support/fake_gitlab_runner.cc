#include "tests/support/fake_gitlab_runner.h"

#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Outcome = JobRun::Outcome;
using Interruption = RunnerOptions::Interruption;

constexpr int kBuildFailure = 1;
constexpr int kSystemFailure = 2;
constexpr int kTries = 3;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteFile(const fs::path& path, const std::string& text, mode_t mode) {
  std::ofstream(path, std::ios::binary) << text;
  chmod(path.c_str(), mode);
}

bool KnowsExitCodeFile(const RunnerJob& job) {
  return job.runner == Runner::k19_4;
}

// One try: a temporary folder and the calls that are made in it.
class Attempt {
 public:
  Attempt(RunnerJob& job, const RunnerOptions& options, JobRun& run)
      : job_(job), options_(options), run_(run) {
    std::string name = options.folder / "custom-executorXXXXXX";
    if (mkdtemp(name.data()) == nullptr) {
      std::perror("temporary folder");
      std::abort();
    }
    folder_ = name;
    WriteFile(JobResponse(), job.response_text.empty() ? job.response.dump(1) : job.response_text,
              0600);
  }

  // What the driver left and nobody may remove stays, as it does in the real one.
  ~Attempt() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  const Call& Do(const std::string& name, const std::vector<std::string>& arguments) {
    ChildOptions child;
    child.command = options_.driver;
    child.command.insert(child.command.end(), arguments.begin(), arguments.end());
    child.folder = folder_;
    child.environment = EnvironmentOfCall();
    child.grace = options_.grace;
    child.limit = options_.limit;
    if (options_.interruption != Interruption::kNone && name == options_.interrupt_stage) {
      child.interrupt_at = options_.interrupt_at;
    }
    if (options_.on_output) {
      child.on_output = [&](pid_t pid, const std::string& log) {
        options_.on_output(name, pid, log);
      };
    }
    if (options_.before_call) {
      options_.before_call({name, folder_, JobResponse(),
                            arguments[0] == "run" ? fs::path(arguments[1]) : fs::path(),
                            child.environment});
    }
    ChildResult result = RunChild(child);
    run_.calls.push_back(
        {name, std::move(result), ReadFile(ExitCodeFile()), fs::exists(ExitCodeFile())});
    return run_.calls.back();
  }

  // `config`: where jobs are to be, and what more the driver wants in its environment.
  int Config() {
    const Call& call = Do("config", {"config"});
    if (call.result.exit_code != 0 || call.result.out.empty()) {
      return call.result.exit_code;
    }
    const Json answer = Json::parse(call.result.out, nullptr, false);
    if (!answer.is_object()) {
      return kSystemFailure;
    }
    run_.folders.builds_dir = answer.value("builds_dir", run_.folders.builds_dir);
    run_.folders.cache_dir = answer.value("cache_dir", run_.folders.cache_dir);
    run_.folders.builds_dir_is_shared = answer.value("builds_dir_is_shared", false);
    const Json job_env = answer.value("job_env", Json::object());
    for (const auto& [key, value] : job_env.items()) {
      job_env_[key] = value;
    }
    const std::string shell = answer.value("shell", "");
    if (!shell.empty()) {
      job_.shell = shell == "pwsh" ? Shell::kPwsh : shell == "sh" ? Shell::kSh : Shell::kBash;
    }
    return 0;
  }

  const Call& Run(const std::string& stage, const char* status) {
    const fs::path folder = folder_ / ("script" + std::to_string(run_.calls.size()));
    fs::create_directory(folder);
    chmod(folder.c_str(), 0700);
    const fs::path file = folder / (job_.shell == Shell::kPwsh ? "script.ps1" : "script.");
    WriteFile(file, ScriptOf(job_, run_.folders, stage, status), 0700);
    return Do(stage, {"run", file, stage});
  }

  void CleanUp() {
    run_.left_before_cleanup = ReadFiles(folder_);
    Do("cleanup", {"cleanup"});
    run_.left_after_cleanup = ReadFiles(folder_);
  }

 private:
  fs::path JobResponse() const { return folder_ / "response.json"; }
  fs::path ExitCodeFile() const { return folder_ / "build_exit_code"; }

  Environment EnvironmentOfCall() const {
    Environment environment = options_.environment;
    environment.insert(job_env_.begin(), job_env_.end());
    for (const auto& [name, value] : CustomEnvironment(job_, run_.folders)) {
      environment["CUSTOM_ENV_" + name] = value;
    }
    environment["TMPDIR"] = folder_;
    environment["JOB_RESPONSE_FILE"] = JobResponse();
    environment["BUILD_FAILURE_EXIT_CODE"] = std::to_string(kBuildFailure);
    environment["SYSTEM_FAILURE_EXIT_CODE"] = std::to_string(kSystemFailure);
    if (KnowsExitCodeFile(job_)) {
      environment["BUILD_EXIT_CODE_FILE"] = ExitCodeFile();
    }
    return environment;
  }

  RunnerJob& job_;
  const RunnerOptions& options_;
  JobRun& run_;
  fs::path folder_;
  Environment job_env_;
};

// The job's exit code as the driver told it: a decimal, alone on the first line.
int JobExitCode(const Call& call) {
  const std::string text = call.exit_code_file.substr(0, call.exit_code_file.find('\n'));
  const bool is_number = !text.empty() && text.size() <= 9 &&
                         text.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? std::stoi(text) : 0;
}

Outcome OutcomeOf(const Call& call, const RunnerOptions& options) {
  if (call.result.interrupted) {
    return options.interruption == Interruption::kCancel ? Outcome::kCanceled : Outcome::kTimedOut;
  }
  if (call.result.exit_code == 0) {
    return Outcome::kSucceeded;
  }
  // A file that tells no exit code is a failure of the driver's; the job has failed without one.
  const bool told = !call.left_exit_code_file || JobExitCode(call) != 0;
  return call.result.exit_code == kBuildFailure && told ? Outcome::kJobFailed
                                                        : Outcome::kSystemFailure;
}

void RunStages(const RunnerJob& job, Attempt& attempt, const RunnerOptions& options, JobRun& run) {
  run.outcome = Outcome::kSucceeded;
  for (const std::string& stage : StagesOfJob(job)) {
    const Call& call = attempt.Run(stage, "running");
    run.outcome = OutcomeOf(call, options);
    if (run.outcome != Outcome::kSucceeded) {
      run.exit_code = JobExitCode(call);
      break;
    }
  }
  if (run.outcome == Outcome::kTimedOut) {
    return;
  }
  const bool succeeded = run.outcome == Outcome::kSucceeded;
  for (const std::string& stage : StagesAfterJob(job, succeeded)) {
    const Outcome outcome =
        OutcomeOf(attempt.Run(stage, succeeded ? "success" : "failed"), options);
    const bool counts = stage.starts_with("upload_") || stage.starts_with("archive_");
    if (run.outcome == Outcome::kSucceeded && counts) {
      run.outcome = outcome;
    }
  }
}

}  // namespace

Files ReadFiles(const fs::path& folder) {
  Files files;
  constexpr auto kWhatWeMay = fs::directory_options::skip_permission_denied;
  for (const auto& entry : fs::recursive_directory_iterator(folder, kWhatWeMay)) {
    if (entry.is_regular_file() && !entry.is_symlink()) {
      files[fs::relative(entry.path(), folder)] = ReadFile(entry.path());
    }
  }
  return files;
}

std::string JobRun::log() const {
  std::string text;
  for (const Call& call : calls) {
    if (call.name != "cleanup") {
      text += call.name == "config" ? call.result.err : call.result.log;
    }
  }
  return text;
}

const Call* JobRun::Find(const std::string& name) const {
  for (auto it = calls.rbegin(); it != calls.rend(); ++it) {
    if (it->name == name) {
      return &*it;
    }
  }
  return nullptr;
}

std::vector<std::string> JobRun::CallNames() const {
  std::vector<std::string> names;
  for (const Call& call : calls) {
    names.push_back(call.name);
  }
  return names;
}

bool JobRun::hung() const {
  for (const Call& call : calls) {
    if (call.result.hung) {
      return true;
    }
  }
  return false;
}

JobRun PlayJob(RunnerJob job, const RunnerOptions& options) {
  JobRun run;
  run.outcome = Outcome::kSystemFailure;
  for (int tries = 1; tries <= kTries; ++tries) {
    if (tries > 1) {
      std::this_thread::sleep_for(options.pause_between_tries);
    }
    Attempt attempt(job, options, run);
    int code = attempt.Config();
    if (code == 0 && options.call_prepare) {
      code = attempt.Do("prepare", {"prepare"}).result.exit_code;
    }
    if (code == 0) {
      RunStages(job, attempt, options, run);
    }
    attempt.CleanUp();
    if (code == 0) {
      break;
    }
    if (code == kBuildFailure) {
      run.outcome = Outcome::kJobFailed;
      break;
    }
  }
  return run;
}

}  // namespace jobwarden::testing
