// Wycheproof's JWS vectors (json_web_signature_test.json), as `jobwarden jws` sees them.

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "tests/support/places.h"
#include "verifier/base/json.h"
#include "verifier/token/jws.h"

using namespace jobwarden;

namespace {

// Vectors that Wycheproof calls valid, of algorithms that exist here, and that are refused; with
// the code. MACs are not listed: they are refused one and all.
const std::map<std::int64_t, std::string> kRefusedValid = {
    // RFC 7520's PS384 signature with a key whose `alg` was set to PS256.
    {346, "ALGORITHM_INVALID"},
    {350, "ALGORITHM_INVALID"},
    // RFC 7520's ES512 signature with a key whose `alg` was set to ES521, which does not exist.
    {347, "KEY_UNKNOWN"},
    {351, "KEY_UNKNOWN"},
};

Value ReadVectors() {
  std::ifstream file(
      jobwarden::testing::InShared("vectors/wycheproof_json_web_signature_test.json"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto value = ParseJson(text, {.max_bytes = 1024 * 1024}, Code::kJobUnreadable, "vectors");
  BOOST_REQUIRE(value);
  return std::move(value).value();
}

// `OK`, or the code of the first finding.
std::string CodeOf(const std::string& jws, const KeySet& keys) {
  const auto status = CheckJws(jws, keys, AllAlgorithms());
  return status ? "OK" : std::string(CodeName(status.findings().front().code));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wycheproof)

BOOST_AUTO_TEST_CASE(every_vector_has_the_outcome_that_it_should_have) {
  const Value vectors = ReadVectors();
  int accepted = 0, refused = 0, macs = 0, listed = 0;
  for (const Value& group : *vectors.Find("testGroups")->AsArray()) {
    const Value* jwk = group.Find("public");
    const bool is_mac = jwk == nullptr;
    if (is_mac) jwk = group.Find("private");
    const auto keys =
        KeySet::Parse(WriteJson(Object{{"keys", Array{*jwk}}}), Code::kKeysUnavailable, "key set");
    BOOST_REQUIRE(keys);
    for (const Value& test : *group.Find("tests")->AsArray()) {
      const std::int64_t id = *test.Find("tcId")->AsInteger();
      const std::string& result = *test.Find("result")->AsString();
      const std::string* text = test.Find("jws")->AsString();
      BOOST_REQUIRE_MESSAGE(text != nullptr, id);
      const std::string outcome = CodeOf(*text, *keys);
      BOOST_TEST_CONTEXT("tcId " << id << ": " << outcome) {
        if (is_mac && result == "valid") {
          BOOST_TEST(outcome != "OK");
          ++macs;
        } else if (kRefusedValid.contains(id)) {
          BOOST_TEST(outcome == kRefusedValid.at(id));
          ++listed;
        } else if (result == "valid") {
          BOOST_TEST(outcome == "OK");
          ++accepted;
        } else {
          BOOST_TEST(result == "invalid");
          BOOST_TEST(outcome != "OK");
          ++refused;
        }
      }
    }
  }
  std::cout << accepted << " accepted, " << refused << " invalid ones refused, " << macs
            << " valid MACs refused, " << listed << " valid ones refused for their key's alg\n";
  BOOST_TEST(accepted + refused + macs + listed == 401);
}

BOOST_AUTO_TEST_SUITE_END()
