// The guard alone, as a program that stands before another.

#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "hooks/step/guarded_names.h"
#include "tests/e2e/github/guard_folder.h"
#include "tests/support/child.h"
#include "tests/support/has.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

constexpr const char* kPath = "/usr/local/bin:/usr/bin:/bin";
const std::string kUrl = "ACTIONS_ID_TOKEN_REQUEST_URL";
const std::string kToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

// A step that may request id_tokens, behind a guard.
struct Step {
  explicit Step(const GuardSettings& settings = Allowed()) {
    MakeWholeGuardFolder(guard, settings);
    fs::create_directory(workspace);
    environment = {{"PATH", guard + ":" + kPath},
                   {kUrl, "http://127.0.0.1/"},
                   {kToken, "bearer"},
                   {"GITHUB_WORKSPACE", workspace},
                   {"GITHUB_ACTION", "__run"}};
  }
  // Starts the guard under this name.
  ChildResult Start(const std::string& name, const std::vector<std::string>& arguments) const {
    ChildOptions child;
    child.command = {guard + "/" + name};
    child.command.insert(child.command.end(), arguments.begin(), arguments.end());
    child.environment = environment;
    child.folder = workspace;
    child.input = input;
    child.interrupt_at = interrupt_at;
    return RunChild(child);
  }
  ChildResult Bash(const std::string& text) const { return Start("bash", {"-c", text}); }
  // A program of the workspace.
  std::string Program(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(folder / path).parent_path());
    fs::permissions(folder.Write(path, text), fs::perms::owner_all);
    return folder / path;
  }

  TempFolder folder;
  std::string guard = folder / "guard";
  std::string workspace = folder / "ws";
  Environment environment;
  std::string input;
  std::string interrupt_at;
};

std::string Joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + '\0';
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(guard)

BOOST_AUTO_TEST_CASE(variables_are_gone_where_nothing_names_them) {
  const Step step;
  const ChildResult result = step.Bash("env | grep -c ID_TOKEN_REQUEST");
  BOOST_TEST(result.out == "0\n");
  BOOST_TEST(result.err == "");
}

BOOST_AUTO_TEST_CASE(variables_stay_where_a_file_of_the_workspace_names_them) {
  const Step step;
  step.Program("ws/ask.sh", "#!/bin/sh\necho \"$" + kUrl + "$" + kToken + "\"\n");
  BOOST_TEST(step.Bash("./ask.sh").out == "http://127.0.0.1/bearer\n");
}

BOOST_AUTO_TEST_CASE(first_guard_of_a_step_decides_for_all_below_it) {
  const Step step;
  step.Program("ws/ask.sh", "#!/usr/bin/env bash\nenv | grep -c ID_TOKEN_REQUEST\n");
  const std::string nested = "bash -c './ask.sh; sh -c ./ask.sh; exec bash ./ask.sh'";
  BOOST_TEST(step.Bash(": $" + kUrl + "; " + nested).out == "2\n2\n2\n");
  BOOST_TEST(step.Bash(nested).out == "0\n0\n0\n");
}

BOOST_AUTO_TEST_CASE(listed_steps_alone_keep_the_variables) {
  GuardSettings settings = Allowed();
  settings.step_tokens = StepTokens::kListed;
  settings.keep_steps = {"mint", "sign"};
  Step step(settings);
  const std::string names_them = "echo \"$" + kUrl + "\"";
  BOOST_TEST(step.Bash(names_them).out == "\n");
  step.environment["GITHUB_ACTION"] = "sign";
  BOOST_TEST(step.Bash("env | grep -c ID_TOKEN_REQUEST").out == "2\n");
  step.environment["GITHUB_ACTION"] = "sig";
  BOOST_TEST(step.Bash(names_them).out == "\n");
  step.environment.erase("GITHUB_ACTION");
  BOOST_TEST(step.Bash(names_them).out == "\n");
}

