#ifndef JOBWARDEN_TESTS_E2E_HOOK_HOST_H_
#define JOBWARDEN_TESTS_E2E_HOOK_HOST_H_

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/harness.h"
#include "tests/support/child.h"
#include "tests/support/places.h"

namespace jobwarden::testing {

struct JobShell {
  std::vector<std::string> command;
  bool knows_ansi_quotes;  // $'…'
};
inline const JobShell kBashShell{{"/bin/bash"}, true};
inline const std::vector<JobShell> kShells{
    kBashShell,
    {{"/bin/dash"}, false},
#ifdef JOBWARDEN_BUSYBOX
    {{JOBWARDEN_BUSYBOX, "ash"}, false},
#endif
};

inline constexpr char kCiConfig[] = R"(deploy:
  id_tokens:
    JOBWARDEN_ID_TOKEN:
      aud: https://ci-runners.example.com
    VAULT_ID_TOKEN:
      aud: https://vault.example.com
    PYPI_STAGING_ID_TOKEN:
      aud: pypi-staging
  script:
    - ./deploy.sh
)";

// A runner whose jobs run in containers or shells of their own, and a checkout in which `deploy.sh`
// uses VAULT_ID_TOKEN.
class HookHost : public RunnerHost {
 public:
  HookHost() {
    std::filesystem::create_directories(Path("builds/shop/checkout"));
    folder.Write("builds/shop/checkout/.gitlab-ci.yml", kCiConfig);
    folder.Write("builds/shop/checkout/deploy.sh", "vault login \"$VAULT_ID_TOKEN\"\n");
    pre_build = "eval \"$(" + Program("jobwarden-hook") + " --config " + config_path() +
                " gitlab pre-build || echo exit 1)\"";
  }

  // The stage `build_script` as these executors run it.
  ChildResult Run(const Job& job, const JobShell& shell = kBashShell) {
    folder.Write("jobwarden.toml", config);
    RunnerJob sent = Sent(job);
    sent.shell = shell.knows_ansi_quotes ? Shell::kBash : Shell::kSh;
    if (!shell.knows_ansi_quotes) {
      sent.features.push_back({"FF_POSIXLY_CORRECT_ESCAPES", "true"});
    }
    const Folders folders{Path("builds"), Path("cache"), false};
    const auto variables = AllVariables(sent, folders);
    ScriptWriter writer(sent.runner, sent.shell, variables);
    writer.Variables(variables, TemporaryDir(sent, folders));
    writer.ChangeFolder(ProjectDir(sent, folders));
    writer.Commands({pre_build});
    writer.Commands(job.script);

    ChildOptions child;
    child.command = shell.command;
    // A container is started with the variables too.
    child.environment = container;
    child.environment["PATH"] = std::getenv("PATH");
    for (const auto& variable : variables) child.environment[variable.key] = variable.value;
    child.input = writer.Script();
    return RunChild(child);
  }

  std::string pre_build;
  Environment container;  ///< what else the image brings along
};

// What came of the job's own lines, after the hook's line.
inline std::string JobOutput(const ChildResult& result) {
  return "\n" + result.out;
}

inline bool Stopped(const ChildResult& result) {
  return result.exit_code == 1 && result.out.find("the job runs") == std::string::npos;
}

inline Job DeployThat(std::vector<std::string> script) {
  Job job = ProtectedDeploy();
  script.insert(script.begin(), "echo the job runs");
  job.script = std::move(script);
  return job;
}

inline std::string Signature(const RunnerHost& host, const Job& job, const std::string& name) {
  const std::string text = host.TokenOf(job, name);
  return text.substr(text.rfind('.') + 1);
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_HOOK_HOST_H_
