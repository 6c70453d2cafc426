// Very many jobs at once: every verdict is right, one fetch does for all of them, and no reader
// ever sees a torn file. JOBWARDEN_SOAK=N in the environment makes it N jobs instead of 200.

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;
using std::chrono::milliseconds;

namespace {

constexpr const char* kKeys = FakeIssuer::kKeysPath;

// Jobs of two kinds, started all at once.
struct Wave {
  std::vector<ChildResult> first;
  std::vector<ChildResult> second;
};

std::size_t JobCount() {
  const char* count = std::getenv("JOBWARDEN_SOAK");
  return count == nullptr ? 200 : std::stoul(count);
}

std::string KeySet(const std::vector<const Signer*>& signers) {
  std::string keys;
  for (const Signer* signer : signers) keys += (keys.empty() ? "" : ",") + signer->Jwk();
  return R"({"keys":[)" + keys + "]}";
}

struct Fixture {
  std::unique_ptr<FakeIssuer> issuer = std::make_unique<FakeIssuer>();
  KeysHost host{issuer->url(), "timeout = \"60s\"\ncooldown = \"1s\""};
  Signer second{"RS256", "second-key"};
  Signer third{"RS256", "third-key"};
  std::atomic<int> torn = 0;
  std::atomic<bool> over = false;
  std::thread reader{[this] {
    while (!over) {
      const std::string stored = host.stored();
      if (!stored.empty() && !nlohmann::json::accept(stored)) ++torn;
      std::this_thread::sleep_for(milliseconds(1));
    }
  }};

  ~Fixture() {
    over = true;
    reader.join();
    BOOST_TEST(torn == 0);
  }

  Wave Play(
      const Signer& a, const Signer& b, const std::function<void()>& meanwhile = [] {}) {
    Wave wave;
    wave.first.resize(JobCount() / 2);
    wave.second.resize(JobCount() - wave.first.size());
    std::vector<std::thread> threads;
    const auto start = [&](ChildResult& result, const ChildOptions& call) {
      threads.emplace_back([&result, call] { result = RunChild(call); });
    };
    const ChildOptions call_a = host.PrepareCall(a);
    const ChildOptions call_b = host.PrepareCall(b);
    for (std::size_t i = 0; i < wave.second.size(); ++i) {
      if (i < wave.first.size()) start(wave.first[i], host.Again(call_a));
      start(wave.second[i], host.Again(call_b));
    }
    meanwhile();
    for (auto& thread : threads) thread.join();
    return wave;
  }

  // How many ended so, with these words in their log.
  static std::size_t Count(const std::vector<ChildResult>& results, int exit_code,
                           const std::string& words) {
    const auto matches = [&](const ChildResult& result) {
      return result.exit_code == exit_code && result.log.find(words) != std::string::npos;
    };
    const auto count = std::count_if(results.begin(), results.end(), matches);
    const auto odd = std::find_if_not(results.begin(), results.end(), matches);
    if (odd != results.end()) {
      BOOST_TEST_MESSAGE("ended with " << odd->exit_code << ":\n" << odd->log);
    }
    return static_cast<std::size_t>(count);
  }

  static void AllAllowed(const std::vector<ChildResult>& results) {
    BOOST_TEST(Count(results, kAllow, "allowed by rule") == results.size());
    for (const ChildResult& result : results) BOOST_TEST(Lacks(result.log, "warning"));
  }

  int requests() const { return issuer->requests(kKeys); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(soak, Fixture)

BOOST_AUTO_TEST_CASE(very_many_jobs_at_once_with_an_issuer_that_is_slow_rotates_and_dies) {
  // A cold cache, and an issuer that takes its time.
  const Answer slow{.body = KeySet({&host.signer}), .delay = milliseconds(700)};
  issuer->SetAnswer(kKeys, slow);
  Wave wave = Play(host.signer, host.signer);
  AllAllowed(wave.first);
  AllAllowed(wave.second);
  BOOST_TEST(requests() == 1);

  // A key is added: half of the jobs have tokens by it.
  issuer->SetAnswer(kKeys, Answer{.body = KeySet({&host.signer, &second}), .delay = slow.delay});
  wave = Play(host.signer, second);
  AllAllowed(wave.first);
  AllAllowed(wave.second);
  BOOST_TEST(requests() == 2);

  // Another, but the issuer is killed while it is asked. Who needs no new key does not notice.
  issuer->SetAnswer(kKeys, Answer{.delay = std::chrono::minutes(5)});
  wave = Play(second, third, [&] {
    while (requests() == 2) std::this_thread::sleep_for(milliseconds(2));
    BOOST_TEST(requests() == 3);
    issuer.reset();
  });
  AllAllowed(wave.first);
  BOOST_TEST(Count(wave.second, kSystemFailure, "KEYS_UNAVAILABLE") == wave.second.size());

  // It is still away when the set is not fresh any more.
  host.Age(std::chrono::hours(25));
  wave = Play(host.signer, second);
  for (const auto* results : {&wave.first, &wave.second}) {
    BOOST_TEST(Count(*results, kAllow, "warning: KEYS_STALE") == results->size());
  }
  BOOST_TEST(host.StoredKids().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
