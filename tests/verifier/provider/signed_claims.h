#ifndef JOBWARDEN_TESTS_VERIFIER_PROVIDER_SIGNED_CLAIMS_H_
#define JOBWARDEN_TESTS_VERIFIER_PROVIDER_SIGNED_CLAIMS_H_

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "tests/support/signer.h"
#include "verifier/base/json.h"
#include "verifier/token/signed_token.h"

namespace jobwarden::testing {

/// Claims as the verifier gives them out: signed, parsed and verified.
inline SignedToken Signed(const Object& claims) {
  static const Signer signer;
  const auto compact = CompactToken::Parse(signer.Sign(WriteJson(claims)));
  BOOST_REQUIRE(compact);
  const auto keys = KeySet::Parse(signer.KeySetJson(), Code::kKeysUnavailable, "key set");
  BOOST_REQUIRE(keys);
  auto token = SignedToken::Verify(*compact, *keys, {Algorithm::kEdDSA});
  BOOST_REQUIRE(token);
  return *std::move(token);
}

inline Object Without(Object object, std::string_view name) {
  auto& members = object.members();
  members.erase(std::remove_if(members.begin(), members.end(),
                               [name](const Member& each) { return each.name == name; }),
                members.end());
  return object;
}

inline Object With(Object object, std::string_view name, Value value) {
  object.Set(name, std::move(value));
  return object;
}

/// Each finding as `CODE field`.
inline std::string Summary(const Findings& findings) {
  std::string all;
  for (const Finding& finding : findings) {
    BOOST_REQUIRE(finding.evidence.size() == 1U);
    if (!all.empty()) all += ", ";
    all += std::string(CodeName(finding.code)) + ' ' + finding.evidence[0].field;
  }
  return all;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_PROVIDER_SIGNED_CLAIMS_H_
