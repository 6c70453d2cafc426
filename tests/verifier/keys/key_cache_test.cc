#include "verifier/keys/key_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <thread>
#include <vector>

#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "verifier/keys/refresh_lock.h"

using namespace jobwarden;
using jobwarden::testing::Signer;
using jobwarden::testing::TempFolder;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

constexpr sys_seconds kStart{seconds(1'790'000'000)};

// An issuer that is asked without a network, and a clock that stands still unless it is moved.
struct Fixture {
  TempFolder state;
  Issuer issuer;
  std::atomic<sys_seconds> now = kStart;
  std::string served = Signer("EdDSA", "key-1").KeySetJson();
  std::string failure;  // why the issuer cannot be asked
  seconds takes{0};     // how long asking it takes
  std::atomic<int> fetches = 0;
  std::vector<seconds> sleeps;
  std::function<void()> while_asleep = [] {};

  Fixture() {
    issuer.name = "gitlab";
    issuer.url = "https://gitlab.example.com";
  }

  Status Fetch(const Issuer& asked) {
    ++fetches;
    const sys_seconds began = now;
    now = now.load() + takes;
    if (!failure.empty()) {
      return Finding{Code::kKeysUnavailable, failure, "mend it"};
    }
    auto keys = ParseKeys(served, Code::kKeysUnavailable, "key set");
    if (!keys) return keys.findings();
    keys->source = "https://gitlab.example.com/keys";
    keys->fetched_at = began;
    keys->fresh_until = began + asked.keys.max_age;
    return WriteStoredKeys(state.path(), asked, *keys);
  }

  KeyCache Cache(const std::vector<uid_t>& job_users = {}) {
    return KeyCache(
        state.path(), job_users, [this](const Issuer& asked) { return Fetch(asked); },
        [this] { return now.load(); },
        [this](seconds time) {
          sleeps.push_back(time);
          now = now.load() + time;
          while_asleep();
        });
  }

  Result<Keys> Get(std::string_view kid = "key-1") { return Cache().Get(issuer, kid); }

  // The set has the key, and there is nothing to be said.
  bool Has(std::string_view kid = "key-1") {
    const auto keys = Get(kid);
    return keys && keys->set.Has(kid) && keys->warnings.empty();
  }

  Finding Refusal(std::string_view kid = "key-1") {
    const auto keys = Get(kid);
    BOOST_REQUIRE(!keys);
    BOOST_TEST(keys.findings().size() == 1U);
    BOOST_TEST((keys.findings().front().code == Code::kKeysUnavailable));
    return keys.findings().front();
  }

  // There is a set, fetched again, and a warning says what is wrong with what was stored.
  void Anew(const std::string& why) {
    const auto keys = Get();
    BOOST_REQUIRE(keys);
    BOOST_REQUIRE(keys->warnings.size() == 1U);
    BOOST_TEST((keys->warnings.front().code == Code::kKeyCacheIgnored));
    BOOST_TEST(keys->warnings.front().message.find(why) != std::string::npos);
  }

  // As it is where another user keeps the cache, without another user.
  void MakeLockForeign() const {
    BOOST_REQUIRE(chmod((state / "keys/gitlab.lock").c_str(), 0666) == 0);
  }

  void Later(seconds time) { now = now.load() + time; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(key_cache, Fixture)

BOOST_AUTO_TEST_CASE(an_empty_cache_is_filled_once_and_then_used) {
  BOOST_TEST(Has());
  BOOST_TEST(Has());
  BOOST_TEST(fetches == 1);
}

BOOST_AUTO_TEST_CASE(a_set_that_is_not_fresh_any_more_is_refreshed_first) {
  BOOST_TEST(Has());
  served = Signer("EdDSA", "key-2").KeySetJson();
  Later(hours(24) - seconds(1));
  BOOST_TEST(Has("key-1"));
  Later(seconds(1));
  const auto keys = Get("key-1");
  BOOST_REQUIRE(keys);
  BOOST_TEST(!keys->set.Has("key-1"));
  BOOST_TEST(fetches == 3);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_new_is_found_by_one_refresh) {
  BOOST_TEST(Has());
  Later(seconds(60));
  served = Signer("EdDSA", "key-2").KeySetJson();
  BOOST_TEST(Has("key-2"));
  BOOST_TEST(fetches == 2);
  BOOST_TEST(sleeps.empty());
}

BOOST_AUTO_TEST_CASE(a_key_that_nobody_has_is_looked_for_twice_and_the_set_is_without_it) {
  BOOST_TEST(Has());
  Later(seconds(60));
  const auto keys = Get("strange");
  BOOST_REQUIRE(keys);
  BOOST_TEST(!keys->set.Has("strange"));
  BOOST_TEST(keys->set.Has("key-1"));
  BOOST_TEST(keys->warnings.empty());
  BOOST_TEST(fetches == 3);
  BOOST_TEST((sleeps == std::vector<seconds>{kSecondLook}));
}

BOOST_AUTO_TEST_CASE(a_key_that_a_stale_edge_does_not_know_yet_is_found_by_the_second_look) {
  while_asleep = [this] { served = Signer("EdDSA", "key-2").KeySetJson(); };
  BOOST_TEST(Has("key-2"));
  BOOST_TEST(fetches == 2);
  BOOST_TEST((sleeps == std::vector<seconds>{kSecondLook}));
  // The same where an older set is stored.
  Later(seconds(60));
  while_asleep = [this] { served = Signer("EdDSA", "key-3").KeySetJson(); };
  BOOST_TEST(Has("key-3"));
  BOOST_TEST(fetches == 4);
}

BOOST_AUTO_TEST_CASE(a_second_look_that_fails_is_an_error_and_no_verdict_on_the_token) {
  while_asleep = [this] { failure = "away"; };
  BOOST_TEST(Refusal("key-2").message ==
             "issuer \"gitlab\": no key \"key-2\" in the key set of 2026-09-21T14:13:20Z, and no "
             "newer one can be had: away");
  BOOST_TEST(fetches == 2);
  // Those who need a key of that set have it, without a warning.
  BOOST_TEST(Has());
  BOOST_TEST(fetches == 2);
}

BOOST_AUTO_TEST_CASE(a_set_from_just_after_the_check_began_proves_nothing) {
  BOOST_TEST(Has());
  Later(seconds(4));
  while_asleep = [this] {
    Later(seconds(-5));  // one second after the check began
    BOOST_REQUIRE(Fetch(issuer));
    Later(seconds(5));
  };
  BOOST_TEST(bool(Get("strange")));
  BOOST_TEST(fetches == 3);
  BOOST_TEST(sleeps.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_within_the_cooldown_waits_for_its_end_and_then_fetches) {
  BOOST_TEST(Has());
  Later(seconds(4));
  served = Signer("EdDSA", "key-2").KeySetJson();
  BOOST_TEST(Has("key-2"));
  BOOST_TEST(fetches == 2);
  BOOST_REQUIRE(sleeps.size() == 1U);
  BOOST_TEST(sleeps.front().count() == 6);
}

BOOST_AUTO_TEST_CASE(a_known_key_never_waits_for_the_cooldown) {
  BOOST_TEST(Has());
  BOOST_TEST(bool(Get("strange")));
  BOOST_TEST(sleeps.size() == 1U);
  BOOST_TEST(Has("key-1"));
  BOOST_TEST(sleeps.size() == 1U);
  BOOST_TEST(fetches == 2);
}

BOOST_AUTO_TEST_CASE(whoever_waited_uses_what_another_fetched_meanwhile) {
  BOOST_TEST(Has());
  Later(seconds(4));
  while_asleep = [this] {
    Later(seconds(-2));  // two seconds before the waiting one wakes up
    BOOST_REQUIRE(Fetch(issuer));
    Later(seconds(2));
  };
  BOOST_TEST(bool(Get("strange")));
  BOOST_TEST(fetches == 2);
}

BOOST_AUTO_TEST_CASE(a_cooldown_that_lies_in_the_future_is_not_waited_for) {
  BOOST_TEST(Has());
  Later(-hours(5));  // the clock was set back
  BOOST_TEST(bool(Get("strange")));
  BOOST_TEST((sleeps == std::vector<seconds>{kSecondLook}));
}

BOOST_AUTO_TEST_CASE(an_unreachable_issuer_leaves_the_last_good_set_with_a_warning) {
  BOOST_TEST(Has());
  failure = "connection refused by 10.0.0.1:443";
  Later(hours(25));
  const auto keys = Get();
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->set.Has("key-1"));
  BOOST_REQUIRE(keys->warnings.size() == 1U);
  const Finding& warning = keys->warnings.front();
  BOOST_TEST((warning.code == Code::kKeysStale));
  BOOST_TEST(warning.message ==
             "issuer \"gitlab\": the key set of 2026-09-21T14:13:20Z is used until "
             "2026-09-23T14:13:20Z, for no newer one can be had: connection refused by "
             "10.0.0.1:443");
  BOOST_TEST(warning.hint == "mend it");
}

BOOST_AUTO_TEST_CASE(while_the_issuer_is_away_it_is_asked_once_in_a_cooldown) {
  BOOST_TEST(Has());
  failure = "away";
  Later(hours(25));
  BOOST_TEST(bool(Get()));
  Later(seconds(9));
  const auto spared = Get();
  BOOST_REQUIRE(spared);
  BOOST_TEST(spared->warnings.size() == 1U);
  BOOST_TEST(fetches == 2);
  Later(seconds(1));
  BOOST_TEST(bool(Get()));
  BOOST_TEST(fetches == 3);
  Later(seconds(10));
  failure.clear();
  BOOST_TEST(Has());
}

BOOST_AUTO_TEST_CASE(the_last_good_set_is_refused_when_stale_for_is_over) {
  BOOST_TEST(Has());
  failure = "away";
  Later(hours(48) - seconds(1));
  BOOST_TEST(bool(Get()));
  Later(seconds(1));
  // The last failure is a second old: with nothing to fall back on, the issuer is asked again.
  BOOST_TEST(Refusal().message ==
             "issuer \"gitlab\": the key set of 2026-09-21T14:13:20Z could be used until "
             "2026-09-23T14:13:20Z, and no newer one can be had: away");
  BOOST_TEST(fetches == 3);
}

BOOST_AUTO_TEST_CASE(no_set_at_all_and_no_issuer_is_an_error_that_says_why) {
  failure = "\"https://gitlab.example.com/keys\": answered 503";
  const Finding finding = Refusal();
  BOOST_TEST(finding.message ==
             "issuer \"gitlab\": no key set: \"https://gitlab.example.com/keys\": answered 503 "
             "(key cache \"" +
                 (state / "keys/gitlab.json") + "\": No such file or directory)");
  BOOST_TEST(finding.hint == "mend it");
}

BOOST_AUTO_TEST_CASE(an_unknown_key_and_no_issuer_is_an_error_and_no_verdict_on_the_token) {
  BOOST_TEST(Has());
  Later(seconds(60));
  failure = "away";
  BOOST_TEST(Refusal("key-2").message ==
             "issuer \"gitlab\": no key \"key-2\" in the key set of 2026-09-21T14:13:20Z, and no "
             "newer one can be had: away");
}

BOOST_AUTO_TEST_CASE(a_cache_that_is_torn_is_fetched_anew_with_a_warning) {
  BOOST_TEST(Has());
  state.Write("keys/gitlab.json", "{\"format\":1,");
  Anew("not valid JSON near byte");
  BOOST_TEST(Has());
  BOOST_TEST(fetches == 2);
}

BOOST_AUTO_TEST_CASE(a_cache_that_others_can_write_is_not_used) {
  BOOST_TEST(Has());
  BOOST_REQUIRE(chmod((state / "keys/gitlab.json").c_str(), 0666) == 0);
  failure = "away";
  BOOST_TEST(Refusal().message.find("can be written by group or others") != std::string::npos);
  failure.clear();
  Later(seconds(1));
  Anew("can be written by group or others");
  BOOST_TEST(Has());
}

BOOST_AUTO_TEST_CASE(where_another_user_keeps_the_cache_a_new_key_is_waited_for) {
  BOOST_TEST(Has());
  Later(seconds(60));
  MakeLockForeign();
  served = Signer("EdDSA", "key-2").KeySetJson();
  while_asleep = [this, left = 20]() mutable {
    if (--left == 0) BOOST_REQUIRE(Fetch(issuer));  // the keeper's timer
  };
  BOOST_TEST(Has("key-2"));
  BOOST_TEST(sleeps.size() == 20U);
  BOOST_TEST(fetches == 2);
}

BOOST_AUTO_TEST_CASE(where_another_user_keeps_the_cache_a_key_that_nobody_has_is_known_as_such) {
  BOOST_TEST(Has());
  MakeLockForeign();
  while_asleep = [this] { BOOST_REQUIRE(Fetch(issuer)); };
  const auto keys = Get("strange");
  BOOST_REQUIRE(keys);
  BOOST_TEST(!keys->set.Has("strange"));
  BOOST_TEST(sleeps.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_keeper_that_does_nothing_is_not_waited_for_for_ever) {
  BOOST_TEST(Has());
  MakeLockForeign();
  BOOST_TEST(Refusal("key-2").message.find("can be written by group or others") !=
             std::string::npos);
  BOOST_TEST(sleeps.size() == 90U);
  BOOST_TEST(fetches == 1);
}

BOOST_AUTO_TEST_CASE(where_another_user_keeps_the_cache_a_known_key_never_waits) {
  BOOST_TEST(Has());
  MakeLockForeign();
  Later(hours(25));
  const auto keys = Get();
  BOOST_REQUIRE(keys);
  BOOST_TEST((keys->warnings.front().code == Code::kKeysStale));
  Later(hours(24));
  BOOST_TEST(Refusal().message.find("could be used until") != std::string::npos);
  BOOST_TEST(sleeps.empty());
}

BOOST_AUTO_TEST_CASE(whoever_may_not_write_the_cache_and_serves_itself_fetches_for_itself) {
  BOOST_TEST(Has());
  MakeLockForeign();
  const std::string stored = state / "keys/gitlab.json";
  const std::string before = jobwarden::testing::Slurp(stored);
  served = Signer("EdDSA", "key-2").KeySetJson();
  std::string why;
  KeyCache cache = Cache();
  cache.WhereUnwritable([&](const Issuer&, const Finding& reason) -> Result<StoredKeys> {
    why = reason.message;
    if (!failure.empty()) return Finding{Code::kKeysUnavailable, failure};
    return ParseKeys(served, Code::kKeysUnavailable, "key set");
  });
  const auto keys = cache.Get(issuer, "key-2");
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->set.Has("key-2"));
  BOOST_TEST(why.find("can be written by group or others") != std::string::npos);
  BOOST_TEST(jobwarden::testing::Slurp(stored) == before);
  BOOST_TEST(sleeps.empty());
  while_asleep = [this] { served = Signer("EdDSA", "key-3").KeySetJson(); };
  BOOST_TEST(cache.Get(issuer, "key-3")->set.Has("key-3"));
  BOOST_TEST((sleeps == std::vector<seconds>{kSecondLook}));
  const auto none = cache.Get(issuer, "strange");
  BOOST_REQUIRE(none);
  BOOST_TEST(!none->set.Has("strange"));
  BOOST_TEST(sleeps.size() == 2U);
  failure = "away";
  Later(hours(25));
  const auto stale = cache.Get(issuer, "key-1");
  BOOST_REQUIRE(stale);
  BOOST_TEST(stale->warnings.front().message.find("away") != std::string::npos);
  BOOST_TEST(sleeps.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_holder_that_was_killed_costs_no_more_than_a_cooldown) {
  BOOST_TEST(Has());
  Later(seconds(60));
  {
    // It noted its beginning, and nothing else.
    const auto lock = RefreshLock::Take(state / "keys/gitlab.lock", seconds(0));
    BOOST_REQUIRE(lock);
    lock->Note({now, now, "", ""});
  }
  BOOST_TEST(Has("key-1"));
  BOOST_TEST(sleeps.empty());
  served = Signer("EdDSA", "key-2").KeySetJson();
  BOOST_TEST(Has("key-2"));
  BOOST_TEST(sleeps.size() == 1U);
  BOOST_TEST(fetches == 2);
}

BOOST_AUTO_TEST_CASE(a_cache_that_the_user_of_the_job_could_write_is_an_error_even_when_fetched) {
  KeyCache cache = Cache({geteuid()});
  const auto keys = cache.Get(issuer, "key-1");
  BOOST_REQUIRE(!keys);
  BOOST_TEST((keys.findings().front().code == Code::kKeysUnavailable));
  BOOST_TEST(keys.findings().front().message.find("who runs the job's script") !=
             std::string::npos);
  BOOST_TEST(!keys.findings().front().hint.empty());
}

BOOST_AUTO_TEST_CASE(a_refresh_that_leaves_nothing_behind_is_an_error) {
  KeyCache cache(
      state.path(), std::vector<uid_t>(), [](const Issuer&) { return Ok(); },
      [this] { return now.load(); });
  const auto keys = cache.Get(issuer, "key-1");
  BOOST_REQUIRE(!keys);
  BOOST_TEST((keys.findings().front().code == Code::kKeysUnavailable));
}

BOOST_AUTO_TEST_CASE(pinned_keys_are_never_fetched) {
  issuer.keys.file = state.Write("pinned.json", served);
  BOOST_REQUIRE(chmod(issuer.keys.file.c_str(), 0644) == 0);
  BOOST_TEST(Has());
  const auto keys = Get("strange");
  BOOST_REQUIRE(keys);
  BOOST_TEST(!keys->set.Has("strange"));
  BOOST_REQUIRE(unlink(issuer.keys.file.c_str()) == 0);
  BOOST_TEST(Refusal().message.find("No such file or directory") != std::string::npos);
  BOOST_TEST(fetches == 0);
}

BOOST_AUTO_TEST_CASE(many_checks_at_once_on_an_empty_cache_make_one_fetch) {
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] { good += Has() ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(good == 20);
  BOOST_TEST(fetches == 1);
}

BOOST_AUTO_TEST_CASE(many_checks_at_once_share_one_failure) {
  failure = "away";
  takes = seconds(5);
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  // All of them begin before the first has an answer: the clock moves when it is there.
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      KeyCache cache(
          state.path(), std::vector<uid_t>(), [this](const Issuer& asked) { return Fetch(asked); },
          [&, first = true]() mutable {
            if (!first) return now.load();
            first = false;
            return kStart;
          });
      refused += cache.Get(issuer, "key-1") ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(refused == 8);
  BOOST_TEST(fetches == 1);
}

BOOST_AUTO_TEST_SUITE_END()
