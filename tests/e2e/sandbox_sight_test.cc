// What a job inside bubblewrap sees of the machine, and of other jobs.

#include <sys/mount.h>
#include <unistd.h>

#include <fstream>
#include <memory>

#include "tests/e2e/attacker.h"
#include "tests/e2e/sandbox_host.h"
#include "tests/support/large.h"

using namespace jobwarden::testing;

namespace {

// A folder at a place of the machine that no test folder has: it and all in it go at the end.
class MachineFolder {
 public:
  explicit MachineFolder(const std::string& above, const std::string& end = "")
      : path_(above + "/jobwarden-test-" + std::to_string(getpid()) + end) {
    std::filesystem::create_directories(path_);
  }
  MachineFolder(const MachineFolder&) = delete;
  MachineFolder& operator=(const MachineFolder&) = delete;
  ~MachineFolder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Which folders of its machine a host keeps its things in.
struct Kept {
  std::string builds;
  std::string cache;
  std::string state;
  std::string audit;
};

void Keep(SandboxHost& host, const Kept& kept) {
  for (const auto& [from, to] :
       {std::pair("builds_dir = \"" + host.Path("builds"), "builds_dir = \"" + kept.builds),
        std::pair("cache_dir = \"" + host.Path("cache"), "cache_dir = \"" + kept.cache),
        std::pair("state_dir = \"" + host.Path("state"), "state_dir = \"" + kept.state),
        std::pair("file = \"" + host.Path("audit.jsonl"),
                  "file = \"" + kept.audit + "/audit.jsonl")}) {
    Change(host.config, from, to);
  }
}

// A job finds what it left itself, and nothing that lies beside: what other jobs left, state,
// audit.
void SeesItsOwnAlone(const Kept& kept) {
  SandboxHost host;
  Keep(host, kept);
  std::string look = "find";
  for (const std::string& folder : {kept.builds, kept.cache, kept.state, kept.audit}) {
    std::filesystem::create_directories(folder);
    for (const std::string& below : {folder, folder + "/.kept/x", folder + "/other.1"}) {
      std::filesystem::create_directories(below);
      std::ofstream(below + "/not-yours") << "secret";
    }
    look += " '" + folder + "'";
  }
  const Job job = JobThat({"echo mine > \"$CI_BUILDS_DIR/mine\"",
                           look + " \\( -name not-yours -o -name audit.jsonl \\) 2>&1 || true",
                           "! ls -A '" + kept.builds + "' | grep -F . || true", "echo end"});
  const JobRun run = host.Play(job);
  BOOST_TEST_CONTEXT(look << "\n" << run.log()) {
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(Has(Out(run), "\nend\n"));
    BOOST_TEST(Lacks(Out(run), "/not-yours\n"));
    BOOST_TEST(Lacks(Out(run), "/audit.jsonl\n"));
    BOOST_TEST(Lacks(Out(run), "\nother.1\n"));
    const JobRun again = host.Play(JobThat({"cat \"$CI_BUILDS_DIR/mine\""}));
    BOOST_TEST(Has(Out(again), "\nmine\n"));
  }
}
}  // namespace

BOOST_AUTO_TEST_SUITE(sandbox_sight)

BOOST_AUTO_TEST_CASE(what_is_no_business_of_the_job_is_out_of_sight) {
  for (const As as : kBoth) {
    SandboxHost host(as);
    const std::string secret = host.folder.Write("secret", "secret");
    const JobRun run = host.Play(JobThat({
        "ls -A '" + host.folder.path() + "' | tr '\\n' ' '; echo",
        "ls -A /root /home/* /run /run/docker.sock /etc/gitlab-runner 2>/dev/null | grep -v : || "
        "true",
        "! cat '" + host.config_path() + "' '" + secret + "' 2>/dev/null || echo read it",
        "ls -A /tmp | tr '\\n' ' '; echo end",
    }));
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(Has(Out(run), "\nbuilds cache \n"));
    BOOST_TEST(Lacks(Out(run), "\nread it\n"));
    BOOST_TEST(Lacks(Out(run), "custom-executor"));
  }
}

BOOST_AUTO_TEST_CASE(what_the_driver_keeps_is_out_of_sight_wherever_it_lies) {
  if (geteuid() != 0) return;
  std::vector<std::unique_ptr<MachineFolder>> folders;
  // In the root, in a folder of the system's, in an empty one, and in one of the sandbox's own:
  // with sanitizers, one of each.
  const std::vector<const char*> places = {"",         "/srv",     "/usr/local", "/tmp",
                                           "/dev/shm", "/opt",     "/var/lib",   "/home",
                                           "/run",     "/var/tmp", "/var/log"};
  const std::size_t count = kSanitized ? 5 : places.size();
  for (std::size_t i = 0; i < count; ++i) {
    const char* above = places[i];
    folders.push_back(std::make_unique<MachineFolder>(above));
    const std::string& folder = folders.back()->path();
    SeesItsOwnAlone({folder + "/b", folder + "/c", folder + "/s", folder + "/a"});
    SeesItsOwnAlone({folder + "/n", folder + "/n/x/y/cache", folder + "/n/state", folder + "/n"});
  }
  // A job's user cannot pass through /root.
  const MachineFolder in_root("/root");
  const std::string& srv = folders[1]->path();
  SeesItsOwnAlone({srv + "/b", srv + "/c", in_root.path() + "/s", in_root.path() + "/a"});
  // Directly in the root, and one in the other.
  const MachineFolder one("");
  const MachineFolder two("", "-2");
  const MachineFolder three("", "-3");
  const MachineFolder four("", "-4");
  SeesItsOwnAlone({one.path(), two.path(), three.path(), four.path()});
  SeesItsOwnAlone({one.path() + "/x/builds", one.path() + "/x", one.path(), one.path()});
}

BOOST_AUTO_TEST_CASE(what_the_driver_keeps_is_out_of_sight_behind_links) {
  if (geteuid() != 0) return;
  const MachineFolder there("/srv");
  const MachineFolder here("");
  for (const char* name : {"builds", "cache", "state", "audit"}) {
    std::filesystem::create_directories(there.path() + "/" + name);
    std::filesystem::create_directory_symlink(
        "../srv/" + std::filesystem::path(there.path()).filename().string() + "/" + name,
        here.path() + "/" + name);
  }
  const std::string& path = here.path();
  SeesItsOwnAlone({path + "/builds", path + "/cache", path + "/state", path + "/audit"});
}

BOOST_AUTO_TEST_CASE(what_the_driver_keeps_is_out_of_sight_where_it_is_mounted_again) {
  if (geteuid() != 0) return;
  SandboxHost host;
  const std::string kept = host.Path("kept");
  std::filesystem::create_directories(kept + "/state/deeper");
  std::ofstream(kept + "/state/deeper/not-yours") << "secret";
  Change(host.config, "state_dir = \"" + host.Path("state"), "state_dir = \"" + kept + "/state");
  const MachineFolder around("/srv");
  const MachineFolder part("/opt");
  for (const auto& [from, to] :
       {std::pair(kept, around.path()), std::pair(kept + "/state/deeper", part.path())}) {
    BOOST_REQUIRE(mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) == 0);
  }
  const JobRun run = host.Play(
      JobThat({"find '" + around.path() + "' '" + part.path() + "' -name not-yours", "echo end"}));
  for (const auto* folder : {&around, &part}) {
    BOOST_TEST(umount(folder->path().c_str()) == 0);
  }
  BOOST_TEST(Has(Out(run), "\nend\n"));
  BOOST_TEST(Lacks(Out(run), "/not-yours\n"));
}

