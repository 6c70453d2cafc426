#include "executor/wrap/wrapped_config.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "verifier/base/json.h"
#include "verifier/base/version.h"

namespace jobwarden {
namespace {

const std::string kOurs(Version());

std::string Answer(const std::string& said) {
  const auto answer = WrappedConfigAnswer(said);
  if (answer) return *answer;
  BOOST_TEST((answer.findings().front().code == Code::kDriverFailed));
  BOOST_TEST(!answer.findings().front().hint.empty());
  return answer.findings().front().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wrapped_config)

BOOST_AUTO_TEST_CASE(a_driver_that_says_nothing_is_ours_alone) {
  const std::string ours = R"({"driver":{"name":"jobwarden","version":")" + kOurs + R"("}})";
  BOOST_TEST(Answer("") == ours);
  BOOST_TEST(Answer("{}") == ours);
  BOOST_TEST(Answer(R"({"driver":null})") == ours);
  BOOST_TEST(Answer(R"({"driver":{"name":"","version":null}})") == ours);
}

BOOST_AUTO_TEST_CASE(our_name_and_version_stand_in_front_of_the_drivers) {
  BOOST_TEST(Answer(R"({"driver":{"name":"tart","version":"1.2","more":3}})") ==
             R"({"driver":{"name":"jobwarden+tart","version":")" + kOurs + R"(+1.2","more":3}})");
  BOOST_TEST(Answer(R"({"driver":{"name":"tart"}})") ==
             R"({"driver":{"name":"jobwarden+tart","version":")" + kOurs + R"("}})");
}

BOOST_AUTO_TEST_CASE(all_other_members_stay_as_they_are_the_unknown_ones_too) {
  const std::string members =
      R"("builds_dir":"/b","cache_dir":"/c","builds_dir_is_shared":true,"hostname":"h","shell":"sh",)"
      R"("job_env":{"A":"1","B":""},"new":[1,2.5,null,{"x":"\\n"}])";
  BOOST_TEST(Answer("{" + members + "}") ==
             "{" + members + R"(,"driver":{"name":"jobwarden","version":")" + kOurs + R"("}})");
}

BOOST_AUTO_TEST_CASE(what_is_no_strict_json_object_is_refused) {
  const std::string what = "executor.wrap.config: its answer: ";
  BOOST_TEST(Answer("[]") == what + "expected an object, got array");
  BOOST_TEST(Answer(R"({"driver":"tart"})") == what + "driver: expected an object, got string");
  BOOST_TEST(Answer(R"({"driver":{"name":1}})") ==
             what + "driver.name: expected a string, got number");
  for (const char* said : {"\n", "hello", "{", "{} {}", R"({"a":1,"a":2})", "{\"a\":\"\xff\"}"}) {
    BOOST_TEST(Answer(said).starts_with("executor.wrap.config: its answer"), said);
  }
  const std::string large(kMaxConfigAnswerBytes, ' ');
  BOOST_TEST(Answer(large + "{}").starts_with("executor.wrap.config: its answer"));
  BOOST_TEST(Answer(large.substr(2) + "{}").starts_with("{"));
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_hinted_at_as_such) {
  for (const char* said : {"hello", "[]", "{\"a\":\"\xff\"}"}) {
    const auto answer = WrappedConfigAnswer(said);
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.findings().front().hint.find("standard output") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(member_that_the_runner_could_not_read_is_named) {
  const std::string what = "executor.wrap.config: its answer: ";
  BOOST_TEST(Answer(R"({"builds_dir":["/b"]})") ==
             what + "builds_dir: expected a string, got array");
  BOOST_TEST(Answer(R"({"shell":7})") == what + "shell: expected a string, got number");
  BOOST_TEST(Answer(R"({"builds_dir_is_shared":"yes"})") ==
             what + "builds_dir_is_shared: expected true or false, got string");
  BOOST_TEST(Answer(R"({"job_env":[]})") == what + "job_env: expected an object, got array");
  BOOST_TEST(Answer(R"({"job_env":{"A":"1","B C":{}}})") ==
             what + "job_env: \"B C\": expected a string, got object");
  // What the runner reads as absent.
  BOOST_TEST(Answer(R"({"builds_dir":null,"builds_dir_is_shared":null,"job_env":null})")
                 .starts_with(R"({"builds_dir":null,)"));
  BOOST_TEST(Answer(R"({"job_env":{"A":null}})").starts_with(R"({"job_env":{"A":null},)"));
}

BOOST_AUTO_TEST_CASE(answer_that_is_nested_too_deep_is_refused) {
  BOOST_TEST(Answer("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}")
                 .starts_with("executor.wrap.config: its answer"));
}

BOOST_AUTO_TEST_CASE(what_the_runner_sets_for_each_call_cannot_be_set_for_all) {
  for (const std::string name : {"TMPDIR", "JOB_RESPONSE_FILE", "BUILD_EXIT_CODE_FILE",
                                 "BUILD_FAILURE_EXIT_CODE", "SYSTEM_FAILURE_EXIT_CODE"}) {
    BOOST_TEST(Answer(R"({"job_env":{"A":"b",")" + name + R"(":"x"}})") ==
               "executor.wrap.config: its answer: job_env sets " + name +
                   ", which GitLab Runner sets for each job");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace jobwarden
