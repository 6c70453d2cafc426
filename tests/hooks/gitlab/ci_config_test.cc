#include "hooks/gitlab/ci_config.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>
#include <string_view>

namespace jobwarden {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

ScriptFile Find(const Object& claims, const Variables& variables = {}) {
  return FindScriptFile(claims, [&](std::string_view name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string_view() : std::string_view(found->second);
  });
}

// The claims of a job's token that tell where its script is.
Object Claims(const std::string& path = ".gitlab-ci.yml") {
  return {{"pipeline_source", "push"},
          {"job_source", "pipeline"},
          {"ci_config_ref_uri", "gitlab.example.com/shop/app//" + path + "@refs/heads/main"}};
}

bool Names(std::string_view yaml) {
  return UsedInCiConfig(yaml, {"VAULT_ID_TOKEN"}).contains("VAULT_ID_TOKEN");
}

BOOST_AUTO_TEST_SUITE(ci_config)

// Where the script stands

BOOST_AUTO_TEST_CASE(script_stands_in_the_file_that_the_token_names) {
  BOOST_TEST(Find(Claims()).path == ".gitlab-ci.yml");
  BOOST_TEST(Find(Claims("ci/build.yml")).path == "ci/build.yml");
  BOOST_TEST(Find(Claims(), {{"CI_CONFIG_PATH", "other.yml"}}).path == ".gitlab-ci.yml");
}

BOOST_AUTO_TEST_CASE(without_such_a_claim_the_variable_counts) {
  BOOST_TEST(Find({}).path == ".gitlab-ci.yml");
  BOOST_TEST(Find({}, {{"CI_CONFIG_PATH", "ci/build.yml"}}).path == "ci/build.yml");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_of_the_project_is_elsewhere) {
  for (const std::string path : {"ci.yml@shop/ci", "https://ci.example.com/x.yml", "/etc/ci.yml",
                                 "../ci.yml", "a/../../ci.yml"}) {
    BOOST_TEST(!Find({}, {{"CI_CONFIG_PATH", path}}).elsewhere.empty(), path);
    BOOST_TEST(!Find(Claims(path)).elsewhere.empty(), path);
  }
}

BOOST_AUTO_TEST_CASE(token_that_names_no_file_says_that_it_is_elsewhere) {
  for (const Value& uri : {Value(), Value(""), Value("gitlab.example.com/a/b"), Value(7),
                           Value("@refs/heads/main//x")}) {
    Object claims = Claims();
    claims.Set("ci_config_ref_uri", uri);
    BOOST_TEST(!Find(claims).elsewhere.empty());
  }
}

BOOST_AUTO_TEST_CASE(pipeline_that_another_one_made_is_elsewhere) {
  Object claims = Claims();
  claims.Set("pipeline_source", "parent_pipeline");
  BOOST_TEST(!Find(claims).elsewhere.empty());
  BOOST_TEST(!Find({}, {{"CI_PIPELINE_SOURCE", "parent_pipeline"}}).elsewhere.empty());
  BOOST_TEST(Find(Claims(), {{"CI_PIPELINE_SOURCE", "parent_pipeline"}}).elsewhere.empty());
}

BOOST_AUTO_TEST_CASE(job_of_a_policy_is_elsewhere) {
  for (const char* source : {"scan_execution_policy", "pipeline_execution_policy"}) {
    Object claims = Claims();
    claims.Set("job_source", source);
    BOOST_TEST(!Find(claims).elsewhere.empty());
  }
}

BOOST_AUTO_TEST_CASE(job_without_a_fresh_checkout_is_elsewhere) {
  for (const Variables& variables :
       {Variables{{"GIT_STRATEGY", "none"}}, Variables{{"GIT_STRATEGY", "empty"}},
        Variables{{"GIT_CHECKOUT", "false"}}}) {
    BOOST_TEST(!Find(Claims(), variables).elsewhere.empty());
  }
  BOOST_TEST(Find(Claims(), {{"GIT_STRATEGY", "clone"}}).elsewhere.empty());
}

// What it takes in

BOOST_AUTO_TEST_CASE(include_is_seen_in_every_spelling) {
  for (const std::string yaml :
       {"include: x.yml", "include:\n  - x.yml", "\"include\": x.yml", "'include' : [x]",
        "a: b\ninclude :\n", "{\"include\":\"x.yml\"}", "  include:\n"}) {
    BOOST_TEST(HasInclude(yaml), yaml);
  }
  BOOST_TEST(!HasInclude("script:\n  - make include\n  - '#include <x>'\n"));
}

// What it names

BOOST_AUTO_TEST_CASE(declaration_alone_names_nothing) {
  for (const std::string yaml : {"job:\n  id_tokens:\n    VAULT_ID_TOKEN:\n      aud: x\n",
                                 "job:\n  id_tokens:   # ours\n\n    # one\n    A:\n      aud: x\n"
                                 "    VAULT_ID_TOKEN:\n      aud: [x]\n",
                                 "id_tokens: &t\n  \"VAULT_ID_TOKEN\" : {aud: x}\n",
                                 "'id_tokens':\r\n  'VAULT_ID_TOKEN':\r\n    aud: x\r\n"}) {
    BOOST_TEST(!Names(yaml), yaml);
  }
}

BOOST_AUTO_TEST_CASE(whatever_else_names_it_does) {
  for (const std::string yaml : {
           "script:\n  - echo $VAULT_ID_TOKEN\n",
           "a:\n  id_tokens:\n    VAULT_ID_TOKEN:\n      aud: x\n  script: $VAULT_ID_TOKEN\n",
           "job:\n  id_tokens:\n    VAULT_ID_TOKEN:\n      aud: $VAULT_ID_TOKEN\n",
           "job:\n  id_tokens:\n    A:\n      VAULT_ID_TOKEN: x\n",
           "job:\n  id_tokens:\n    VAULT_ID_TOKEN: x $VAULT_ID_TOKEN\n",
           "job:\n  variables:\n    VAULT_ID_TOKEN: x\n",
           "job:\n  id_tokens:\n    A: {}\n  VAULT_ID_TOKEN:\n",
           "job:\n  id_tokens:\n  VAULT_ID_TOKEN:\n",
           "job:\n  my_id_tokens:\n    VAULT_ID_TOKEN:\n",
           "id_tokens: {VAULT_ID_TOKEN: {aud: x}}\n",
           "id_tokens:\n  - VAULT_ID_TOKEN:\n",
           "id_tokens:\n  VAULT_ID_TOKEN\n",
           "id_tokens:\n  VAULT_ID_TOKEN:x\n",
           "id_tokens:\n\tVAULT_ID_TOKEN:\n",
           "id_tokens:\n  \"$VAULT_ID_TOKEN\":\n",
           "# VAULT_ID_TOKEN\n",
           "script:\n  - 'it''s\n\n    # $VAULT_ID_TOKEN'\n",
       }) {
    BOOST_TEST(Names(yaml), yaml);
  }
}

BOOST_AUTO_TEST_CASE(longer_name_does_not_name_the_shorter) {
  BOOST_TEST(!Names("script: echo $VAULT_ID_TOKENS\n"));
}

BOOST_AUTO_TEST_CASE(any_bytes_are_read_to_their_end) {
  for (const std::string yaml :
       {"", "\n", "id_tokens:", "id_tokens:\n  '", "id_tokens:\n  \"a\n", ":"}) {
    BOOST_TEST(!Names(yaml));
    BOOST_TEST(!HasInclude(yaml));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
