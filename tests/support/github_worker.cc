#include "tests/support/github_worker.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "tests/support/github_commands.h"
#include "tests/support/github_console.h"
#include "tests/support/github_process.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): set by a signal's handler
volatile std::sig_atomic_t shutdown_asked = 0;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteFile(const fs::path& path, const std::string& text, mode_t mode = 0644) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  chmod(path.c_str(), mode);
}

// A program of the job's, as it is to be started.
struct Work {
  std::vector<std::string> command;  // its program as found on PATH, or absolute
  Environment environment;
  std::string folder;
  std::string input = {};
};

class Worker {
 public:
  Worker(Json message, int log_interval)
      : job_(std::move(message)),
        root_(fs::read_symlink("/proc/self/exe").parent_path().parent_path()),
        work_(root_ / "_work"),
        temp_(work_ / "_temp"),
        console_(log_interval) {
    const std::string repository = job_["repository"];
    const std::string name = repository.substr(repository.find('/') + 1);
    workspace_ = work_ / name / name;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string text = *entry;
      own_[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
    }
    console_.Mask(job_["id_token_request_token"]);
  }

  int Play() {
    EmptyTemp();
    fs::create_directories(workspace_);
    if (!HasContainer() && Own("ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER") == "true") return Refuse();
    if (!job_["event_missing"].get<bool>()) WriteFile(EventPath(), job_["event"]);
    // Like the real debugger, it listens on this machine until the worker ends.
    if (job_["debugger"].get<bool>()) {
      listen(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 1);
    }

    Hook("Set up runner", "ACTIONS_RUNNER_HOOK_JOB_STARTED");
    Containers("prepare_job", "Initialize containers");
    for (const Json& step : job_["steps"]) {
      if (!step["pre"].empty()) Action(step, "Pre ", "pre");
    }
    for (const Json& step : job_["steps"]) Step(step);
    for (auto step = job_["steps"].rbegin(); step != job_["steps"].rend(); ++step) {
      if (!(*step)["post"].empty()) Action(*step, "Post ", "post");
    }
    Containers("cleanup_job", "Stop containers");
    Hook("Complete runner", "ACTIONS_RUNNER_HOOK_JOB_COMPLETED");
    console_.Complete();
    EmptyTemp();
    return failed_ || shutdown_asked != 0 ? kWorkerFailed : kWorkerSucceeded;
  }

 private:
  // Neither hooks nor steps are played.
  int Refuse() {
    Begin("Set up job");
    console_.Annotate("error", "", "Jobs without a job container are forbidden on this runner");
    End(1);
    console_.Complete();
    return kWorkerFailed;
  }
  void EmptyTemp() const {
    fs::create_directories(temp_);
    for (const auto& entry : fs::directory_iterator(temp_)) fs::remove_all(entry.path());
  }
  fs::path EventPath() const { return temp_ / "_github_workflow" / "event.json"; }
  bool HasContainer() const { return !job_["container"].is_null(); }

  std::string Own(const std::string& name) const {
    const auto found = own_.find(name);
    return found == own_.end() ? "" : found->second;
  }

  // PATH with what was prepended last in front.
  std::string Path(const std::string& path) const {
    std::string all;
    for (auto part = prepended_.rbegin(); part != prepended_.rend(); ++part) all += *part + ":";
    return all + path;
  }

  // What the runner sets itself, whatever a job says.
  void Set(Environment& environment) const {
    const Environment variables = job_["variables"].get<Environment>();
    for (const auto& [name, value] : variables) environment[name] = value;
    const Json settings = Json::parse(ReadFile(root_ / ".runner"), nullptr, false);
    environment["GITHUB_WORKSPACE"] = workspace_;
    environment["GITHUB_EVENT_PATH"] = EventPath();
    environment["RUNNER_NAME"] = settings.value("agentName", "");
    environment["RUNNER_OS"] = "Linux";
    environment["RUNNER_ARCH"] = "X64";
    environment["RUNNER_ENVIRONMENT"] = "self-hosted";
    environment["RUNNER_TEMP"] = temp_;
    environment["RUNNER_TRACKING_ID"] = "github_" + std::to_string(getpid());
    environment["RUNNER_TOOL_CACHE"] = work_ / "_tool";
    environment["RUNNER_WORKSPACE"] = workspace_.parent_path();
    if (!job_["id_token_request_url"].get<std::string>().empty()) {
      environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = job_["id_token_request_url"];
      environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = job_["id_token_request_token"];
    }
  }