BOOST_AUTO_TEST_CASE(runner_s_configuration_is_out_of_sight_wherever_it_is) {
  if (geteuid() != 0) return;
  SandboxHost host;
  const MachineFolder folder("/srv");
  const std::string file = folder.path() + "/config.toml";
  std::ofstream(file) << "the-runner-s-own-token";
  const Job job = JobThat({"cat '" + file + "' || true", "echo end"});
  BOOST_TEST(Has(Out(host.Play(job)), "the-runner-s-own-token"));
  host.options.environment["CONFIG_FILE"] = file;
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\nend\n"));
  BOOST_TEST(Lacks(Out(run), "the-runner-s-own-token"));
}

BOOST_AUTO_TEST_CASE(files_that_links_lead_to_are_out_of_sight) {
  if (geteuid() != 0) return;
  SandboxHost host;
  const MachineFolder there("/srv");
  const std::string rules = there.path() + "/rules.toml";
  const std::string keys = there.path() + "/keys.json";
  std::ofstream(rules) << "[[deny]]\nname = \"of-the-rules\"\nclaims = { sub = \"x\" }\n";
  std::ofstream(keys) << host.signer.KeySetJson();
  std::filesystem::create_directory(host.Path("rules.d"));
  std::filesystem::create_symlink(rules, host.Path("rules.d/a.toml"));
  std::filesystem::remove(host.Path("gitlab-keys.json"));
  std::filesystem::create_symlink(keys, host.Path("gitlab-keys.json"));
  const JobRun run = host.Play(JobThat({"cat '" + rules + "' '" + keys + "' | wc -c"}));
  BOOST_TEST(Has(Out(run), "\n0\n"));
}

BOOST_AUTO_TEST_CASE(folder_that_cannot_be_hidden_is_refused) {
  if (geteuid() != 0) return;
  for (const char* folder : {"/", "/usr", "/etc", "/var", "/opt", "/var/lib", "/usr/local"}) {
    SandboxHost host;
    Change(host.config, "state_dir = \"" + host.Path("state"),
           std::string("state_dir = \"") + folder);
    const JobRun run = host.Play(JobThat({"true"}));
    std::filesystem::remove_all(std::string(folder) + "/places");
    BOOST_TEST_CONTEXT(folder) {
      BOOST_TEST(Broken(run, "CONFIG_INVALID"));
      BOOST_TEST(Has(run.log(), "state_dir"));
    }
  }
}

BOOST_AUTO_TEST_CASE(job_that_looks_everywhere_finds_no_token_that_was_taken_out) {
  for (const As as : kBoth) {
    SandboxHost host(as);
    const Job job =
        JobThat(Loot({"/tmp", "/var/lib", "/etc", "/run", "/dev/shm", host.folder.path()}));
    BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
    const std::string loot = LootOf(host);
    BOOST_TEST((loot.find("CI_PROJECT_PATH=shop/checkout") != loot.npos));
    for (const IdToken& token : job.id_tokens) {
      BOOST_TEST((loot.find(SignatureOf(host, job, token.name)) == loot.npos), token.name);
    }
    BOOST_TEST((loot.find("of-the-runner-alone") == loot.npos));
    BOOST_TEST((loot.find("shop deploys") == loot.npos), "the configuration");
  }
}

BOOST_AUTO_TEST_SUITE_END()
