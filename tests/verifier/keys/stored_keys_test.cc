#include "verifier/keys/stored_keys.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <thread>

#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::Signer;
using jobwarden::testing::Slurp;
using jobwarden::testing::TempFolder;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

constexpr sys_seconds kNow{seconds(1'790'000'000)};

struct Fixture {
  TempFolder state;
  Issuer issuer;
  std::string path = state / "keys/gitlab.json";

  Fixture() {
    issuer.name = "gitlab";
    issuer.url = "https://gitlab.example.com";
    std::filesystem::create_directory(state / "keys");
  }

  StoredKeys Good() const {
    auto keys = ParseKeys(Signer().KeySetJson(), Code::kKeysUnavailable, "x");
    BOOST_REQUIRE(keys);
    keys->source = "https://gitlab.example.com/oauth/discovery/keys";
    keys->fetched_at = kNow;
    keys->fresh_until = kNow + seconds(600);
    keys->etag = "W/\"7\"";
    return *keys;
  }

  void Store() const { BOOST_REQUIRE(WriteStoredKeys(state.path(), issuer, Good())); }

  Result<StoredKeys> Read(const std::vector<uid_t>& job_users = {}) const {
    return ReadStoredKeys(state.path(), issuer, job_users);
  }

  // The message of the refusal, after the path.
  std::string Refusal(const std::vector<uid_t>& job_users = {}) const {
    const auto keys = Read(job_users);
    if (keys) return "accepted";
    BOOST_TEST(keys.findings().size() == 1U);
    const bool there = access(path.c_str(), F_OK) == 0;
    BOOST_TEST((keys.findings().front().code ==
                (there ? Code::kKeyCacheIgnored : Code::kKeysUnavailable)));
    const std::string start = "key cache \"" + path + "\": ";
    const std::string& message = keys.findings().front().message;
    return message.starts_with(start) ? message.substr(start.size()) : message;
  }

  void Replace(std::string_view from, std::string_view to) const {
    std::string text = Slurp(path);
    const std::size_t at = text.find(from);
    BOOST_REQUIRE(at != std::string::npos);
    state.Write("keys/gitlab.json", text.replace(at, from.size(), to));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stored_keys, Fixture)

BOOST_AUTO_TEST_CASE(what_was_stored_is_read) {
  Store();
  const auto keys = Read();
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->set.Has("key-1"));
  BOOST_TEST(keys->source == Good().source);
  BOOST_TEST(keys->etag == "W/\"7\"");
  BOOST_TEST((keys->fetched_at == kNow));
  BOOST_TEST((keys->fresh_until == kNow + seconds(600)));
  struct stat st {};
  BOOST_REQUIRE(stat(path.c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 0777) == 0644);
}

BOOST_AUTO_TEST_CASE(a_set_is_fresh_from_its_fetch_until_the_issuer_or_max_age_ends_that) {
  const StoredKeys keys = Good();
  BOOST_TEST(!keys.FreshAt(kNow - seconds(1), issuer));
  BOOST_TEST(keys.FreshAt(kNow, issuer));
  BOOST_TEST(keys.FreshAt(kNow + seconds(599), issuer));
  BOOST_TEST(!keys.FreshAt(kNow + seconds(600), issuer));
  issuer.keys.max_age = seconds(100);
  BOOST_TEST(keys.FreshAt(kNow + seconds(99), issuer));
  BOOST_TEST(!keys.FreshAt(kNow + seconds(100), issuer));
}

BOOST_AUTO_TEST_CASE(a_set_can_be_used_until_max_age_and_stale_for_have_passed) {
  issuer.keys.max_age = seconds(100);
  issuer.keys.stale_for = seconds(30);
  BOOST_TEST((Good().UsableUntil(issuer) == kNow + seconds(130)));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_absent_says_so) {
  BOOST_TEST(Refusal() == "No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_torn_file_is_refused_wherever_it_ends) {
  Store();
  const std::string whole = Slurp(path);
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    state.Write("keys/gitlab.json", whole.substr(0, size));
    BOOST_TEST(!Read(), size);
  }
}

BOOST_AUTO_TEST_CASE(garbage_is_refused) {
  for (const char* text : {"", "null", "[]", "{}", "\x80", "{\"format\":1}", "7"}) {
    state.Write("keys/gitlab.json", text);
    BOOST_TEST(!Read(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_another_format_is_refused) {
  Store();
  Replace("\"format\":1", "\"format\":2");
  BOOST_TEST(Refusal() == "not in the format 1");
}

BOOST_AUTO_TEST_CASE(times_that_are_no_times_are_refused) {
  for (const char* time : {"-1", "253402300800", "9223372036854775807", "1.5", "\"1\"", "null"}) {
    Store();
    Replace("1790000000", time);
    BOOST_TEST(Refusal() == "not in the format 1", time);
  }
}

BOOST_AUTO_TEST_CASE(keys_of_another_issuer_are_refused) {
  Store();
  issuer.url = "https://gitlab.example.org";
  BOOST_TEST(Refusal() ==
             R"(issuer: expected "https://gitlab.example.org", got "https://gitlab.example.com")");
}

BOOST_AUTO_TEST_CASE(keys_from_another_place_than_the_configured_one_are_refused) {
  Store();
  issuer.keys.url = "https://gitlab.example.com/oauth/discovery/keys";
  BOOST_TEST(bool(Read()));
  issuer.keys.url = "https://keys.example.com/gitlab.json";
  BOOST_TEST(Refusal() == "came from another URL than the configured one");
}

BOOST_AUTO_TEST_CASE(a_set_without_a_usable_key_is_refused) {
  Store();
  Replace("\"kty\":\"OKP\"", "\"kty\":\"oct\"");
  BOOST_TEST(Refusal().starts_with("no key in it can be used, of 1, the first is \"key-1\": "));
}

BOOST_AUTO_TEST_CASE(a_file_that_others_can_write_is_refused) {
  Store();
  BOOST_REQUIRE(chmod(path.c_str(), 0666) == 0);
  BOOST_TEST(Refusal().starts_with("can be written by group or others"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_others_can_write_is_refused) {
  Store();
  BOOST_REQUIRE(chmod((state / "keys").c_str(), 0777) == 0);
  BOOST_TEST(Refusal().find("can be written by group or others") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_the_user_of_the_job_could_write_is_refused) {
  Store();
  BOOST_TEST(bool(Read({geteuid() + 1})));
  BOOST_TEST(Refusal({geteuid()}).find("who runs the job's script") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_set_is_parsed_as_a_stranger_wrote_it) {
  const auto refusal = [](std::string_view text) {
    const auto keys = ParseKeys(text, Code::kKeysUnavailable, "\"https://x\"");
    return keys ? "accepted" : keys.findings().front().message;
  };
  BOOST_TEST(refusal(R"({"keys":[]})") == "\"https://x\": no key in it can be used, it is empty");
  BOOST_TEST(refusal("<html>").starts_with("\"https://x\": "));
  BOOST_TEST(refusal(std::string(kMaxKeySetBytes + 1, ' ')).starts_with("\"https://x\": "));
  BOOST_TEST(refusal(Signer().KeySetJson()) == "accepted");
}

BOOST_AUTO_TEST_CASE(pinned_keys_are_held_to_the_same_rules) {
  issuer.keys.file = state.Write("pinned.json", Signer().KeySetJson());
  BOOST_REQUIRE(chmod(issuer.keys.file.c_str(), 0644) == 0);
  const auto set = ReadPinnedKeys(issuer, {});
  BOOST_REQUIRE(set);
  BOOST_TEST(set->Has("key-1"));
  const auto refusal = [&](const std::vector<uid_t>& job_users = {}) {
    const auto refused = ReadPinnedKeys(issuer, job_users);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.findings().front().code == Code::kKeysUnavailable));
    return refused.findings().front().message;
  };
  const std::string start = "pinned keys \"" + issuer.keys.file + "\": ";
  BOOST_TEST(refusal({geteuid()}).starts_with(start + "can be written by user"));
  BOOST_REQUIRE(chmod(issuer.keys.file.c_str(), 0664) == 0);
  BOOST_TEST(refusal().starts_with(start + "can be written by group or others"));
  BOOST_REQUIRE(chmod(issuer.keys.file.c_str(), 0644) == 0);
  state.Write("pinned.json", R"({"keys":[]})");
  BOOST_TEST(refusal() == start + "no key in it can be used, it is empty");
  BOOST_REQUIRE(unlink(issuer.keys.file.c_str()) == 0);
  BOOST_TEST(refusal() == start + "No such file or directory");
}

BOOST_AUTO_TEST_CASE(set_that_comes_while_it_is_looked_for_is_never_ignored) {
  Store();
  const std::string kept = state / "kept";
  std::filesystem::rename(path, kept);
  for (int i = 0; i < 400; ++i) {
    std::filesystem::copy_file(kept, state / "new");
    std::jthread writer([&] { std::filesystem::rename(state / "new", path); });
    auto keys = Read();
    while (!keys) {
      BOOST_REQUIRE((keys.findings().front().code == Code::kKeysUnavailable));
      keys = Read();
    }
    writer.join();
    std::filesystem::remove(path);
  }
}

BOOST_AUTO_TEST_SUITE_END()
