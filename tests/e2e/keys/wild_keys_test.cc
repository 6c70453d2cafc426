// A key set as they are in the wild: what can be used works, the rest is skipped and listed.

#include <nlohmann/json.hpp>

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;
using nlohmann::json;

namespace {

json Jwk(const Signer& signer) {
  return json::parse(signer.Jwk());
}

json Without(json jwk, const std::string& name) {
  jwk.erase(name);
  return jwk;
}

json With(json jwk, const std::string& name, const json& value) {
  jwk[name] = value;
  return jwk;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wild_keys)

BOOST_AUTO_TEST_CASE(usable_keys_work_and_the_others_are_listed_with_their_reasons) {
  FakeIssuer issuer;
  KeysHost host(issuer.url(), "cooldown = \"1s\"");
  const Signer no_alg("RS256", "no-alg");
  const Signer no_use("RS256", "no-use");
  const Signer with_x5c("RS256", "with-x5c");
  const Signer last("RS256", "last");
  const Signer twice("RS256", "twice");
  const Signer listed_twice("RS256", "listed-twice");
  json keys = json::array({
      With(Jwk(Signer("RS256", "k1")), "kty", "LATTICE"),
      With(Jwk(Signer("ES256", "k2")), "crv", "secp256k1"),
      With(Jwk(Signer("RS256", "k3")), "alg", "RS1024"),
      With(Jwk(Signer("RS256", "k4")), "use", "enc"),
      Jwk(twice),
      With(Jwk(twice), "alg", "RS512"),
      Without(Jwk(Signer("RS256", "")), "kid"),
      Without(Jwk(no_alg), "alg"),
      Without(Jwk(no_use), "use"),
      With(With(Jwk(with_x5c), "x5c", {"MIIB", "MIIC"}), "x5t", "AAAA"),
  });
  // A key that an issuer lists twice, for example because it is configured in two places.
  keys.push_back(Jwk(listed_twice));
  keys.push_back(Jwk(listed_twice));
  // Two hundred in all, the one that is needed after them.
  while (keys.size() < 199)
    keys.push_back(Jwk(Signer("EdDSA", "ed-" + std::to_string(keys.size()))));
  keys.push_back(Jwk(last));
  issuer.SetKeys(json{{"keys", keys}}.dump());

  for (const Signer* signer : {&no_alg, &no_use, &with_x5c, &last, &listed_twice}) {
    const ChildResult result = host.Prepare(*signer);
    BOOST_TEST(result.exit_code == kAllow, signer->kid() << ": " << result.log);
  }
  BOOST_TEST(issuer.requests(FakeIssuer::kKeysPath) == 1);
  for (const char* kid : {"twice", "k4"}) {
    const ChildResult result = host.Verify(Signer("RS256", kid));
    BOOST_TEST(result.exit_code == kDeny, result.log);
    BOOST_TEST(Has(result.log, "KEY_UNKNOWN"));
    host.ForgetAttempt();
  }

  const auto shown = json::parse(host.Jobwarden({"keys", "show", "--json"}).out)["issuers"][0];
  BOOST_TEST(shown["keys"].size() == 192U);
  std::map<std::string, std::string> reasons;
  for (const auto& skipped : shown["skipped"]) reasons[skipped["kid"]] = skipped["reason"];
  BOOST_TEST(shown["skipped"].size() == 7U);
  BOOST_TEST(reasons["k1"] == "unknown kty \"LATTICE\"");
  BOOST_TEST(reasons["k2"] == "crv is not P-256, P-384 or P-521");
  BOOST_TEST(reasons["k3"] == "alg is not a signature algorithm known here: \"RS1024\"");
  BOOST_TEST(reasons["k4"] == "use is not sig");
  BOOST_TEST(reasons["twice"] == "its kid appears more than once, and not with the same key");
  BOOST_TEST(reasons[""] == "kid is missing or empty");
  const std::string table = host.Jobwarden({"keys", "show"}).out;
  BOOST_TEST(std::count(table.begin(), table.end(), '\n') == 200);
  BOOST_TEST(Has(table, "use is not sig\n"));
}

BOOST_AUTO_TEST_SUITE_END()
