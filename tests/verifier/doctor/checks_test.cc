// doctor on a machine with a GitLab runner: all is well, and each fault is found.

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "tests/support/has.h"
#include "tests/verifier/doctor/doctor_host.h"
#include "verifier/doctor/checks.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

std::string DateIn(std::time_t seconds) {
  const std::time_t time = std::time(nullptr) + seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[64];
  std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checks)

BOOST_AUTO_TEST_CASE(a_machine_that_the_readme_set_up_is_well) {
  DoctorHost host;
  const auto all = host.Look();
  BOOST_TEST(Faults(all) == "");
  for (const char* id : {"config", "mode", "programs", "issuer", "keys", "clock", "gitlab-stages",
                         "gitlab-features", "gitlab-credentials", "gitlab-version", "isolation",
                         "ptrace", "groups", "sudo", "accounts", "sockets", "metadata"}) {
    BOOST_TEST(
        std::any_of(all.begin(), all.end(), [&](const Diagnosis& each) { return each.id == id; }),
        id << " was not looked at");
  }
}

BOOST_AUTO_TEST_CASE(faults_of_the_configuration_are_found) {
  DoctorHost host;
  host.config += "[exposure]\nunusd = \"strip\"\n";
  BOOST_TEST(Says(host, "config", Health::kFailed, "unknown key \"unusd\""));
}

BOOST_AUTO_TEST_CASE(a_configuration_that_others_may_write_is_found) {
  DoctorHost host;
  BOOST_TEST(Says(host, "config", Health::kOk, "is good"));
  chmod((host.folder / "jobwarden.toml").c_str(), 0666);
  BOOST_TEST(Says(host, "config", Health::kFailed, "can be written"));
}

BOOST_AUTO_TEST_CASE(report_mode_is_said) {
  DoctorHost host;
  host.config = "mode = \"report\"\n" + host.config;
  BOOST_TEST(Says(host, "mode", Health::kWarning, "no job is refused"));
}

BOOST_AUTO_TEST_CASE(a_policy_that_was_never_pulled_is_found) {
  DoctorHost host;
  BOOST_TEST(host.Of("policy").seen == "nothing");
  host.config +=
      "[policy.pull]\nkeys = \"RWSuEjW0H0nSsmsnsrTbE4YjXjX+HekAfkd44alzi6zzR17jsjye9GW3\"\n";
  BOOST_TEST(Says(host, "policy", Health::kFailed, "no policy"));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_pulled_policy_is_said_before_it_comes) {
  using namespace std::chrono;
  const auto now = floor<seconds>(system_clock::now());
  const auto said = [&](hours left, hours since_asked) {
    Patient patient;
    PulledPolicy pulled;
    pulled.serial = 7;
    pulled.expires = now + left;
    pulled.checked_at = now - since_asked;
    patient.config.emplace().pulled = pulled;
    const auto all = LookAtPolicy(patient);
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(Has(all.front().seen, "serial 7, in force until "));
    return all.front().health;
  };
  BOOST_TEST((said(hours{24 * 20}, hours{0}) == Health::kOk));
  BOOST_TEST((said(hours{24 * 20}, hours{30}) == Health::kWarning));
  BOOST_TEST((said(hours{70}, hours{0}) == Health::kWarning));
  BOOST_TEST((said(hours{-1}, hours{0}) == Health::kFailed));
}

BOOST_AUTO_TEST_CASE(a_rule_on_trial_is_said) {
  DoctorHost host;
  Replace(host.config, "name = \"deploys\"\n", "name = \"deploys\"\nmode = \"report\"\n");
  BOOST_TEST(Says(host, "mode", Health::kWarning, "rule \"deploys\" decides nothing"));
}

BOOST_AUTO_TEST_CASE(an_issuer_that_does_not_answer_is_found) {
  DoctorHost host;
  host.issuer.SetAnswer(FakeIssuer::kKeysPath, Answer{.status = 503});
  BOOST_TEST(Says(host, "issuer", Health::kFailed, "503"));
  // The stored keys are good still.
  BOOST_TEST(Says(host, "keys", Health::kOk, "1 usable keys"));
}

