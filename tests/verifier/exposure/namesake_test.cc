#include "verifier/exposure/namesake.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

using Names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(namesake)

BOOST_AUTO_TEST_CASE(the_beginning_of_a_name_is_what_its_program_may_be_called) {
  BOOST_TEST((NamesakesOf("TBOT_GITLAB_JWT") == Names{"tbot"}));
  BOOST_TEST((NamesakesOf("TESTPYPI_ID_TOKEN") == Names{"testpypi"}));
  BOOST_TEST((NamesakesOf("DD_OCTO_STS_TOKEN") == Names{"dd", "ddocto", "ddoctosts"}));
  BOOST_TEST((NamesakesOf("GITLAB_VAULT_TOKEN") == Names{"vault"}));
  BOOST_TEST((NamesakesOf("CI_JOB_VAULT_PROD_JWT") == Names{"vault"}));
  BOOST_TEST((NamesakesOf("C1_TOKEN") == Names{"c1"}));
}

BOOST_AUTO_TEST_CASE(names_that_say_nothing_have_no_namesake) {
  for (const char* name :
       {"ID_TOKEN", "GITLAB_OIDC_TOKEN", "CI_JOB_JWT", "MY_ID_TOKEN", "TOKEN",
        "WORKLOAD_IDENTITY_TOKEN", "DEPLOY_JWT", "PROD_ID_TOKEN", "", "_", "A"}) {
    BOOST_TEST(NamesakesOf(name).empty(), name);
  }
}

BOOST_AUTO_TEST_CASE(a_word_counts_whatever_its_case_and_without_what_joins_its_parts) {
  const Words wanted = {"ddoctosts", "tbot", "testpypi"};
  const auto finds = [&](std::string_view text, const char* word) {
    return NamesakesIn(text, wanted).contains(word);
  };
  BOOST_TEST(finds("dd-octo-sts token --scope x", "ddoctosts"));
  BOOST_TEST(finds("twine upload --repository testpypi dist/*", "testpypi"));
  BOOST_TEST(finds("/usr/local/bin/tbot start", "tbot"));
  BOOST_TEST(finds("python -m id TestPyPI", "testpypi"));
  BOOST_TEST(finds("REPO=test-pypi", "testpypi"));
  BOOST_TEST(finds("tbot", "tbot"));
  for (const char* text : {"tbots", "my-tbot", "tbot_2", "tbot.example.com", "\xC4\x81tbot", ""}) {
    BOOST_TEST(!finds(text, "tbot"), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
