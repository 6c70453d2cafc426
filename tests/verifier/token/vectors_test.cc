// tests/vectors: one failure a file, each with the code that it must have.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include "tests/support/places.h"
#include "verifier/base/json.h"
#include "verifier/token/claims.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/signed_token.h"

using namespace jobwarden;

namespace {

const std::filesystem::path kFolder = jobwarden::testing::InCheckout("tests/vectors");

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Value ReadFile(const std::filesystem::path& path) {
  auto value = ParseJson(ReadText(path), {.max_bytes = 1 << 20}, Code::kJobUnreadable, "vector");
  BOOST_REQUIRE_MESSAGE(value, path);
  return std::move(value).value();
}

KeySet KeysOf(const Value& keys) {
  const std::string* file = keys.AsString();
  auto set = KeySet::Parse(file == nullptr ? WriteJson(keys) : ReadText(kFolder / *file),
                           Code::kKeysUnavailable, "key set");
  BOOST_REQUIRE(set);
  return *set;
}

std::vector<std::string> CodesOf(const Findings& findings) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings) codes.emplace_back(CodeName(finding.code));
  return codes;
}

// What is found, in order: all that a token goes through before it is held against a job.
Findings Check(const Value& vector) {
  const Value& rules = *vector.Find("rules");
  std::vector<Algorithm> allowed;
  for (const Value& name : *rules.Find("algorithms")->AsArray()) {
    allowed.push_back(*AlgorithmFromName(*name.AsString()));
  }
  const auto compact = CompactToken::Parse(*vector.Find("token")->AsString());
  if (!compact) return compact.findings();
  const auto token = SignedToken::Verify(*compact, KeysOf(*vector.Find("keys")), allowed);
  if (!token) return token.findings();
  const ClaimRules claim_rules{
      .issuer = *rules.Find("issuer")->AsString(),
      .leeway = std::chrono::seconds(*rules.Find("leeway")->AsInteger()),
      .max_lifetime = std::chrono::seconds(*rules.Find("max_lifetime")->AsInteger())};
  const std::chrono::sys_seconds now{std::chrono::seconds(*vector.Find("now")->AsInteger())};
  Findings findings = CheckClaims(*token, claim_rules, now);
  const auto audiences = AudiencesOf(*token);
  if (!audiences) {
    Append(findings, audiences.findings());
  } else if (std::find(audiences->begin(), audiences->end(), *rules.Find("audience")->AsString()) ==
             audiences->end()) {
    BOOST_ERROR("its audience is not ours: AudiencesOf cannot have found that");
  }
  return findings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vectors)

BOOST_AUTO_TEST_CASE(every_vector_has_its_codes_and_every_code_has_a_vector) {
  std::set<std::string> seen;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".json") continue;
    ++count;
    BOOST_TEST_CONTEXT(entry.path().filename()) {
      const Value vector = ReadFile(entry.path());
      std::vector<std::string> expected;
      const std::string& expect = *vector.Find("expect")->AsString();
      if (expect != "OK") expected.push_back(expect);
      if (const Value* also = vector.Find("also")) {
        for (const Value& code : *also->AsArray()) expected.push_back(*code.AsString());
      }
      const Findings findings = Check(vector);
      BOOST_TEST(CodesOf(findings) == expected, boost::test_tools::per_element());
      for (const Finding& finding : findings) {
        BOOST_TEST(!finding.message.empty());
        BOOST_TEST(finding.message.find("eyJ") == std::string::npos);
        BOOST_TEST(finding.message.find('\n') == std::string::npos);
      }
      seen.insert(expect);
    }
  }
  std::cout << count << " vectors\n";
  BOOST_TEST(count >= 200);
  for (const char* code :
       {"OK", "MALFORMED_TOKEN", "ALGORITHM_INVALID", "HEADER_INVALID", "KEY_UNKNOWN",
        "SIGNATURE_INVALID", "ISSUER_MISMATCH", "REQUIRED_CLAIM_MISSING", "CLAIM_INVALID",
        "TOKEN_EXPIRED", "TOKEN_NOT_YET_VALID", "LIFETIME_EXCEEDED"}) {
    BOOST_TEST(seen.contains(code), code);
  }
}

BOOST_AUTO_TEST_SUITE_END()