BOOST_AUTO_TEST_CASE(an_issuer_that_answers_slowly_ends_no_check_late) {
  DoctorHost host;
  host.config += "[[issuer]]\nname = \"slow\"\nprovider = \"gitlab\"\nurl = \"" +
                 host.issuer.url() + "/slow\"\naudience = \"a\"\n[issuer.keys]\ntimeout = \"1m\"\n";
  Replace(host.config, "[[allow]]\n", "[[allow]]\nissuer = \"ci\"\n");
  host.issuer.SetAnswer("/slow/.well-known/openid-configuration",
                        Answer{.delay = std::chrono::minutes(2)});
  const auto began = std::chrono::steady_clock::now();
  BOOST_TEST(Says(host, "issuer", Health::kFailed, "issuer \"slow\""));
  BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::seconds(60)));
  host.issuer.BreakOff();
}

BOOST_AUTO_TEST_CASE(keys_that_are_absent_or_old_are_found) {
  DoctorHost host;
  std::filesystem::remove(host.folder / "state/keys/ci.json");
  BOOST_TEST(Says(host, "keys", Health::kFailed, "issuer \"ci\""));
  // That is one problem, which is said once.
  BOOST_TEST(Says(host, "config", Health::kOk, "is good"));
}

BOOST_AUTO_TEST_CASE(keys_that_are_not_fresh_are_said) {
  DoctorHost host;
  host.config += "";
  Replace(host.config, "[[allow]]",
          "[issuer.keys]\nmax_age = \"1s\"\nstale_for = \"1h\"\n[[allow]]");
  sleep(2);
  BOOST_TEST(Says(host, "keys", Health::kWarning, "not fresh"));
  Replace(host.config, "stale_for = \"1h\"", "stale_for = \"0s\"");
  BOOST_TEST(Says(host, "keys", Health::kFailed, "too old"));
}

BOOST_AUTO_TEST_CASE(pinned_keys_are_dated_and_nobody_is_asked) {
  DoctorHost host;
  const std::string file = host.folder.Write("pinned.json", host.signer.KeySetJson());
  Replace(host.config, "[[allow]]", "[issuer.keys]\nfile = \"" + file + "\"\n[[allow]]");
  const int before = host.issuer.requests();
  BOOST_TEST(Says(host, "keys", Health::kOk, "1 pinned keys"));
  BOOST_TEST(host.issuer.requests() == before);
  const timespec old[2] = {{std::time(nullptr) - 200 * 86'400, 0},
                           {std::time(nullptr) - 200 * 86'400, 0}};
  utimensat(AT_FDCWD, file.c_str(), old, 0);
  BOOST_TEST(Says(host, "keys", Health::kWarning, "written 200 days ago"));
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_wrong_is_found) {
  DoctorHost host;
  const auto answer = [&](std::time_t seconds) {
    host.issuer.SetAnswer(FakeIssuer::kDiscoveryPath,
                          Answer{.body = "{}", .headers = {{"Date", DateIn(seconds)}}});
  };
  answer(3600);
  BOOST_TEST(Says(host, "clock", Health::kFailed, "s behind, and leeway is 30 s"));
  answer(-20);
  BOOST_TEST(Says(host, "clock", Health::kWarning, "s ahead"));
  host.issuer.SetAnswer(FakeIssuer::kDiscoveryPath,
                        Answer{.body = "{}", .headers = {{"Date", "yesterday"}}});
  const Diagnosis said = host.Of("clock");
  BOOST_TEST((said.health == Health::kWarning));
}

BOOST_AUTO_TEST_CASE(a_stage_that_is_not_wired_is_found) {
  for (const std::string stage : {"config", "prepare", "run", "cleanup"}) {
    DoctorHost host;
    Replace(host.gitlab, stage + "_exec", "# ");
    BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, stage + "_exec is not"));
  }
  DoctorHost host;
  Replace(host.gitlab, "\"cleanup\"]", "\"prepare\"]");
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "with the argument \"cleanup\""));
}

BOOST_AUTO_TEST_CASE(a_driver_that_reads_another_configuration_is_said) {
  DoctorHost host;
  Replace(host.gitlab, "\"--config\", \"" + host.machine.config_path + "\", \"run\"", "\"run\"");
  BOOST_TEST(Says(host, "gitlab-stages", Health::kWarning,
                  "its driver reads /etc/jobwarden/jobwarden.toml; this looks at "));
}

// GitLab Runner ignores the case of keys: it may start jobs without the driver.
BOOST_AUTO_TEST_CASE(a_key_in_capital_letters_is_found) {
  DoctorHost host;
  Replace(host.gitlab, "  executor = ", "  Executor = \"shell\"\n  executor = ");
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "reads the key \"Executor\" as"));
  host.gitlab = "[[Runners]]\nname = \"a\"\n";
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "reads the key \"Runners\" as"));
}