BOOST_AUTO_TEST_CASE(listed_step_keeps_them_where_naming_counts_too) {
  GuardSettings settings = Allowed();
  settings.keep_steps = {"mint"};
  settings.consumers = {"our-deploy"};
  Step step(settings);
  BOOST_TEST(step.Bash("env | grep -c ID_TOKEN_REQUEST; : our-deploy").out == "2\n");
  step.environment["GITHUB_ACTION"] = "mint";
  BOOST_TEST(step.Bash("env | grep -c ID_TOKEN_REQUEST").out == "2\n");
}

BOOST_AUTO_TEST_CASE(denied_job_starts_nothing_under_any_name) {
  const Step step(Denied("refused: ref \"x\" is not main"));
  step.Program("ws/never.sh", "touch ran\n");
  for (const std::string_view name : kGuardedNames) {
    const ChildResult result = step.Start(std::string(name), {"./never.sh"});
    BOOST_TEST(result.exit_code == 1);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err ==
               "jobwarden: refused: ref \"x\" is not main\n"
               "jobwarden: ask #ci-platform\njobwarden: " +
                   std::string(name) + " was not started: this job was refused\n");
  }
  BOOST_TEST(!fs::exists(step.workspace + "/ran"));
}

BOOST_AUTO_TEST_CASE(keep_steps_are_refused_too) {
  GuardSettings settings = Denied("no");
  settings.keep_steps = {"__run"};
  BOOST_TEST(Step(settings).Bash("echo ran").out == "");
}

