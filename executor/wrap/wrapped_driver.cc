#include "executor/wrap/wrapped_driver.h"

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

#include "executor/process/stage_process.h"
#include "executor/wrap/wrapped_config.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/text.h"
#include "verifier/exposure/plan.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kVariablePrefix = "CUSTOM_ENV_";

// What one call of the driver loses.
struct Omitted {
  std::set<std::string> names;
  std::vector<std::string_view> values;  // of tokens all names of which go
};

Omitted Omit(const Inventory& inventory, std::set<std::string> names) {
  Omitted omitted{std::move(names), {}};
  if (!omitted.names.empty()) omitted.values = ValuesGone(inventory, omitted.names);
  return omitted;
}

// The driver's `config` is called before there is a verdict, its `cleanup` when there is none any
// more.
bool MayStrip(const Config& config) {
  return config.mode == Mode::kEnforce && !config.exposure.report_only;
}

// For commands that serve the driver. No line of the job counts as a use there, so only what is
// kept in any case stays. A variable that holds an id_token beside the job token goes, although the
// job token stays.
Omitted OmitFromDriver(const Inventory& inventory, const Config& config) {
  if (!MayStrip(config)) return {};
  Inventory others;
  for (const Token& token : inventory.tokens) {
    if (token.kind != TokenKind::kIdToken && token.kind != TokenKind::kLegacy) continue;
    Token& other = others.tokens.emplace_back();
    other.kind = token.kind;
    other.names = token.names;
  }
  ExposureSettings settings = config.exposure;
  if (settings.unused == ExposureAction::kMask) settings.unused = ExposureAction::kStrip;
  return Omit(inventory, MakePlan(others, {}, settings).Stripped());
}

// For a job that cannot be read: all that may be a token, of any issuer.
Omitted OmitJwts(const Environment& environment) {
  Omitted omitted;
  for (const auto& [name, value] : environment.variables()) {
    if (name.starts_with(kVariablePrefix) && Contains(value.view(), "eyJ")) {
      omitted.names.insert(name.substr(kVariablePrefix.size()));
    }
  }
  return omitted;
}

std::string CopiesIn(const std::string& job_folder) {
  return job_folder + "/jobwarden-wrap";
}

Result<std::string> WriteCopy(const DriverCall& call, const std::string& name,
                              std::string_view bytes, mode_t mode, std::string_view what) {
  const std::string folder = CopiesIn(call.job_folder);
  if (auto made = MakeFolders(folder, 0700, Code::kStateUnwritable, what); !made) {
    return std::move(made).findings();
  }
  std::string path = folder + '/' + name;
  auto written =
      WriteFileAtomically(path, bytes, mode, Code::kStateUnwritable, what, Durability::kVolatile);
  if (!written) return std::move(written).findings();
  return path;
}

// The path that JOB_RESPONSE_FILE gets; empty: the driver gets none.
Result<std::string> ResponseFor(const DriverCall& call, const Omitted& omitted) {
  const std::string_view own = call.environment.Get("JOB_RESPONSE_FILE");
  if (!MayStrip(call.config)) return std::string(own);
  if (call.response == nullptr) return std::string();
  if (omitted.names.empty()) return std::string(own);
  return WriteCopy(call, "response.json",
                   call.response->Without(omitted.names, omitted.values).view(), 0600,
                   "copy of the job response");
}

// CI_JOB_SERVICES is the runner's own text about all services, and the driver needs it. So it loses
// the values alone, as variables do that are not the job's.
bool IsOmitted(std::string_view name, const Omitted& omitted) {
  if (!name.starts_with(kVariablePrefix)) return false;
  name.remove_prefix(kVariablePrefix.size());
  return name != "CI_JOB_SERVICES" && omitted.names.contains(std::string(name));
}

Texts EnvironmentFor(const Environment& ours, const std::string& job_response,
                     const Omitted& omitted) {
  constexpr std::size_t kShortest = 8;  // shorter values appear in other texts by chance
  Texts environment;
  environment.reserve(ours.variables().size());
  for (const auto& [name, value] : ours.variables()) {
    const bool is_response = name == "JOB_RESPONSE_FILE";
    if (IsOmitted(name, omitted) || (is_response && job_response.empty())) continue;
    Secret text = is_response ? Secret(job_response) : value.Clone();
    for (const std::string_view gone : omitted.values) {
      if (gone.size() < kShortest || !Contains(text.view(), gone)) continue;
      text = Secret(RemoveAll(text.view(), gone));
    }
    environment.push_back(fmt::format("{}={}", name, text.view()));
  }
  return environment;
}

