#ifndef JOBWARDEN_TESTS_VERIFIER_DOCTOR_DOCTOR_HOST_H_
#define JOBWARDEN_TESTS_VERIFIER_DOCTOR_DOCTOR_HOST_H_

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/fake_issuer.h"
#include "tests/support/has.h"
#include "tests/support/places.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_users.h"
#include "verifier/doctor/check.h"
#include "verifier/fetch/refresh.h"

namespace jobwarden::testing {

/// A machine as the README sets it up, in one folder: a GitLab runner, or a GitHub runner. A test
/// breaks one thing, and looks. For root.
class DoctorHost {
 public:
  explicit DoctorHost(bool github = false) : github_(github) {
    chmod(folder.path().c_str(), 0755);
    for (const char* each : {"opt", "state", "log", "runner", "builds", "cache", "root"}) {
      std::filesystem::create_directory(folder / each);
    }
    for (const char* each :
         {"proc/sys/kernel/yama", "etc/sudoers.d", "etc/systemd/system", "run", "usr/bin"}) {
      std::filesystem::create_directories(folder / ("root/" + std::string(each)));
    }
    issuer.SetKeys(signer.KeySetJson());
    machine.config_path = folder / "jobwarden.toml";
    machine.root = folder / "root";
    machine.metadata = machine.debugger_relay = {"127.0.0.1", 1};
    folder.Write("root/proc/sys/kernel/yama/ptrace_scope", "1\n");
    folder.Write("root/etc/shadow",
                 "root:*:19000:0:99999:7:::\n" + users.name() + ":!:19000::::::\n");
    folder.Write("root/etc/sudoers", "root ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL) ALL\n");
    Install("root/usr/bin/gitlab-runner", "#!/bin/sh\necho 'Version:      17.2.0'\n");
    config = "version = 1\nstate_dir = \"" + (folder / "state") +
             "\"\n[[issuer]]\nname = \"ci\"\nprovider = \"" + (github ? "github" : "gitlab") +
             "\"\nurl = \"" + issuer.url() +
             "\"\naudience = \"https://ci-runners.example.com\"\n"
             "[[allow]]\nname = \"deploys\"\nclaims = { ref = \"main\" }\n";
    github ? SetUpGitHub() : SetUpGitLab();
    Write();
    const auto read = LoadConfig(machine.config_path, JobsRun::kElsewhere);
    BOOST_REQUIRE(bool(read));
    BOOST_REQUIRE(bool(RefreshKeys(read->issuers.front(), read->state_dir)));
    if (!github) return;
    for (const char* each : {"state", "state/keys", "log"}) ChownToUser(each);
    std::filesystem::create_directory(folder / "state/github");
    ChownToUser("state/github");
  }

  std::vector<Diagnosis> Look() {
    Write();
    return Examine(Receive(machine));
  }

  /// What the check says; the worst where it says several things.
  Diagnosis Of(const std::string& id) {
    Diagnosis worst{Health::kOk, "nothing"};
    for (const Diagnosis& each : Look()) {
      if (each.id == id && (worst.seen == "nothing" || each.health > worst.health)) worst = each;
    }
    return worst;
  }

  void Install(const std::string& name, const std::string& text) {
    chmod(folder.Write(name, text).c_str(), 0755);
  }
  void CopyProgram(const std::string& name) {
    std::filesystem::copy_file(Program(name), folder / ("opt/" + name));
  }
  void ChownToUser(const std::string& name) {
    BOOST_REQUIRE(chown((folder / name).c_str(), users.uid(), static_cast<gid_t>(-1)) == 0);
  }

  TempFolder folder;
  FakeIssuer issuer;
  Signer signer{"RS256", "key-1"};
  TestUsers users{1};
  Machine machine;
  std::string config;
  std::string gitlab;  ///< config.toml
  std::string env;     ///< of GitHub's runner

