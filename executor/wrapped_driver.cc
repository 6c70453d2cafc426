#include "executor/wrapped_driver.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "executor/job_input.h"
#include "executor/stage_process.h"
#include "executor/wrapped_config.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/text.h"
#include "verifier/exposure/plan.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kVariablePrefix = "CUSTOM_ENV_";

// What one call of the driver does without.
struct Withheld {
  std::set<std::string> names;
  std::vector<std::string_view> values;  // of tokens all names of which go
};

Withheld Withhold(const Inventory& inventory, std::set<std::string> names) {
  Withheld withheld{std::move(names), {}};
  if (!withheld.names.empty()) withheld.values = ValuesGone(inventory, withheld.names);
  return withheld;
}

bool Strips(const Config& config) {
  return config.mode == Mode::kEnforce && !config.exposure.report_only;
}

// For commands that serve the driver. No line of the job counts as a use there, so that only what
// is to be kept in any case stays; and a variable that holds an id_token beside the job token goes,
// though the job token stays.
Withheld WithholdFromDriver(const Inventory& inventory, const Config& config) {
  if (!Strips(config)) return {};
  Inventory others;
  for (const Token& token : inventory.tokens) {
    if (token.kind != TokenKind::kIdToken && token.kind != TokenKind::kLegacy) continue;
    Token& other = others.tokens.emplace_back();
    other.kind = token.kind;
    other.names = token.names;
  }
  ExposureSettings settings = config.exposure;
  if (settings.unused == ExposureAction::kMask) settings.unused = ExposureAction::kStrip;
  return Withhold(inventory, MakePlan(others, {}, settings).Stripped());
}

// For a job that nobody could read: all that may be a token of whatever issuer.
Withheld WithholdJwts(const Environment& environment) {
  Withheld withheld;
  for (const auto& [name, value] : environment.variables()) {
    if (name.starts_with(kVariablePrefix) && Contains(value.view(), "eyJ")) {
      withheld.names.insert(name.substr(kVariablePrefix.size()));
    }
  }
  return withheld;
}

std::string CopiesIn(const std::string& job_folder) {
  return job_folder + "/jobwarden-wrap";
}

Result<std::string> WriteCopy(const Environment& environment, const std::string& name,
                              std::string_view bytes, mode_t mode, std::string_view what) {
  const auto job_folder = JobFolder(environment);
  if (!job_folder) return job_folder.findings();
  const std::string folder = CopiesIn(*job_folder);
  if (auto made = MakeFolders(folder, 0700, Code::kStateUnwritable, what); !made) {
    return std::move(made).findings();
  }
  std::string path = folder + '/' + name;
  auto written =
      WriteFileAtomically(path, bytes, mode, Code::kStateUnwritable, what, Durability::kVolatile);
  if (!written) return std::move(written).findings();
  return path;
}

// What JOB_RESPONSE_FILE is to name; empty: nothing.
Result<std::string> ResponseFor(const Call& call, const JobResponse* response,
                                const Withheld& withheld) {
  if (response == nullptr) return std::string();
  if (withheld.names.empty()) return std::string(call.environment.Get("JOB_RESPONSE_FILE"));
  return WriteCopy(call.environment, "response.json",
                   response->Without(withheld.names, withheld.values).view(), 0600,
                   "copy of the job response");
}

// The services (CI_JOB_SERVICES) are the runner's own text about all of them, and the driver cannot
// do without it: like what is not of the job, it loses values alone.
bool Goes(std::string_view name, const Withheld& withheld) {
  if (!name.starts_with(kVariablePrefix)) return false;
  name.remove_prefix(kVariablePrefix.size());
  return name != "CI_JOB_SERVICES" && withheld.names.contains(std::string(name));
}

Texts EnvironmentFor(const Environment& ours, const std::string& job_response,
                     const Withheld& withheld) {
  constexpr std::size_t kShortest = 8;  // shorter values stand in other texts by chance
  Texts environment;
  environment.reserve(ours.variables().size());
  for (const auto& [name, value] : ours.variables()) {
    const bool is_response = name == "JOB_RESPONSE_FILE";
    if (Goes(name, withheld) || (is_response && job_response.empty())) continue;
    Secret text = is_response ? Secret(job_response) : value.Clone();
    for (const std::string_view gone : withheld.values) {
      if (gone.size() < kShortest || !Contains(text.view(), gone)) continue;
      text = Secret(RemoveAll(text.view(), gone));
    }
    environment.push_back(fmt::format("{}={}", name, text.view()));
  }
  return environment;
}

// Runs one of the driver's commands; `setting` is its name in [executor.wrap]. Without a `response`
// the driver gets none.
Result<int> RunDriver(std::string_view setting, Texts command, const Call& call,
                      const JobResponse* response, const Withheld& withheld, const MaskSet* masked,
                      Fd output = {}) {
  if (access(command[0].c_str(), X_OK) != 0) {
    return Finding{Code::kDriverFailed,
                   fmt::format("executor.wrap.{}: cannot run {}: {}", setting, Quote(command[0]),
                               ErrorText(errno)),
                   "see that the program is there, and that the user of GitLab Runner may run it",
                   {},
                   false};
  }
  const auto job_response = ResponseFor(call, response, withheld);
  if (!job_response) return job_response.findings();
  StageCommand process;
  process.arguments = std::move(command);
  process.environment = EnvironmentFor(call.environment, *job_response, withheld);
  process.folder = ".";
  process.limits = call.job_limits;
  process.input = Fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
  process.keeps_group = true;
  process.output = std::move(output);
  process.masked = masked;
  auto status = RunStageProcess(process);
  for (std::string& variable : process.environment) Wipe(variable);
  return status;
}