BOOST_AUTO_TEST_CASE(without_its_settings_the_guard_starts_nothing) {
  const Step step;
  const std::string settings = step.guard + "/" + std::string(kGuardSettingsName);
  const std::string whole = Slurp(settings);
  for (const std::string& text : {std::string(), whole.substr(0, whole.size() - 4), whole + "x\n",
                                  std::string(70'000, 'x')}) {
    step.folder.Write("guard/" + std::string(kGuardSettingsName), text);
    const ChildResult result = step.Bash("echo ran");
    BOOST_TEST(result.exit_code == 1);
    BOOST_TEST(result.out == "");
    BOOST_TEST(Has(result.err, "cannot read jobwarden-guard.settings"));
  }
  fs::remove(settings);
  const ChildResult result = step.Bash("echo ran");
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(result.out == "");
  BOOST_TEST(Has(result.err, "bash was not started"));
  fs::create_directory(settings);
  BOOST_TEST(step.Bash("echo ran").exit_code == 1);
}

BOOST_AUTO_TEST_CASE(exit_status_and_signals_are_the_programs_own) {
  Step step;
  BOOST_TEST(step.Bash("exit 42").exit_code == 42);
  BOOST_TEST(step.Bash("kill -9 $$").exit_code == 128 + SIGKILL);
  BOOST_TEST(step.Bash("kill -SEGV $$").exit_code == 128 + SIGSEGV);
  step.interrupt_at = "ready";
  const ChildResult result =
      step.Bash("trap 'echo asked; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
  BOOST_TEST(result.interrupted);
  BOOST_TEST(result.exit_code == 7);
  BOOST_TEST(result.out == "ready\nasked\n");
}

BOOST_AUTO_TEST_CASE(guard_becomes_the_program) {
  const Step step;
  // The shell's parent is who started the guard, and it has no more open files than it was given.
  const std::string text = "[ $PPID = " + std::to_string(getpid()) +
                           " ] && echo same; ls /proc/$$/fd; cat /proc/$$/comm";
  ChildOptions real;
  real.command = {"/bin/bash", "-c", text};
  real.environment = {{"PATH", kPath}};
  const ChildResult expected = RunChild(real);
  BOOST_TEST(Has(expected.out, "same\n"));
  BOOST_TEST(step.Bash(text).out == expected.out);
}

BOOST_AUTO_TEST_CASE(standard_input_goes_to_the_program) {
  Step step;
  step.input = "echo from input\n";
  BOOST_TEST(step.Start("sh", {}).out == "from input\n");
}

BOOST_AUTO_TEST_CASE(ten_thousand_arguments_of_any_bytes_arrive) {
  const Step step;
  std::vector<std::string> arguments;
  for (int i = 0; i < 10'000; ++i) {
    std::string text = std::to_string(i);
    text += static_cast<char>(i % 255 + 1);
    if (i % 7 == 0) text = "";
    arguments.push_back(text);
  }
  std::vector<std::string> all = {"-c", "printf '%s\\0' \"$@\"; env | grep -c ID_TOKEN_REQUEST",
                                  "bash"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  BOOST_TEST((step.Start("bash", all).out == Joined(arguments) + "0\n"));
}

BOOST_AUTO_TEST_CASE(environment_is_otherwise_untouched) {
  GuardSettings settings = Allowed();
  settings.step_tokens = StepTokens::kListed;
  Step step(settings);
  fs::create_directory(step.folder / "real");
  fs::create_symlink("/usr/bin/env", step.folder / "real/zsh");
  step.environment["PATH"] = step.guard + ":" + (step.folder / "real") + ":/nowhere";
  step.environment["ODD"] = "a\nb\x01\xff=";
  step.environment["EMPTY"] = "";
  step.environment["ACTIONS_ID_TOKEN_REQUEST_URLS"] = "not ours";
  Environment expected = step.environment;
  expected.erase(kUrl);
  expected.erase(kToken);
  expected["PATH"] = (step.folder / "real") + ":/nowhere";
  std::vector<std::string> entries;
  for (const auto& [name, value] : expected) {
    entries.push_back(std::string(name).append("=").append(value));
  }
  BOOST_TEST(step.Start("zsh", {"-0"}).out == Joined(entries));
}

BOOST_AUTO_TEST_CASE(guard_serves_as_a_scripts_interpreter) {
  Step step;
  const std::string script =
      step.Program("ws/tool",
                   "#!/usr/bin/env bash\necho \"$0 $*\"; env | grep -c ID_TOKEN_REQUEST; "
                   "exit 3\n");
  ChildOptions child;
  child.command = {script, "a", "b c"};
  child.environment = step.environment;
  const ChildResult result = RunChild(child);
  BOOST_TEST(result.out == script + " a b c\n0\n");
  BOOST_TEST(result.exit_code == 3);
  step.Program("ws/tool", "#!/usr/bin/env bash\necho \"$" + kToken + "\"");
  BOOST_TEST(RunChild(child).out == "bearer\n");
}

BOOST_AUTO_TEST_CASE(guard_serves_as_an_interpreter_by_its_path) {
  const Step step;
  ChildOptions child;
  child.command = {step.Program("tool", "#!" + step.guard + "/sh\necho \"$1\"\n"), "a b"};
  child.environment = step.environment;
  BOOST_TEST(RunChild(child).out == "a b\n");
}

BOOST_AUTO_TEST_CASE(path_that_holds_guards_more_than_once_leads_to_the_real_program) {
  Step step;
  fs::create_directory_symlink(step.guard, step.folder / "link");
  MakeWholeGuardFolder(step.folder / "second", Allowed());
  // A copy, as of another version.
  fs::remove(step.folder / "second/bash");
  fs::copy_file(Program("jobwarden-guard"), step.folder / "second/bash");
  step.environment["PATH"] = step.guard + ":" + (step.folder / "link") + ":" + step.guard +
                             "/../guard/:" + (step.folder / "second") + "::" + kPath;
  BOOST_TEST(step.Bash("echo $PATH; bash -c 'echo real'").out ==
             std::string(":") + kPath + "\nreal\n");
}

BOOST_AUTO_TEST_CASE(link_to_the_guard_outside_its_folder_is_not_the_real_program) {
  Step step;
  fs::create_directory(step.folder / "bin");
  fs::create_symlink(Program("jobwarden-guard"), step.folder / "bin/bash");
  step.environment["PATH"] = (step.folder / "bin") + ":" + kPath;
  BOOST_TEST(step.Bash("echo real").out == "real\n");
  step.environment["PATH"] = step.folder / "bin";
  BOOST_TEST(step.Bash("echo real").exit_code == 127);
}

BOOST_AUTO_TEST_CASE(wrapper_that_looks_for_its_program_on_path_does_not_come_back) {
  Step step;
  step.Program("shims/python3",
               "#!/bin/bash\n"
               "[ \"$SHIM\" ] && { echo came back; exit 9; }\n"
               "dir=${BASH_SOURCE%/*}\n"
               "real=$(PATH=${PATH//$dir:/} command -v python3)\n"
               "SHIM=1 exec \"$real\" \"$@\"\n");
  step.Program("real/python3", "#!/bin/sh\necho real \"$@\"\n");
  step.environment["PATH"] =
      step.guard + ":" + (step.folder / "shims") + ":" + (step.folder / "real") + ":" + kPath;
  BOOST_TEST(step.Start("python3", {"-c", "1"}).out == "real -c 1\n");
}

BOOST_AUTO_TEST_CASE(missing_program_is_a_clear_error) {
  Step step;
  for (const std::string& path : {step.guard, step.guard + ":/nowhere", std::string()}) {
    step.environment["PATH"] = path;
    const ChildResult result = step.Start("zsh", {"-c", "echo hi"});
    BOOST_TEST(result.exit_code == 127);
    BOOST_TEST(result.err == "jobwarden: zsh: no such program on PATH besides the step guard\n");
  }
}

BOOST_AUTO_TEST_CASE(program_that_cannot_be_started_is_a_clear_error) {
  Step step;
  const std::string broken = step.Program("bin/zsh", "#!/nowhere/interpreter\n");
  step.environment["PATH"] = step.guard + ":" + (step.folder / "bin");
  const ChildResult result = step.Start("zsh", {});
  BOOST_TEST(result.exit_code == 126);
  BOOST_TEST(result.err ==
             "jobwarden: zsh: cannot start " + broken + ": No such file or directory\n");
}

BOOST_AUTO_TEST_CASE(hostile_path_breaks_nothing) {
  Step step;
  const std::string tail = std::string(":") + kPath;
  for (const std::string& path :
       {std::string(5000, 'x') + tail, ":::" + tail, "relative:./also" + tail,
        "/proc/self/fd/0:/dev/null" + tail, "/etc/passwd:" + step.guard + tail}) {
    step.environment["PATH"] = path;
    BOOST_TEST(step.Bash("echo real").out == "real\n", path);
  }
  step.environment.erase("PATH");
  BOOST_TEST(step.Bash("echo real").out == "real\n");
}

BOOST_AUTO_TEST_CASE(program_does_not_take_the_guard_for_itself) {
  Step step;
  step.Program("bin/node", "#!/bin/sh\necho \"$0\"\n");
  step.environment["PATH"] = step.guard + ":" + (step.folder / "bin") + ":" + kPath;
  BOOST_TEST(step.Start("node", {}).out == (step.folder / "bin/node") + "\n");
  // The name alone stays a name: a login shell is told by it.
  BOOST_TEST(step.Bash(":").exit_code == 0);
  BOOST_TEST(step.Start("bash", {"-c", "exec -a -bash " + step.guard + "/bash -c 'echo $0'"}).out ==
             "-bash\n");
}

BOOST_AUTO_TEST_CASE(guard_under_no_guards_name_starts_nothing) {
  Step step;
  ChildOptions child;
  child.command = {Program("jobwarden-guard"), "-c", "echo ran"};
  child.environment = step.environment;
  const ChildResult result = RunChild(child);
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(result.out == "");
  BOOST_TEST(Has(result.err, "is started under the name of a shell"));
}

BOOST_AUTO_TEST_SUITE_END()