BOOST_AUTO_TEST_CASE(another_driver_in_a_stage_is_found) {
  DoctorHost host;
  Replace(host.gitlab, "run_exec = \"" + (host.folder / "opt/jobwarden-executor"),
          "run_exec = \"/opt/driver/run");
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "got \"/opt/driver/run\""));
}

BOOST_AUTO_TEST_CASE(a_driver_that_is_absent_or_may_be_changed_is_found) {
  DoctorHost host;
  const std::string driver = host.folder / "opt/jobwarden-executor";
  chmod(driver.c_str(), 0777);
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "can be written"));
  chmod(driver.c_str(), 0644);
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "cannot be started"));
  std::filesystem::remove(driver);
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "No such file"));
}

BOOST_AUTO_TEST_CASE(a_driver_that_jobs_may_change_is_found) {
  DoctorHost host;
  host.ChownToUser("opt/jobwarden-executor");
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "jobwarden-executor"));
}

BOOST_AUTO_TEST_CASE(a_runner_with_another_executor_is_said) {
  DoctorHost host;
  host.gitlab += "[[runners]]\nname = \"all\"\nexecutor = \"docker\"\n";
  BOOST_TEST(Says(host, "gitlab-stages", Health::kWarning, "runner \"all\": executor \"docker\""));
}

BOOST_AUTO_TEST_CASE(a_config_toml_that_cannot_be_read_is_found) {
  DoctorHost host;
  host.gitlab = "[[runners]\n";
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "config.toml:1:11: not TOML"));
  host.machine.gitlab_config = host.folder / "none.toml";
  BOOST_TEST(Says(host, "gitlab-stages", Health::kFailed, "No such file"));
}

BOOST_AUTO_TEST_CASE(feature_flags_that_jobs_can_set_are_said) {
  DoctorHost host;
  Replace(host.gitlab, "    FF_MASK_ALL_DEFAULT_TOKENS = true\n", "");
  BOOST_TEST(Says(host, "gitlab-features", Health::kWarning,
                  "a job's variables can change FF_MASK_ALL_DEFAULT_TOKENS"));
}

BOOST_AUTO_TEST_CASE(credentials_of_the_runner_that_jobs_can_read_are_found) {
  DoctorHost host;
  BOOST_TEST(Says(host, "gitlab-credentials", Health::kOk, "cannot be read by jobs"));
  host.machine.gitlab_config = host.folder.Write("open.toml", host.gitlab);
  chmod(host.machine.gitlab_config.c_str(), 0644);
  BOOST_TEST(Says(host, "gitlab-credentials", Health::kFailed, "can be read by everybody"));
}

BOOST_AUTO_TEST_CASE(a_runner_that_is_too_old_is_found) {
  DoctorHost host;
  host.Install("root/usr/bin/gitlab-runner", "#!/bin/sh\necho 'Version: 13.12.0'\n");
  BOOST_TEST(Says(host, "gitlab-version", Health::kFailed, "13.12.0"));
  host.Install("root/usr/bin/gitlab-runner", "#!/bin/sh\necho none\n");
  const Diagnosis none = host.Of("gitlab-version");
  BOOST_TEST((none.health == Health::kWarning));
  std::filesystem::remove(host.folder / "root/usr/bin/gitlab-runner");
  BOOST_TEST(Says(host, "gitlab-version", Health::kWarning, "no gitlab-runner"));
}

BOOST_AUTO_TEST_CASE(scripts_that_run_as_the_runners_user_are_found) {
  DoctorHost host;
  Replace(host.config, "run_as = \"" + host.users.name() + "\"\n", "shared_user = true\n");
  if (host.config.find("sandbox") != std::string::npos) {
    Replace(host.config, "sandbox = \"bwrap\"\n", "");
  }
  BOOST_TEST(Says(host, "isolation", Health::kFailed, "the user of GitLab Runner"));
  BOOST_TEST(Says(host, "ptrace", Health::kOk, "ptrace_scope = 1"));
  host.folder.Write("root/proc/sys/kernel/yama/ptrace_scope", "0\n");
  BOOST_TEST(Says(host, "ptrace", Health::kWarning, "ptrace_scope = 0: a job can read"));
  std::filesystem::remove_all(host.folder / "root/proc");
  BOOST_TEST(Says(host, "ptrace", Health::kWarning, "has no kernel.yama.ptrace_scope"));
}