// One of those that serve the driver.
Result<int> RunForDriver(std::string_view setting, const Texts& command, const Call& call,
                         const Config& config, const JobResponse& response,
                         const Inventory& inventory, Fd output = {}) {
  const auto masked = OutputMask(inventory, config);
  return RunDriver(setting, command, call, &response, WithholdFromDriver(inventory, config),
                   masked.get(), std::move(output));
}

Finding NoMemoryForAnswer(int error) {
  return {Code::kDriverFailed, "answer in memory: " + ErrorText(error), "free memory", {}, false};
}

// A file in memory alone that takes no more than `size` bytes, a multiple of the page's.
Result<Fd> BoundedFile(std::size_t size) {
  Fd fd(memfd_create("jobwarden-answer", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || ftruncate(fd.get(), static_cast<off_t>(size)) != 0 ||
      fcntl(fd.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0) {
    return NoMemoryForAnswer(errno);
  }
  return fd;
}

// Runs the driver's `config`; `text` becomes what it said.
Result<int> AskConfig(const Call& call, const Config& config, std::string& text) {
  const auto response = ReadJobResponse(call.environment);
  if (!response) return response.findings();
  const auto inventory =
      TakeJobInventory(response->variables(), *response, call.environment, config);
  if (!inventory) return inventory.findings();
  // An answer over the limit fills it to its end, and is refused when it is read.
  constexpr std::size_t kPage = 4096;
  auto output = BoundedFile(kMaxConfigAnswerBytes + kPage);
  if (!output) return std::move(output).findings();
  const Fd said(fcntl(output->get(), F_DUPFD_CLOEXEC, 0));
  auto status = RunForDriver("config", config.executor.wrap.config, call, config, *response,
                             *inventory, *std::move(output));
  if (!status) return status;
  const off_t size = lseek(said.get(), 0, SEEK_CUR);
  text.resize(static_cast<std::size_t>(std::max<off_t>(size, 0)));
  if (pread(said.get(), text.data(), text.size(), 0) != size) return NoMemoryForAnswer(errno);
  return status;
}

Result<int> RunConfig(const Call& call, const Config& config) {
  std::string said;
  if (!config.executor.wrap.config.empty()) {
    auto status = AskConfig(call, config, said);
    if (!status || *status != 0) return status;
  }
  const auto answer = WrappedConfigAnswer(said);
  if (!answer) return answer.findings();
  Say(STDOUT_FILENO, *answer + '\n');
  return 0;
}

Result<int> RunCleanup(const Call& call, const Config& config) {
  const Texts& command = config.executor.wrap.cleanup;
  // The driver is to take down what it set up, whatever became of the job response.
  const auto response = ReadJobResponse(call.environment);
  if (response) {
    const auto inventory =
        TakeJobInventory(response->variables(), *response, call.environment, config);
    if (inventory) return RunForDriver("cleanup", command, call, config, *response, *inventory);
  }
  const auto masked = OutputMask({}, config);
  return RunDriver("cleanup", command, call, nullptr,
                   Strips(config) ? WithholdJwts(call.environment) : Withheld(), masked.get());
}

}  // namespace

int RunWrappedConfig(const Call& call, const Config& config) {
  const auto status = RunConfig(call, config);
  return status ? *status : Fail(call.environment, status.findings());
}

Result<int> RunWrappedPrepare(const Call& call, const Config& config, const JobResponse& response,
                              const Inventory& inventory) {
  const Texts& command = config.executor.wrap.prepare;
  if (command.empty()) return 0;
  return RunForDriver("prepare", command, call, config, response, inventory);
}

Result<int> RunWrappedScript(const Call& call, const Config& config, const JobResponse& response,
                             const StageScript& stage) {
  const std::string name = std::filesystem::path(call.arguments.script).filename();
  const auto script =
      WriteCopy(call.environment, name, stage.script.view(), 0700, "script of the stage");
  if (!script) return script.findings();
  Texts command = config.executor.wrap.run;
  command.insert(command.end(), {*script, call.arguments.stage});
  const auto masked = OutputMask(stage.inventory, config);
  auto status = RunDriver("run", std::move(command), call, &response,
                          Withhold(stage.inventory, stage.dropped), masked.get());
  unlink(script->c_str());
  return status;
}

void RunWrappedCleanup(const Call& call, const Config& config) {
  if (!config.executor.wrap.cleanup.empty()) {
    const auto status = RunCleanup(call, config);
    if (!status) {
      Fail(call.environment, status.findings());
    } else if (*status != 0) {
      Say(STDERR_FILENO,
          fmt::format("jobwarden: warning: executor.wrap.cleanup ended with exit status {}\n",
                      *status));
    }
  }
  if (const auto folder = JobFolder(call.environment)) {
    std::error_code ignored;
    std::filesystem::remove_all(CopiesIn(*folder), ignored);
  }
}

}  // namespace jobwarden