  Environment OfHook() const {
    Environment environment = own_;
    Set(environment);
    environment["PATH"] = Path(Own("PATH"));
    return environment;
  }

  Environment OfStep(const Json& step) {
    Environment environment = own_;
    for (const Environment& more :
         {job_["env"].get<Environment>(), exported_, step["env"].get<Environment>()}) {
      for (const auto& [name, value] : more) environment[name] = value;
    }
    Set(environment);
    environment["PATH"] = Path(environment["PATH"]);
    std::string id = step["id"];
    if (id.empty() && step["run"].get<std::string>().empty()) {
      id = "__action";
    } else if (id.empty()) {
      ++unnamed_;
      id = unnamed_ == 1 ? "__run" : "__run_" + std::to_string(unnamed_);
    }
    environment["GITHUB_ACTION"] = id;
    return environment;
  }

  // The files by which what comes next may speak to the runner.
  void NewFileCommands() {
    constexpr const char* kNames[] = {"GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE",
                                      "GITHUB_STEP_SUMMARY"};
    const fs::path folder = temp_ / "_runner_file_commands" / std::to_string(++files_);
    for (const char* name : kNames) {
      file_commands_[name] = folder / name;
      WriteFile(file_commands_[name], "");
    }
  }

  // Runs it, and does what it asked for. Gives its exit status.
  int Do(Work work) {
    for (const auto& [name, path] : file_commands_) work.environment[name] = path;
    StepProcess process;
    process.command = std::move(work.command);
    process.environment = std::move(work.environment);
    process.folder = work.folder;
    process.input = std::move(work.input);
    process.on_line = [this](const std::string& line) { Line(line); };
    process.is_cancelled = [] { return shutdown_asked != 0; };
    int status = 127;
    if (process.command[0].empty()) {
      Line("::error::no such program on PATH");
    } else {
      status = RunStepProcess(process);
    }
    stopped_by_.clear();

    for (const auto& [name, value] : ParseAssignments(ReadFile(file_commands_["GITHUB_ENV"]))) {
      if (name != "NODE_OPTIONS") exported_[name] = value;
    }
    for (const std::string& part : Lines(ReadFile(file_commands_["GITHUB_PATH"])))
      prepended_.push_back(part);
    Json outputs = Json::object();
    for (const auto& [name, value] : ParseAssignments(ReadFile(file_commands_["GITHUB_OUTPUT"]))) {
      outputs[name] = value;
    }
    if (!outputs.empty()) console_.Tell({{"event", "outputs"}, {"outputs", outputs}});
    const std::string summary = ReadFile(file_commands_["GITHUB_STEP_SUMMARY"]);
    if (!summary.empty()) console_.Summarise(summary);
    return status;
  }

  void Line(const std::string& line) {
    const auto command = ParseOutputCommand(line);
    if (!stopped_by_.empty()) {
      if (command && command->name == stopped_by_) {
        stopped_by_.clear();
        return;
      }
    } else if (command) {
      if (command->name == "add-mask") {
        console_.Mask(command->message);
        return;
      }
      if (command->name == "stop-commands") {
        stopped_by_ = command->message;
        return;
      }
      if (command->name == "error" || command->name == "warning" || command->name == "notice") {
        const auto title = command->properties.find("title");
        console_.Annotate(command->name, title == command->properties.end() ? "" : title->second,
                          command->message);
        return;
      }
      if (command->name == "debug") return;
    }
    console_.Print(line);
  }

  void Begin(const std::string& name) {
    console_.Tell({{"event", "step"}, {"name", name}});
    NewFileCommands();
  }

