// What the step guard costs a step of a GitHub job, as the time that its shell takes longer. Usage:
//   bench_guard [RUNS]

#include <filesystem>
#include <string>

#include "hooks/guard/settings.h"
#include "tests/bench/compare.h"
#include "tests/support/temp_folder.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;

// A step as the runner starts it: a checkout of a small project, and the step's script beside it.
class Step {
 public:
  explicit Step(const fs::path& guard) {
    GuardSettings settings;
    settings.allowed = true;
    settings.step_tokens = StepTokens::kNamed;
    fs::create_directories(folder_ / "guard");
    folder_.Write("guard/" + std::string(kGuardSettingsName), FormatGuardSettings(settings));
    fs::create_symlink(guard, folder_ / "guard/bash");
    fs::create_directories(folder_ / "ws/ci");
    fs::create_directories(folder_ / "_temp");
    fs::current_path(folder_ / "ws");  // what the bench starts is in it
    for (int i = 0; i < 20; ++i) {
      folder_.Write("ws/ci/" + std::to_string(i) + ".sh", "#!/bin/sh\necho building $1\n");
    }
  }

  // `bash -e SCRIPT`, with the request variables that the guard takes out, or the real one alone.
  Command Run(const std::string& script, bool guarded) {
    const std::string name = "_temp/" + std::to_string(++scripts_) + ".sh";
    const std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    return {{guarded ? folder_ / "guard/bash" : "/usr/bin/bash", "-e", folder_.Write(name, script)},
            {{"PATH", (folder_ / "guard") + ":" + path},
             {"HOME", folder_.path()},
             {"GITHUB_WORKSPACE", folder_ / "ws"},
             {"RUNNER_TEMP", folder_ / "_temp"},
             {"GITHUB_ACTION", "__run"},
             {"ACTIONS_ID_TOKEN_REQUEST_URL", "https://example.com/idtoken?api-version=2.0"},
             {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", std::string(1500, 'x')}}};
  }

 private:
  TempFolder folder_;
  int scripts_ = 0;
};

}  // namespace
}  // namespace jobwarden::testing

// NOLINTNEXTLINE(bugprone-exception-escape): a bench may end so
int main(int argc, char** argv) {
  using namespace jobwarden::testing;  // NOLINT(google-build-using-namespace): a bench's own
  const int runs = argc > 1 ? std::stoi(argv[1]) : 1000;
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  Step step(here / "jobwarden-guard");

  Compare("bash -e with an empty script", runs, step.Run(":\n", true), step.Run(":\n", false),
          "+1 ms or less");
  // Words that are looked up, and a file that is read and does not run.
  std::string script = "exit 0\n";
  for (int i = 0; i < 25; ++i) {
    script +=
        "docker build --tag app:" + std::to_string(i) + " --file ci/Dockerfile . && echo ok\n";
  }
  script += "./ci/1.sh && ./ci/2.sh && make test";
  Compare("the same with 27 lines to follow", runs, step.Run(script, true), step.Run(script, false),
          "+1 ms or less");
}