BOOST_AUTO_TEST_CASE(accounts_that_cron_serves_are_said_where_no_sandbox_is) {
  DoctorHost host;
  if (host.config.find("sandbox") != std::string::npos) {
    BOOST_TEST(Says(host, "accounts", Health::kOk, "from its sandbox"));
    Replace(host.config, "sandbox = \"bwrap\"\n", "");
  }
  const std::string user = host.users.name();
  const auto expires = [&](const std::string& day) {
    host.folder.Write("root/etc/shadow",
                      user + "1:!:1::::::\n" + user + ":!:19000:0:99999:7::" + day + ":\n");
    return host.Of("accounts").health == Health::kOk;
  };
  BOOST_TEST(expires("1"));
  BOOST_TEST(!expires(""));
  BOOST_TEST(!expires("999999"));
  host.folder.Write("root/etc/shadow", user + ":!");
  BOOST_TEST(Says(host, "accounts", Health::kWarning, "has not expired"));
  std::filesystem::remove(host.folder / "root/etc/shadow");
  BOOST_TEST(Says(host, "accounts", Health::kWarning, "No such file"));
}

BOOST_AUTO_TEST_CASE(what_a_job_has_left_for_later_is_said) {
  DoctorHost host;
  for (const std::string place :
       {"var/spool/cron/crontabs", "var/spool/cron", "var/lib/systemd/linger"}) {
    std::filesystem::create_directories(host.folder / ("root/" + place));
    const std::string left = host.folder.Write("root/" + place + "/" + host.users.name(), "");
    BOOST_TEST(Says(host, "accounts", Health::kWarning, left + ": a job may have left it"));
    std::filesystem::remove(left);
  }
}

BOOST_AUTO_TEST_CASE(sudo_of_a_jobs_user_is_found) {
  DoctorHost host;
  const std::string user = host.users.name();
  const auto found = [&](const std::string& line) {
    host.folder.Write("root/etc/sudoers.d/90-ci", "# a comment about " + user + "\n" + line + "\n");
    return host.Of("sudo").health == Health::kFailed;
  };
  BOOST_TEST(found(user + " ALL=(ALL) NOPASSWD: ALL"));
  BOOST_TEST(found("  kim," + user + "\tALL = (root) /usr/bin/docker"));
  BOOST_TEST(found("ALL ALL=(ALL) NOPASSWD: /bin/mount"));
  BOOST_TEST(found("#" + std::to_string(host.users.uid()) + " ALL=(ALL) ALL"));
  BOOST_TEST(!found("kim ALL=(" + user + ") NOPASSWD: ALL"));
  BOOST_TEST(!found("kim ALL=(ALL) /usr/bin/su " + user));
  BOOST_TEST(!found("Defaults:" + user + " !requiretty"));
  BOOST_TEST(!found("x" + user + " ALL=(ALL) ALL"));
  // sudo does not read a file of such a name.
  host.folder.Write("root/etc/sudoers.d/90-ci", "");
  host.folder.Write("root/etc/sudoers.d/x.bak", user + " ALL=(ALL) ALL\n");
  BOOST_TEST(Says(host, "sudo", Health::kOk, "no rule of sudo's"));
}

BOOST_AUTO_TEST_CASE(a_socket_of_a_container_service_is_found) {
  DoctorHost host;
  chmod(host.folder.Write("root/run/docker.sock", "").c_str(), 0666);
  BOOST_TEST(Says(host, "sockets", Health::kFailed, "docker.sock, and so become root"));
  chmod((host.folder / "root/run").c_str(), 0700);
  BOOST_TEST(Says(host, "sockets", Health::kOk, "no socket"));
  chmod((host.folder / "root/run").c_str(), 0755);
  chmod((host.folder / "root/run/docker.sock").c_str(), 0660);
  BOOST_TEST(Says(host, "sockets", Health::kOk, "no socket"));
}

BOOST_AUTO_TEST_CASE(a_metadata_service_that_can_be_reached_is_said) {
  DoctorHost host;
  host.machine.metadata.port = host.issuer.port();
  BOOST_TEST(Says(host, "metadata", Health::kWarning, "can be reached"));
}

BOOST_AUTO_TEST_CASE(each_check_is_documented) {
  const std::string page = Slurp(InCheckout("docs/doctor.md"));
  for (const Check& each : Checks()) {
    BOOST_TEST(Has(page, "| `" + std::string(each.id) + "` |"));
    BOOST_TEST(!each.about.empty());
  }
  // And no other.
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = page.find("\n| `", at)) != std::string::npos; ++at) ++rows;
  BOOST_TEST(rows == Checks().size() + 2U);  // the two of --probe
}

BOOST_AUTO_TEST_SUITE_END()