  void End(int status, bool may_fail = false) {
    const bool cancelled = shutdown_asked != 0;
    if (cancelled) {
      console_.Annotate("error", "", "The operation was canceled.");
    } else if (status != 0) {
      console_.Annotate("error", "",
                        "Process completed with exit code " + std::to_string(status) + ".");
    }
    console_.Keep();
    console_.Tell({{"event", "end"},
                   {"conclusion", cancelled     ? "cancelled"
                                  : status == 0 ? "success"
                                                : "failure"},
                   {"exit_code", status}});
    if (status != 0 && !may_fail) failed_ = true;
  }

  void Skip(const std::string& name) {
    Begin(name);
    console_.Tell({{"event", "end"}, {"conclusion", "skipped"}, {"exit_code", 0}});
  }

  // Shells are looked for in the runner's own PATH, not in the job's.
  std::string Shell(const std::string& name) const { return FindProgram(name, Path(Own("PATH"))); }
  std::string DefaultShell() const {
    const std::string bash = Shell("bash");
    return bash.empty() ? Shell("sh") : bash;
  }

  std::vector<std::string> HookCommand(const std::string& path) const {
    if (!path.ends_with(".js")) return {DefaultShell(), "-e", path};
    const bool has_node20 = fs::exists(root_ / "externals" / "node20");
    return {root_ / "externals" / (has_node20 ? "node20" : "node24") / "bin" / "node", path};
  }

  void Hook(const std::string& name, const std::string& variable) {
    const std::string path = Own(variable);
    if (path.empty()) return;
    if (shutdown_asked != 0) return Skip(name);
    Begin(name);
    Environment environment = OfHook();
    if (!fs::exists(path)) {
      console_.Annotate("error", "", "File doesn't exist");
      return End(1);
    }
    End(Do({HookCommand(path), std::move(environment), workspace_}));
  }

  bool Wanted(const std::string& condition) const {
    if (shutdown_asked != 0) return false;  // nothing is evaluated any more
    if (condition == "always()") return true;
    if (condition == "failure()") return failed_;
    if (condition == "cancelled()") return false;
    return !failed_;
  }

  void Action(const Json& step, const std::string& prefix, const char* part) {
    const std::string name = prefix + step["name"].get<std::string>();
    if (shutdown_asked != 0) return Skip(name);
    Begin(name);
    End(Do({step[part].get<std::vector<std::string>>(), OfStep(step), workspace_}));
  }

  void Step(const Json& step) {
    Environment environment = OfStep(step);
    std::string name = step["name"];
    if (name.empty()) name = environment["GITHUB_ACTION"];
    if (!Wanted(step["condition"])) return Skip(name);
    Begin(name);
    for (const auto& [path, text] : step["files"].items()) {
      WriteFile(workspace_ / path, text, 0755);
    }
    const fs::path folder = workspace_ / step["working_directory"].get<std::string>();
    std::vector<std::string> command = step["main"].get<std::vector<std::string>>();
    if (!step["run"].get<std::string>().empty()) command = ShellCommand(step);
    int status = 0;
    if (HasContainer() && (!command.empty() || !step["image"].get<std::string>().empty())) {
      status = InContainer(step, command, environment, folder);
    } else if (!command.empty()) {
      status = Do({std::move(command), std::move(environment), folder});
    }
    End(status, step["continue_on_error"]);
  }

  // Writes the text of `run:` to a file, and says how it is run.
  std::vector<std::string> ShellCommand(const Json& step) {
    const std::string shell = step["shell"];
    std::string format = shell.empty()       ? (HasContainer() ? "sh" : DefaultShell()) + " -e {0}"
                         : shell == "bash"   ? "bash --noprofile --norc -e -o pipefail {0}"
                         : shell == "sh"     ? "sh -e {0}"
                         : shell == "python" ? "python {0}"
                         : shell == "pwsh"   ? "pwsh -command"
                                             : shell;
    const std::string suffix = shell == "python" ? ".py" : shell == "pwsh" ? ".ps1" : ".sh";
    const fs::path file = temp_ / ("step-" + std::to_string(++files_) + suffix);
    WriteFile(file, step["run"].get<std::string>() + "\n");
    std::vector<std::string> words;
    std::istringstream text(format);
    for (std::string word; text >> word;) {
      if (const auto at = word.find("{0}"); at != word.npos) word.replace(at, 3, file.string());
      words.push_back(word);
    }
    if (shell == "pwsh") words.push_back(". '" + file.string() + "'");
    if (!HasContainer()) words[0] = Shell(words[0]);
    return words;
  }

