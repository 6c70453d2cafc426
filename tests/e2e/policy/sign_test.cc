// `jobwarden policy sign`: what it signs, what it refuses, and that minisign agrees.

#include <random>

#include "tests/e2e/policy/policy_host.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

// The key of kPublicKey, encrypted with the smallest cost of scrypt: by "pass word", and by the
// empty password.
constexpr const char* kLocked =
    "untrusted comment: x\n"
    "RWRTY0Iyc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3MAgAAAAAAAAAAAAAEAAAAAx8uq5vP89h9DBLAjBv8J6m"
    "GL"
    "DzqOtltXUVeS8ajIMS2fL7rgOiYWPXtzvjEjZIoQ0IHc/RiM8G6fTyVlhEIvg8pedU7kxFrxJdiJbP4AIVtFzls/"
    "6UaaaErS"
    "adF06YpeMZFQf0RHfkY=\n";
constexpr const char* kLockedByNothing =
    "untrusted comment: x\n"
    "RWRTY0Iyc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3MAgAAAAAAAAAAAAAEAAAAAf10vukbvdFMU6FovdS/"
    "K4XIW"
    "lTX6+b7daWnnLcXDrvpW0ROEf4oOM063ANO1fGsg+FGeyj5xkW16UC2Kr4hO8aa2Qgc4G7Bv3/"
    "Gu6rQhld+2DuKKfHJhB280"
    "aYWxazpipRUAT9hsevE=\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sign, PolicyHost)

BOOST_AUTO_TEST_CASE(same_folder_gives_the_same_bundle) {
  BOOST_TEST(Sign({"--valid-days", "30", "--serial", "7", "--policy-version", "v7"}).exit_code ==
             kAllow);
  // The time until which it is valid is in it, in seconds.
  const std::string first = Slurp(folder / "policy.tar.gz");
  BOOST_TEST(first.size() < 1000U);
  BOOST_TEST(Slurp(folder / "policy.tar.gz.minisig").starts_with("untrusted comment: "));
}

BOOST_AUTO_TEST_CASE(rules_with_a_mistake_or_a_test_that_fails_are_not_signed) {
  Edit("tests/fleet.test.toml",
       "[[case]]\nname = \"a\"\nprovider = \"gitlab\"\nclaims = { project_path = \"shop/web\" }\n"
       "expect = \"allow\"\n");
  ChildResult result = Sign({"--valid-days", "30"});
  BOOST_TEST(result.exit_code == kDeny, result.log);
  BOOST_TEST(Has(result.err, "tests/fleet.test.toml:1:1: the test \"a\" fails"));
  Edit("rules.d/fleet.toml", "[[alow]]\n");
  result = Sign({"--valid-days", "30"});
  BOOST_TEST(result.exit_code == kDeny, result.log);
  BOOST_TEST(!std::filesystem::exists(folder / "policy.tar.gz"));
}

BOOST_AUTO_TEST_CASE(rules_that_would_not_be_in_the_bundle_are_refused) {
  std::ofstream(folder / "repo/jobwarden.toml", std::ios::app) << kRules;
  const ChildResult result = Sign({"--valid-days", "30"});
  BOOST_TEST(result.exit_code == kUsage, result.log);
  BOOST_TEST(Has(result.err, "has rules, which would not be in the bundle"));
}

BOOST_AUTO_TEST_CASE(key_that_is_none_and_an_end_that_is_absent_are_usage_errors) {
  ChildResult result = Sign({"--valid-days", "30"}, "hello\n");
  BOOST_TEST(result.exit_code == kUsage, result.log);
  BOOST_TEST(Has(result.err, "the secret key is not in minisign's form"));
  result = Sign();
  BOOST_TEST(result.exit_code == kUsage, result.log);
}

// The bundle is for everybody to read. Links lead to what is not: the key that signs it, for
// example.
BOOST_AUTO_TEST_CASE(link_in_a_policy_s_folder_is_refused) {
  const auto refuses = [&](const std::string& path) {
    const ChildResult result = Sign({"--valid-days", "30"});
    BOOST_TEST(result.exit_code == kUsage, result.log);
    BOOST_TEST(Has(result.err, path + "\" is a link"));
    BOOST_TEST(!fs::exists(folder / "policy.tar.gz"));
    fs::remove(folder / ("repo/" + path));
  };
  for (const char* path : {"tests/claims.json", "rules.d/more.toml"}) {
    fs::create_symlink(folder / "secret.key", folder / (std::string("repo/") + path));
    refuses(path);
  }
  fs::create_directory_symlink(folder.path(), folder / "repo/tests/more");
  refuses("tests/more");
  fs::rename(folder / "repo/tests", folder / "elsewhere");
  fs::create_directory_symlink(folder / "elsewhere", folder / "repo/tests");
  refuses("tests");
  BOOST_TEST(Sign({"--valid-days", "30"}).exit_code == kAllow);
}

// Else each runner refuses what was published.
BOOST_AUTO_TEST_CASE(bundle_that_no_runner_would_take_is_not_signed) {
  for (int i = 0; i < 1000; ++i) Edit("tests/" + std::to_string(i) + ".json", "{}");
  ChildResult result = Sign({"--valid-days", "30"});
  BOOST_TEST(result.exit_code == kDeny, result.log);
  BOOST_TEST(Has(result.err, "holds more than 1000 files"));
  for (int i = 0; i < 1000; ++i) fs::remove(folder / ("repo/tests/" + std::to_string(i) + ".json"));
  // Bytes that cannot be packed, of fewer files and less than 8 MiB.
  std::mt19937 random(1);
  for (int i = 0; i < 6; ++i) {
    std::string bytes(1 << 20, ' ');
    for (char& c : bytes) c = static_cast<char>(random());
    Edit("tests/" + std::to_string(i) + ".json", bytes);
  }
  result = Sign({"--valid-days", "30"});
  BOOST_TEST(result.exit_code == kDeny, result.log);
  BOOST_TEST(Has(result.err, "has more than 4194304 bytes"));
  BOOST_TEST(!fs::exists(folder / "policy.tar.gz"));
}

BOOST_AUTO_TEST_CASE(password_is_the_first_line_as_minisign_reads_it) {
  for (const char* input : {"pass word\n", "pass word", "pass word\r\n", "pass word\nmore\n"}) {
    const ChildResult result = Sign({"--valid-days", "30"}, kLocked, input);
    BOOST_TEST(result.exit_code == kAllow, result.log);
    BOOST_TEST(Lacks(result.log, "pass word"));
  }
  ChildResult result = Sign({"--valid-days", "30"}, kLocked, "password\n");
  BOOST_TEST(result.exit_code == kUsage, result.log);
  BOOST_TEST(Has(result.err, "the password is wrong"));
  BOOST_TEST(Sign({"--valid-days", "30"}, kLockedByNothing, "\n").exit_code == kAllow);
  result = Sign({"--valid-days", "30"}, kLockedByNothing, "");
  BOOST_TEST(result.exit_code == kUsage, result.log);
  BOOST_TEST(Has(result.err, "standard input has none"));
}

BOOST_AUTO_TEST_SUITE_END()
