#include "verifier/token/signature.h"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/support/signer.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/signed_token.h"

using namespace jobwarden;

namespace {

constexpr std::string_view kPayload = R"({"iss":"https://gitlab.example.com","exp":1795341600})";

KeySet KeysOf(const testing::Signer& signer) {
  return KeySet::Parse(signer.KeySetJson(), Code::kKeysUnavailable, "key set").value();
}

bool Accepted(const std::string& text, const KeySet& keys) {
  const auto token = CompactToken::Parse(text);
  return token && bool(SignedToken::Verify(*token, keys, AllAlgorithms()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signature)

BOOST_AUTO_TEST_CASE(every_algorithm_accepts_its_own_signature_and_no_other_bytes) {
  for (const Algorithm algorithm : AllAlgorithms()) {
    const std::string name(AlgorithmName(algorithm));
    BOOST_TEST_CONTEXT(name) {
      const testing::Signer signer(name);
      const KeySet keys = KeysOf(signer);
      const PublicKey& key = *keys.Find(signer.kid());
      const std::string good = signer.SignBytes("bytes");
      BOOST_TEST(VerifyBytes(key, algorithm, "bytes", good));
      BOOST_TEST(!VerifyBytes(key, algorithm, "bytez", good));
      BOOST_TEST(!VerifyBytes(key, algorithm, "", good));
      BOOST_TEST(!VerifyBytes(key, algorithm, "bytes", ""));
      // The prepared context of the key has survived the failures.
      BOOST_TEST(VerifyBytes(key, algorithm, "bytes", good));
      const std::string empty = signer.SignBytes("");
      BOOST_TEST(VerifyBytes(key, algorithm, "", empty));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_changed_byte_of_a_signature_is_noticed) {
  for (const char* name : {"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"}) {
    const testing::Signer signer(name);
    const KeySet keys = KeysOf(signer);
    const PublicKey& key = *keys.Find(signer.kid());
    const Algorithm algorithm = *AlgorithmFromName(name);
    std::string signature = signer.SignBytes("bytes");
    for (char& byte : signature) {
      const char before = byte;
      for (const int bit : {1, 0x80}) {
        byte = static_cast<char>(before ^ bit);
        BOOST_TEST(!VerifyBytes(key, algorithm, "bytes", signature), name);
      }
      byte = before;
    }
    BOOST_TEST(VerifyBytes(key, algorithm, "bytes", signature), name);
  }
}

BOOST_AUTO_TEST_CASE(every_changed_character_of_a_token_is_noticed) {
  for (const char* name : {"RS256", "ES256", "EdDSA"}) {
    const testing::Signer signer(name);
    const KeySet keys = KeysOf(signer);
    std::string text = signer.Sign(kPayload);
    BOOST_TEST(Accepted(text, keys));
    for (char& character : text) {
      const char before = character;
      for (const char other : {'A', '_', '.', '=', '\0'}) {
        if (other == before) continue;
        character = other;
        BOOST_TEST(!Accepted(text, keys), name);
      }
      character = before;
    }
    BOOST_TEST(Accepted(text, keys), name);
  }
}

BOOST_AUTO_TEST_CASE(every_shortened_token_is_refused) {
  const testing::Signer signer("EdDSA");
  const KeySet keys = KeysOf(signer);
  const std::string text = signer.Sign(kPayload);
  for (std::size_t size = 0; size < text.size(); ++size) {
    BOOST_TEST(!Accepted(text.substr(0, size), keys));
    BOOST_TEST(!Accepted(text.substr(text.size() - size), keys));
  }
}

BOOST_AUTO_TEST_CASE(a_key_serves_several_algorithms_one_after_another) {
  const testing::Signer rs256("RS256"), ps256("PS256"), rs512("RS512");
  const std::string jwk = rs256.Jwk();
  std::string keys_json = rs256.KeySetJson();
  const auto alg = keys_json.find(R"("alg":"RS256",)");
  BOOST_REQUIRE(alg != std::string::npos);
  keys_json.erase(alg, std::string_view(R"("alg":"RS256",)").size());
  const auto keys = KeySet::Parse(keys_json, Code::kKeysUnavailable, "key set");
  BOOST_REQUIRE(keys);
  const PublicKey& key = *keys->Find("key-1");
  for (const testing::Signer* signer : {&rs256, &ps256, &rs512, &rs256}) {
    const Algorithm algorithm = *AlgorithmFromName(signer->alg());
    BOOST_TEST(VerifyBytes(key, algorithm, "bytes", signer->SignBytes("bytes")), signer->alg());
  }
  BOOST_TEST(!VerifyBytes(key, Algorithm::kRS256, "bytes", ps256.SignBytes("bytes")));
  BOOST_TEST(!VerifyBytes(key, Algorithm::kES256, "bytes", rs256.SignBytes("bytes")));
}

BOOST_AUTO_TEST_CASE(a_key_serves_several_threads_at_once) {
  const testing::Signer signer("RS256");
  const KeySet keys = KeysOf(signer);
  const PublicKey& key = *keys.Find(signer.kid());
  const std::string good = signer.SignBytes("bytes");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  threads.reserve(wrong.size());
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        if (!VerifyBytes(key, Algorithm::kRS256, "bytes", good)) ++count;
        if (VerifyBytes(key, Algorithm::kRS256, "bytez", good)) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) BOOST_TEST(count == 0);
}

BOOST_AUTO_TEST_SUITE_END()
