// `jobwarden jws`: the signature of a compact JWS, and nothing else about it.

#include <boost/test/unit_test.hpp>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;

namespace {

ChildResult Check(const CliHost& host, const std::string& jws, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"jws", "--keys", host.keys_path()});
  return host.Run(more, jws);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jws)

BOOST_AUTO_TEST_CASE(good_signature_is_no_word_and_exit_code_0) {
  const CliHost host;
  const ChildResult result =
      Check(host, host.signer.SignWithHeader(R"({"alg":"EdDSA","kid":"key-1"})", "any bytes \xff"));
  BOOST_TEST(result.exit_code == kAllow, result.log);
  BOOST_TEST(result.log == "");
}

BOOST_AUTO_TEST_CASE(signature_of_another_key_is_refused) {
  const CliHost host;
  const ChildResult result = Check(host, Signer().Sign("{}"));
  BOOST_TEST(result.exit_code == kDeny);
  BOOST_TEST(result.out == "");
  BOOST_TEST(Has(result.err, "jobwarden: SIGNATURE_INVALID: "));
}

BOOST_AUTO_TEST_CASE(key_that_the_set_lacks_is_unknown) {
  const CliHost host;
  BOOST_TEST(Has(Check(host, Signer("EdDSA", "other").Sign("{}")).err, "KEY_UNKNOWN: "));
}

BOOST_AUTO_TEST_CASE(algorithms_are_those_that_are_named) {
  const CliHost host;
  const std::string good = host.signer.Sign("{}");
  BOOST_TEST(Check(host, good, {"--algorithms", "ES256,EdDSA"}).exit_code == kAllow);
  const ChildResult other = Check(host, good, {"--algorithms", "ES256"});
  BOOST_TEST(other.exit_code == kDeny);
  BOOST_TEST(Has(other.err, "ALGORITHM_INVALID: "));
  for (const char* name : {"none", "HS256", "RS255", ""}) {
    const ChildResult unknown = Check(host, good, {"--algorithms", name});
    BOOST_TEST(unknown.exit_code == kUsage, name);
    BOOST_TEST(Has(unknown.err, "CONFIG_INVALID: "));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_jws_is_malformed_and_not_repeated) {
  const CliHost host;
  for (const std::string& text : {std::string(), std::string("a.b"), std::string(70'000, 'x'),
                                  host.signer.Sign("{}") + ".c"}) {
    const ChildResult result = Check(host, text);
    BOOST_TEST(result.exit_code == kDeny, result.log);
    BOOST_TEST(Has(result.err, "MALFORMED_TOKEN: "));
    BOOST_TEST(Lacks(result.err, "eyJ"));
  }
}

BOOST_AUTO_TEST_CASE(key_set_that_cannot_be_read_is_a_usage_error) {
  const CliHost host;
  const std::string jws = host.signer.Sign("{}");
  const ChildResult absent = host.Run({"jws", "--keys", host.folder / "absent"}, jws);
  BOOST_TEST(absent.exit_code == kUsage);
  BOOST_TEST(Has(absent.err, "CONFIG_INVALID: key set "));
  const ChildResult broken = host.Run({"jws", "--keys", host.folder.Write("x", "[]")}, jws);
  BOOST_TEST(broken.exit_code == kUsage);
  BOOST_TEST(host.Run({"jws"}, jws).exit_code == kUsage);
}

BOOST_AUTO_TEST_SUITE_END()