// Runs one of the driver's commands; `setting` is its name in [executor.wrap].
Result<int> RunDriver(std::string_view setting, Texts command, const DriverCall& call,
                      const Omitted& omitted, Fd output = {}) {
  if (access(command[0].c_str(), X_OK) != 0) {
    return Finding{Code::kDriverFailed,
                   fmt::format("executor.wrap.{}: cannot run {}: {}", setting, Quote(command[0]),
                               ErrorText(errno)),
                   "see that the program is there, and that the user of GitLab Runner may run it"};
  }
  const auto job_response = ResponseFor(call, omitted);
  if (!job_response) return job_response.findings();
  StageCommand process;
  process.arguments = std::move(command);
  process.environment = EnvironmentFor(call.environment, *job_response, omitted);
  process.folder = ".";
  process.limits = call.limits;
  process.input = Fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
  process.keeps_group = true;
  process.output = std::move(output);
  process.masked = call.masked;
  auto status = RunStageProcess(process);
  for (std::string& variable : process.environment) Wipe(variable);
  return status;
}

// The names and values that a command which serves the driver does without.
Omitted OmittedFromDriver(const DriverCall& call) {
  if (!MayStrip(call.config)) return {};
  return call.inventory == nullptr ? OmitJwts(call.environment)
                                   : OmitFromDriver(*call.inventory, call.config);
}

Finding NoMemoryForAnswer(int error) {
  return {Code::kDriverFailed, "answer in memory: " + ErrorText(error), "free memory"};
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
Result<int> AskConfig(const DriverCall& call, std::string& text) {
  // An answer over the limit fills it to its end, and is refused when it is read.
  constexpr std::size_t kPage = 4096;
  auto output = BoundedFile(kMaxConfigAnswerBytes + kPage);
  if (!output) return std::move(output).findings();
  const Fd said(fcntl(output->get(), F_DUPFD_CLOEXEC, 0));
  auto status = RunDriver("config", call.config.executor.wrap.config, call, OmittedFromDriver(call),
                          *std::move(output));
  if (!status) return status;
  const off_t size = lseek(said.get(), 0, SEEK_CUR);
  text.resize(static_cast<std::size_t>(std::max<off_t>(size, 0)));
  if (pread(said.get(), text.data(), text.size(), 0) != size) return NoMemoryForAnswer(errno);
  return status;
}

Result<int> PrintConfig(std::string_view said) {
  const auto answer = WrappedConfigAnswer(said);
  if (!answer) return answer.findings();
  Say(STDOUT_FILENO, *answer + '\n');
  return 0;
}

}  // namespace

Result<int> RunWrappedConfig(const DriverCall& call) {
  if (call.config.executor.wrap.config.empty()) return PrintConfig("");
  std::string said;
  auto status = AskConfig(call, said);
  if (!status) return status;
  // A driver that printed more than fits was ended by that: the size is what went wrong.
  if (*status != 0 && said.size() <= kMaxConfigAnswerBytes) return status;
  return PrintConfig(said);
}

Result<int> RunWrappedPrepare(const DriverCall& call) {
  const Texts& command = call.config.executor.wrap.prepare;
  if (command.empty()) return 0;
  return RunDriver("prepare", command, call, OmittedFromDriver(call));
}

Result<int> RunWrappedScript(const DriverCall& call, const StageFile& stage, const Secret* script,
                             std::set<std::string> dropped) {
  std::string path = stage.script;
  if (script != nullptr) {
    const std::string name = std::filesystem::path(stage.script).filename();
    auto copy = WriteCopy(call, name, script->view(), 0700, "script of the stage");
    if (!copy) return std::move(copy).findings();
    path = *std::move(copy);
  }
  Texts command = call.config.executor.wrap.run;
  command.insert(command.end(), {path, stage.name});
  const Omitted omitted = dropped.empty() ? Omitted{} : Omit(*call.inventory, std::move(dropped));
  auto status = RunDriver("run", std::move(command), call, omitted);
  if (script != nullptr) unlink(path.c_str());
  return status;
}

Result<int> RunWrappedCleanup(const DriverCall& call) {
  const Texts& command = call.config.executor.wrap.cleanup;
  Result<int> status = 0;
  if (!command.empty()) status = RunDriver("cleanup", command, call, OmittedFromDriver(call));
  std::error_code ignored;
  std::filesystem::remove_all(CopiesIn(call.job_folder), ignored);
  return status;
}

}  // namespace jobwarden