 private:
  void Write() {
    folder.Write("jobwarden.toml", config);
    if (github_) {
      folder.Write("runner/.env", env);
    } else {
      chmod(folder.Write("config.toml", gitlab).c_str(), 0600);
    }
  }

  void SetUpGitLab() {
    machine.gitlab_config = folder / "config.toml";
    CopyProgram("jobwarden-executor");
    CopyProgram("jobwarden");
    const bool has_bwrap = access("/usr/bin/bwrap", X_OK) == 0;
    config += "[executor]\nrun_as = \"" + users.name() + "\"\nbuilds_dir = \"" +
              (folder / "builds") + "\"\ncache_dir = \"" + (folder / "cache") + "\"\n" +
              (has_bwrap ? "sandbox = \"bwrap\"\n" : "") + "[audit]\nfile = \"" +
              (folder / "log/audit.jsonl") + "\"\n";
    gitlab =
        "concurrent = 1\n[[runners]]\n  name = \"deploys\"\n  executor = \"custom\"\n"
        "  [runners.custom]\n";
    for (const std::string stage : {"config", "prepare", "run", "cleanup"}) {
      gitlab += "    " + stage + "_exec = \"" + (folder / "opt/jobwarden-executor") + "\"\n    " +
                stage + "_args = [\"--config\", \"" + machine.config_path + "\", \"" + stage +
                "\"]\n";
    }
    gitlab +=
        "  [runners.feature_flags]\n    FF_GIT_URLS_WITHOUT_TOKENS = false\n"
        "    FF_MASK_ALL_DEFAULT_TOKENS = true\n";
  }

  void SetUpGitHub() {
    machine.github_folder = folder / "runner";
    for (const char* each : {"jobwarden", "jobwarden-hook", "jobwarden-guard"}) CopyProgram(each);
    for (const char* each : {"job-started.sh", "job-completed.js", "container.js"}) {
      std::string hook = Slurp(InCheckout("install/github/" + std::string(each)));
      const std::string usual = "/etc/jobwarden/jobwarden.toml";
      hook.replace(hook.find(usual), usual.size(), machine.config_path);
      Install("opt/" + std::string(each), hook);
    }
    std::filesystem::create_directory_symlink("bin.2.336.0", folder / "runner/bin");
    folder.Write("runner/.runner", "\xEF\xBB\xBF{\"agentName\":\"r\",\"ephemeral\":true}");
    folder.Write("runner/.credentials", "{}");
    ChownToUser("runner");
    config +=
        "[github]\nshared_user = true\n[audit]\nfile = \"" + (folder / "log/audit.jsonl") + "\"\n";
    env = "LANG=C.UTF-8\nACTIONS_RUNNER_HOOK_JOB_STARTED=" + (folder / "opt/job-started.sh") +
          "\nACTIONS_RUNNER_HOOK_JOB_COMPLETED=" + (folder / "opt/job-completed.js") +
          "\nDOTNET_EnableDiagnostics=0\n";
  }

  bool github_;
};

/// The lines `status id: seen` of all that is not ok.
inline std::string Faults(const std::vector<Diagnosis>& all) {
  std::string text;
  for (const Diagnosis& each : all) {
    if (each.health == Health::kOk) continue;
    text += std::string(HealthName(each.health)) + " " + each.id + ": " + each.seen + "\n";
  }
  return text;
}

/// Puts `to` in the place of `from`, which must be there.
inline void Replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

/// Whether the check says this, and what to do.
inline boost::test_tools::predicate_result Says(DoctorHost& host, const std::string& id,
                                                Health health, const std::string& seen) {
  const Diagnosis said = host.Of(id);
  if (said.health != health) {
    return No(id + " is " + std::string(HealthName(said.health)) + ": " + said.seen);
  }
  if (health != Health::kOk && said.advice.empty()) return No(id + " does not say what to do");
  return Has(said.seen, seen);
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_DOCTOR_DOCTOR_HOST_H_
