#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"
#include "tests/verifier/config/support.h"
#include "verifier/base/encoding.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

// A folder that holds a good `jobwarden.toml` and an empty `rules.d`.
struct Etc : TempFolder {
  Etc() {
    BOOST_REQUIRE(mkdir((*this / "rules.d").c_str(), 0755) == 0);
    Put("jobwarden.toml", kGood);
  }
  void Put(const std::string& name, const std::string& bytes) const {
    BOOST_REQUIRE(chmod(Write(name, bytes).c_str(), 0644) == 0);
  }
  void PutRule(const std::string& file, const std::string& name) const {
    Put("rules.d/" + file, "[[deny]]\nname = \"" + name + "\"\n");
  }
  std::string config = *this / "jobwarden.toml";
};

std::string Refusal(const std::string& path, JobsRun jobs_run = JobsRun::kElsewhere) {
  const auto result = LoadConfig(path, jobs_run);
  if (result) return "accepted";
  std::string all;
  for (const Finding& finding : result.findings()) {
    BOOST_TEST(CodeName(finding.code) == "CONFIG_INVALID");
    all += finding.message + " | " + finding.hint + "\n";
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(the_file_alone_is_loaded) {
  const Etc etc;
  BOOST_REQUIRE(rmdir((etc / "rules.d").c_str()) == 0);
  const auto config = LoadConfig(etc.config, JobsRun::kElsewhere);
  BOOST_REQUIRE(config);
  BOOST_TEST(config->path == etc.config);
  BOOST_TEST(config->policy_sha256 == Sha256Hex(kGood));
}

BOOST_AUTO_TEST_CASE(a_list_of_consumers_beside_it_replaces_the_one_that_is_compiled_in) {
  const Etc etc;
  const std::string list =
      "jobwarden-consumers 1\ndate 2999-01-01\ncommand up\nvariable MY_TOKEN: down\n";
  etc.Put("consumers.txt", list);
  const auto config = LoadConfig(etc.config, JobsRun::kElsewhere);
  BOOST_REQUIRE(config);
  BOOST_TEST(config->consumer_list == list);
  BOOST_TEST((config->exposure.consumers == Consumers{{"MY_TOKEN", {"down"}}}));
}

BOOST_AUTO_TEST_CASE(an_older_list_of_consumers_is_not_used) {
  const Etc etc;
  etc.Put("consumers.txt", "jobwarden-consumers 1\ndate 2001-01-01\ncommand up\n");
  const auto config = LoadConfig(etc.config, JobsRun::kElsewhere);
  BOOST_REQUIRE(config);
  BOOST_TEST(config->consumer_list == "");
  BOOST_TEST((config->exposure.consumers == KnownConsumers()));
}

BOOST_AUTO_TEST_CASE(a_broken_list_of_consumers_is_refused) {
  const Etc etc;
  etc.Put("consumers.txt", "jobwarden-consumers 1\ndate 2999-01-01\ncomand up\n");
  BOOST_TEST(
      Refusal(etc.config) ==
      etc / "consumers.txt" +
          ": line 3: unknown word; expected date, command, harmless, known, variable, "
          "setting, file or git | correct it, or remove it: then the list of this version of "
          "jobwarden counts\n");
  etc.Put("consumers.txt", "jobwarden-consumers 1\ndate 2999-01-01\n");
  BOOST_REQUIRE(chmod((etc / "consumers.txt").c_str(), 0666) == 0);
  BOOST_TEST(Refusal(etc.config).find("consumers.txt") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rules_are_read_in_the_order_of_their_names) {
  const Etc etc;
  etc.PutRule("20-b.toml", "second");
  etc.PutRule("10-a.toml", "first");
  etc.PutRule("Z.toml", "third");
  const auto config = LoadConfig(etc.config, JobsRun::kElsewhere);
  BOOST_REQUIRE(config);
  BOOST_REQUIRE(config->policy.deny.size() == 3U);
  BOOST_TEST(config->policy.deny[0].name == "first");
  BOOST_TEST(config->policy.deny[1].name == "second");
  BOOST_TEST(config->policy.deny[2].name == "third");
  BOOST_TEST(config->policy_sha256 ==
             Sha256Hex(kGood + Slurp(etc / "rules.d/10-a.toml") + Slurp(etc / "rules.d/20-b.toml") +
                       Slurp(etc / "rules.d/Z.toml")));
}

BOOST_AUTO_TEST_CASE(what_is_hidden_or_has_another_ending_is_no_file_of_rules) {
  const Etc etc;
  for (const char* name : {".a.toml", "a.toml~", "a.toml.bak", "README", "a.TOML"}) {
    etc.Put(std::string("rules.d/") + name, "not TOML at all");
  }
  BOOST_TEST(Refusal(etc.config) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_rule_that_cannot_be_read_is_not_passed_over) {
  const Etc etc;
  BOOST_REQUIRE(mkfifo((etc / "rules.d/a.toml").c_str(), 0644) == 0);
  BOOST_REQUIRE(mkdir((etc / "rules.d/b.toml").c_str(), 0755) == 0);
  BOOST_REQUIRE(symlink("nowhere", (etc / "rules.d/c.toml").c_str()) == 0);
  const std::string rules = "configuration \"" + (etc / "rules.d/");
  BOOST_TEST(Refusal(etc.config) == rules + "a.toml\": not a regular file | \n" + rules +
                                        "b.toml\": not a regular file | \n" + rules +
                                        "c.toml\": No such file or directory | \n");
}

BOOST_AUTO_TEST_CASE(a_file_in_the_place_of_the_folder_of_rules_is_refused) {
  const Etc etc;
  BOOST_REQUIRE(rmdir((etc / "rules.d").c_str()) == 0);
  etc.Put("rules.d", "");
  BOOST_TEST(Refusal(etc.config) ==
             "configuration \"" + (etc / "rules.d") + "\": Not a directory | \n");
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_refused_with_what_to_do) {
  const Etc etc;
  BOOST_TEST(Refusal(etc / "none.toml") ==
             "configuration \"" + (etc / "none.toml") +
                 "\": No such file or directory | write it, or name another with --config FILE\n");
}

BOOST_AUTO_TEST_CASE(a_file_over_the_limit_is_refused) {
  const Etc etc;
  etc.Put("jobwarden.toml", kGood + std::string(kMaxConfigBytes - kGood.size(), '\n'));
  BOOST_TEST(Refusal(etc.config) == "accepted");
  etc.Put("jobwarden.toml", kGood + std::string(kMaxConfigBytes - kGood.size() + 1, '\n'));
  BOOST_TEST(Refusal(etc.config) ==
             "configuration \"" + etc.config + "\": larger than the limit of 1048576 bytes | \n");
}

BOOST_AUTO_TEST_CASE(everything_that_others_can_write_is_refused_before_it_is_read) {
  const Etc etc;
  etc.Put("jobwarden.toml", "not TOML at all");
  etc.PutRule("a.toml", "a");
  for (const std::string& path : {etc.config, etc / "rules.d", etc / "rules.d/a.toml"}) {
    struct stat st {};
    BOOST_REQUIRE(stat(path.c_str(), &st) == 0);
    BOOST_REQUIRE(chmod(path.c_str(), 0777) == 0);
    const std::string refusal = Refusal(etc.config);
    BOOST_TEST(refusal.starts_with("configuration \"" + path +
                                   "\": can be written by group or others (mode 0777) | chmod go-w "
                                   "\"" +
                                   path + "\"\n"),
               refusal);
    BOOST_TEST(refusal.find("TOML") == std::string::npos);
    BOOST_REQUIRE(chmod(path.c_str(), st.st_mode & 07777) == 0);
  }
  BOOST_TEST(Refusal(etc.config).find("not TOML") != std::string::npos);
}

// The files of these tests belong to the caller: here jobs run as the caller.
BOOST_AUTO_TEST_CASE(what_the_jobs_user_can_write_is_refused_unless_the_user_is_shared) {
  const Etc etc;
  etc.PutRule("a.toml", "a");
  BOOST_TEST(Refusal(etc.config) == "accepted");
  const std::string refusal = Refusal(etc.config, JobsRun::kByExecutor);
  for (const std::string& path : {etc.config, etc / "rules.d", etc / "rules.d/a.toml"}) {
    BOOST_TEST(refusal.find("configuration \"" + path + "\": can be written by user " +
                            std::to_string(geteuid()) + ", who runs the job's script | ") !=
                   std::string::npos,
               refusal);
  }
  BOOST_TEST(refusal.find("executor.shared_user = true") != std::string::npos, refusal);
  etc.Put("jobwarden.toml", kGood + "[executor]\nshared_user = true\n");
  BOOST_TEST(Refusal(etc.config, JobsRun::kByExecutor) == "accepted");
}

BOOST_AUTO_TEST_CASE(problems_of_all_files_name_them) {
  const Etc etc;
  etc.Put("jobwarden.toml", kGood + "x = 1\n");
  etc.Put("rules.d/a.toml", "\ny = 1\n");
  BOOST_TEST(Refusal(etc.config) ==
             etc.config +
                 ":7:1: unknown key \"x\" in [[issuer]] | known keys: name, provider, url, "
                 "audience, algorithms, leeway, max_lifetime, server_url, keys\n" +
                 (etc / "rules.d/a.toml") +
                 ":2:1: unknown key \"y\" in rules.d | known keys: allow, deny\n");
}

BOOST_AUTO_TEST_SUITE_END()