  int ContainerHook(const std::string& command, Json args, const std::string& step = "") {
    const std::string path = Own("ACTIONS_RUNNER_CONTAINER_HOOKS");
    const fs::path response = temp_ / ("response-" + std::to_string(++files_) + ".json");
    const Json request = {{"command", command},
                          {"responseFile", response.string()},
                          {"state", container_state_},
                          {"args", std::move(args)}};
    console_.Tell({{"event", "container"}, {"command", command}});
    WriteFile(response, "");
    Environment environment = OfHook();
    if (!step.empty()) environment["GITHUB_ACTION"] = step;
    const int status =
        Do({HookCommand(path), std::move(environment), workspace_, request.dump() + "\n"});
    const Json answer = Json::parse(ReadFile(response), nullptr, false);
    if (answer.is_object() && answer.contains("state")) container_state_ = answer["state"];
    return status;
  }

  void Containers(const std::string& command, const std::string& name) {
    if (!HasContainer()) return;
    // What was prepared is cleaned up whatever happened.
    if (command == "prepare_job" ? !Wanted("success()") : container_state_.is_null()) return;
    Begin(name);
    Json args = Json::object();
    if (command == "prepare_job") {
      Json services = Json::array();
      for (const Json& image : job_["container"]["services"]) {
        services.push_back({{"image", image}, {"environmentVariables", Json::object()}});
      }
      args = {{"container",
               {{"image", job_["container"]["image"]},
                {"environmentVariables", job_["container"]["env"]}}},
              {"services", std::move(services)}};
    }
    End(ContainerHook(command, std::move(args)));
  }

  // A path of this machine, or a variable that is one, as it is called in the job's container.
  std::string Inside(const std::string& path) const {
    const std::pair<fs::path, std::string> mounts[] = {
        {temp_ / "_github_home", "/github/home"},
        {temp_ / "_github_workflow", "/github/workflow"},
        {work_ / "_tool", "/__t"},
        {work_, "/__w"},
        {root_ / "externals", "/__e"}};
    for (const auto& [here, inside] : mounts) {
      if (path == here) return inside;
      if (path.starts_with(here.string() + "/")) return inside + path.substr(here.string().size());
    }
    return path;
  }

  int InContainer(const Json& step, const std::vector<std::string>& command,
                  const Environment& environment, const fs::path& folder) {
    Environment all = environment;
    const std::string id = all["GITHUB_ACTION"];
    for (const auto& [name, path] : file_commands_) all[name] = path;
    for (auto& [name, value] : all) value = Inside(value);
    Json args = {{"environmentVariables", all}, {"workingDirectory", Inside(folder)}};
    if (command.empty()) {
      args["image"] = step["image"];
      return ContainerHook("run_container_step", std::move(args), id);
    }
    std::vector<std::string> arguments(command.begin() + 1, command.end());
    for (std::string& argument : arguments) argument = Inside(argument);
    args["entryPoint"] = Inside(command[0]);
    args["entryPointArgs"] = std::move(arguments);
    args["prependPath"] = std::vector<std::string>(prepended_.rbegin(), prepended_.rend());
    return ContainerHook("run_script_step", std::move(args), id);
  }

  Json job_;
  fs::path root_;
  fs::path work_;
  fs::path temp_;
  fs::path workspace_;
  GitHubConsole console_;
  Environment own_;       // of the worker, and so the service's
  Environment exported_;  // by GITHUB_ENV
  Environment file_commands_;
  std::vector<std::string> prepended_;
  Json container_state_ = nullptr;
  std::string stopped_by_;  // output commands mean nothing until this one
  bool failed_ = false;
  int unnamed_ = 0;
  int files_ = 0;
};

}  // namespace

int PlayMessage(const std::string& message, int log_interval) {
  struct sigaction asked = {};
  asked.sa_handler = [](int) { shutdown_asked = 1; };
  sigaction(SIGINT, &asked, nullptr);
  sigaction(SIGTERM, &asked, nullptr);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  return Worker(Json::parse(message), log_interval).Play();
}

}  // namespace jobwarden::testing
