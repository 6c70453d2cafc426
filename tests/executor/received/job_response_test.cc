#include "executor/received/job_response.h"

#include <boost/test/unit_test.hpp>

#include "verifier/base/json.h"

using namespace jobwarden;

namespace {

const std::string kGood = R"({"id":402,"token":"glcbt-secret-of-the-job","allow_git_fetch":true,
 "job_info":{"name":"deploy","stage":"deploy","project_id":20,"project_name":"app"},
 "git_info":{"ref":"main","sha":"9f2c","ref_type":"branch","refspecs":null},
 "variables":[
  {"key":"CI_PIPELINE_ID","value":"574","public":true,"file":false},
  {"key":"CI_RUNNER_ID","value":"12"},
  {"key":"CI_PROJECT_PATH","value":"platform/app"},
  {"key":"CI_SERVER_URL","value":"https://gitlab.example.com"},
  {"key":"CI_PIPELINE_SOURCE","value":"push"},
  {"key":"CI_COMMIT_REF_PROTECTED","value":"true"},
  {"key":"CA","value":"line\nline","file":true}],
 "steps":[{"name":"script","script":["a","b"],"timeout":3600},{"name":"after_script","script":null}],
 "image":null,"services":null,"secrets":null,"depth":1.0,"big":9007199254740993})";

// The good response after `from` became `to` in it.
std::string With(const std::string& from, const std::string& to) {
  std::string text = kGood;
  BOOST_REQUIRE_MESSAGE(text.find(from) != std::string::npos, from);
  return text.replace(text.find(from), from.size(), to);
}
std::string WithVariable(const std::string& name, const std::string& value) {
  return With("\"variables\":[",
              "\"variables\":[{\"key\":\"" + name + "\",\"value\":\"" + value + "\"},");
}

JobResponse Good(const std::string& text) {
  auto response = JobResponse::Parse(text);
  BOOST_REQUIRE_MESSAGE(response, (response ? "" : response.findings().front().message));
  return std::move(*response);
}

void CheckUnreadable(const std::string& text, const std::string& message) {
  const auto response = JobResponse::Parse(text);
  BOOST_REQUIRE_MESSAGE(!response, message);
  const Finding& finding = response.findings().front();
  BOOST_TEST((finding.code == Code::kJobUnreadable));
  BOOST_TEST(finding.message.starts_with("job response: "));
  BOOST_TEST(finding.message.find(message) != std::string::npos, finding.message);
}

// What the job gets as the value of a variable.
std::string_view LastValue(const JobResponse& response, std::string_view name) {
  std::string_view value;
  for (const Variable& variable : response.variables()) {
    if (variable.name == name) value = variable.value.view();
  }
  return value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(job_response)

BOOST_AUTO_TEST_CASE(facts_come_from_the_runner_and_else_from_the_first_variable) {
  const JobResponse response = Good(kGood);
  const Job& job = response.job();
  BOOST_TEST(*job.job_id == "402");
  BOOST_TEST(*job.pipeline_id == "574");
  BOOST_TEST(*job.runner_id == "12");
  BOOST_TEST(*job.project_id == "20");
  BOOST_TEST(*job.project_path == "platform/app");
  BOOST_TEST(*job.server_url == "https://gitlab.example.com");
  BOOST_TEST(*job.sha == "9f2c");
  BOOST_TEST(*job.ref == "main");
  BOOST_TEST(*job.ref_type == "branch");
  BOOST_TEST(*job.job_name == "deploy");
  BOOST_TEST(*job.event == "push");
  BOOST_TEST(*job.ref_protected);
  BOOST_TEST(!job.user_id);
  BOOST_TEST(!job.image);
  BOOST_TEST(job.services.empty());
  BOOST_TEST(!job.merge_request_source_branch);
  BOOST_TEST(response.job_token() == "glcbt-secret-of-the-job");
  BOOST_TEST(LastValue(response, "CA") == "line\nline");
  BOOST_TEST(response.variables().back().file);
  BOOST_TEST(!response.variables().front().file);
  BOOST_REQUIRE_EQUAL(response.steps().size(), 2U);
  BOOST_TEST(response.steps()[0].name == "script");
  BOOST_TEST(response.steps()[0].text == "a\nb");
  BOOST_TEST(response.steps()[1].text.empty());
}

BOOST_AUTO_TEST_CASE(what_newer_runners_say_themselves_goes_before_variables) {
  const JobResponse response = Good(
      With("\"project_id\":20",
           R"("project_id":20,"pipeline_id":575,"project_full_path":"other/path","user_id":7)"));
  BOOST_TEST(*response.job().pipeline_id == "575");
  BOOST_TEST(*response.job().project_path == "other/path");
  BOOST_TEST(*response.job().user_id == "7");
  const JobResponse zero =
      Good(With("\"project_id\":20", R"("project_id":20,"pipeline_id":0,"project_full_path":"")"));
  BOOST_TEST(*zero.job().pipeline_id == "574");
  BOOST_TEST(*zero.job().project_path == "platform/app");
}

BOOST_AUTO_TEST_CASE(the_first_variable_of_a_name_is_the_servers) {
  for (const char* name : {"CI_PIPELINE_ID", "CI_RUNNER_ID", "CI_PROJECT_PATH", "CI_SERVER_URL"}) {
    const std::string overridden = With(
        R"({"key":"CA")", std::string("{\"key\":\"") + name + R"(","value":"mine"},{"key":"CA")");
    const JobResponse response = Good(overridden);
    BOOST_TEST(LastValue(response, name) == "mine");
    const Job& job = response.job();
    for (const auto& fact : {job.pipeline_id, job.runner_id, job.project_path, job.server_url}) {
      BOOST_TEST(*fact != "mine");
    }
  }
}

BOOST_AUTO_TEST_CASE(source_and_protection_that_variables_dispute_are_absent) {
  const JobResponse source = Good(WithVariable("CI_PIPELINE_SOURCE", "web"));
  BOOST_TEST(!source.job().event);
  BOOST_TEST((source.job().disputed == std::vector<std::string>{"event"}));
  const JobResponse same = Good(WithVariable("CI_PIPELINE_SOURCE", "push"));
  BOOST_TEST(*same.job().event == "push");
  BOOST_TEST(same.job().disputed.empty());
  const JobResponse guarded = Good(WithVariable("CI_COMMIT_REF_PROTECTED", "false"));
  BOOST_TEST(!guarded.job().ref_protected);
  BOOST_TEST((guarded.job().disputed == std::vector<std::string>{"ref_protected"}));
  const JobResponse odd = Good(With(R"("CI_COMMIT_REF_PROTECTED","value":"true")",
                                    R"("CI_COMMIT_REF_PROTECTED","value":"yes")"));
  BOOST_TEST(!odd.job().ref_protected);
}

BOOST_AUTO_TEST_CASE(the_runners_own_protection_goes_before_variables) {
  const JobResponse response = Good(With("\"sha\":\"9f2c\"", R"("sha":"9f2c","protected":false)"));
  BOOST_TEST(*response.job().ref_protected == false);
  const JobResponse null = Good(With("\"sha\":\"9f2c\"", R"("sha":"9f2c","protected":null)"));
  BOOST_TEST(*null.job().ref_protected);
}

BOOST_AUTO_TEST_CASE(an_image_that_the_runner_would_expand_is_disputed) {
  const auto response = Good(With("\"image\":null", R"("image":{"name":"$REGISTRY/app:1"})"));
  BOOST_TEST(!response.job().image);
  BOOST_TEST(response.job().disputed == std::vector<std::string>{"image"});
}

BOOST_AUTO_TEST_CASE(image_services_and_merge_request_are_facts) {
  const JobResponse response =
      Good(With(R"("image":null,"services":null)",
                R"("image":{"name":"debian:12"},"services":[{"name":"redis"},{"name":"pg"}])"));
  BOOST_TEST(*response.job().image == "debian:12");
  BOOST_REQUIRE_EQUAL(response.job().services.size(), 2U);
  BOOST_TEST(response.job().services[1] == "pg");
  const JobResponse request = Good(WithVariable("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "feature"));
  BOOST_TEST(*request.job().merge_request_source_branch == "feature");
}

// The runner puts the variable's value in: it may come to be any service.
BOOST_AUTO_TEST_CASE(services_with_a_variable_in_a_name_are_disputed) {
  const JobResponse response =
      Good(With(R"("services":null)", R"("services":[{"name":"redis"},{"name":"${DB}:1"}])"));
  BOOST_TEST(response.job().services.empty());
  BOOST_TEST((response.job().disputed == std::vector<std::string>{"services"}));
}

BOOST_AUTO_TEST_CASE(a_source_project_that_two_variables_name_differently_is_that_of_a_fork) {
  const std::string twice = WithVariable("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "20");
  const auto with_another = [&](const std::string& id) {
    std::string text = twice;
    text.replace(text.find("\"variables\":["), 13,
                 "\"variables\":[{\"key\":\"CI_MERGE_REQUEST_SOURCE_PROJECT_ID\",\"value\":\"" +
                     id + "\"},");
    return Good(text).job().merge_request_source_project_id.value_or("none");
  };
  BOOST_TEST(with_another("20") == "20");
  BOOST_TEST(with_another("21") == "");
}

BOOST_AUTO_TEST_CASE(a_source_project_that_is_gone_is_said) {
  BOOST_TEST(!Good(kGood).job().merge_request_source_project_id);
  const JobResponse gone = Good(WithVariable("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", ""));
  BOOST_REQUIRE(gone.job().merge_request_source_project_id);
  BOOST_TEST(gone.job().merge_request_source_project_id->empty());
}

BOOST_AUTO_TEST_CASE(a_missing_field_is_named) {
  CheckUnreadable(With("\"id\":402,", ""), "id: expected a number over 0, got nothing");
  CheckUnreadable(With("\"id\":402", "\"id\":0"), "id: expected a number over 0");
  CheckUnreadable(With("job_info", "job_inf"), "job_info: expected an object, got nothing");
  CheckUnreadable(With("git_info", "git_inf"), "git_info: expected an object, got nothing");
  CheckUnreadable(With("\"variables\"", "\"variable\""),
                  "variables: expected an array, got nothing");
  CheckUnreadable(With("\"key\":\"CI_RUNNER_ID\",", ""),
                  "variables[1].key: expected a string, got nothing");
  CheckUnreadable(With(",\"value\":\"12\"", ""),
                  "variables[1].value: expected a string, got nothing");
}

BOOST_AUTO_TEST_CASE(a_field_of_another_type_is_named) {
  CheckUnreadable(With("\"value\":\"12\"", "\"value\":12"),
                  "variables[1].value: expected a string, got number");
  CheckUnreadable(With("\"file\":true", "\"file\":\"yes\""),
                  "variables[6].file: expected a boolean, got string");
  CheckUnreadable(With("\"id\":402", "\"id\":\"402\""), "id: expected a whole number, got string");
  CheckUnreadable(With("\"id\":402", "\"id\":402.5"), "id: expected a whole number, got number");
  CheckUnreadable(With("\"id\":402", "\"id\":-1"), "id: expected a whole number");
  CheckUnreadable(With("\"project_id\":20", "\"project_id\":true"),
                  "job_info.project_id: expected a whole number, got boolean");
  CheckUnreadable(With("\"sha\":\"9f2c\"", "\"sha\":[]"),
                  "git_info.sha: expected a string, got array");
  CheckUnreadable(With("\"token\":\"glcbt-secret-of-the-job\"", "\"token\":{}"),
                  "token: expected a string, got object");
  CheckUnreadable(With("\"script\":[\"a\",\"b\"]", "\"script\":[\"a\",1]"),
                  "steps[0].script[1]: expected a string, got number");
  CheckUnreadable(With("\"image\":null", "\"image\":\"x\""), "image: expected an object");
  CheckUnreadable(With("\"services\":null", "\"services\":[1]"),
                  "services[0]: expected an object, got number");
  CheckUnreadable(With("\"variables\":[", "\"variables\":[null,"),
                  "variables[0]: expected an object, got null");
}

BOOST_AUTO_TEST_CASE(what_is_no_acceptable_json_is_refused) {
  CheckUnreadable("", "not valid JSON");
  CheckUnreadable("[]", "expected an object, got array");
  CheckUnreadable(kGood.substr(0, kGood.size() / 2), "not valid JSON");
  CheckUnreadable(kGood + "x", "not valid JSON");
  CheckUnreadable(With("{\"id\"", "{\"id\":1,\"id\""), "duplicate name \"id\"");
  CheckUnreadable(
      With("\"secrets\":null", "\"secrets\":" + std::string(70, '[') + std::string(70, ']')),
      "nested deeper");
  CheckUnreadable(std::string(kMaxJobResponseBytes + 1, ' '), "limit");
}

BOOST_AUTO_TEST_CASE(no_message_shows_a_value) {
  for (const char* broken :
       {"\"token\":\"glcbt-secret-of-the-job\",\"id\":1", "\"token\":\"glcbt-secret-of-the-job"}) {
    const auto response = JobResponse::Parse(With("\"token\":\"glcbt-secret-of-the-job\"", broken));
    BOOST_REQUIRE(!response);
    BOOST_TEST(response.findings().front().message.find("glcbt") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(without_nothing_means_the_same) {
  const auto parse = [](std::string_view text) {
    return ParseJson(text, {.max_bytes = 1 << 20}, Code::kJobUnreadable, "").value();
  };
  const JobResponse response = Good(kGood);
  const Secret same = response.Without({}, {});
  BOOST_TEST((parse(same.view()) == parse(kGood)));
  BOOST_TEST(same.view().find("\"depth\":1.0,\"big\":9007199254740993") != std::string_view::npos);
  BOOST_TEST((same.view().find("\"id\":402,\"token\"") == 1U));
}

BOOST_AUTO_TEST_CASE(variables_and_values_that_go_leave_all_else_alone) {
  const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln";
  std::string text = With("\"secrets\":null", R"("secrets":{"DB":{"vault":{"server":{"jwt":")" +
                                                  token + R"(","url":"https://vault"}}}})");
  const std::string variables = "\"variables\":[";
  text.replace(text.find(variables), variables.size(),
               variables + "{\"key\":\"VAULT_ID_TOKEN\",\"value\":\"" + token +
                   "\"},{\"key\":\"HEADER\",\"value\":\"Bearer " + token + " é\"},");
  const JobResponse response = Good(text);
  const Secret less = response.Without({"VAULT_ID_TOKEN", "CA"}, {token, "main", ""});
  BOOST_TEST(less.view().find(token) == std::string_view::npos);
  BOOST_TEST(less.view().find("VAULT_ID_TOKEN") == std::string_view::npos);
  const JobResponse again = Good(std::string(less.view()));
  BOOST_TEST(again.variables().size() == response.variables().size() - 2);
  BOOST_TEST(LastValue(again, "HEADER") == "Bearer  é");
  BOOST_TEST(*again.job().ref == "main");
  BOOST_TEST(less.view().find(
                 R"("secrets":{"DB":{"vault":{"server":{"jwt":"","url":"https://vault"}}}})") !=
             std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(long_texts_of_any_characters_come_back) {
  std::string value;
  while (value.size() < 300'000) value += "é漢🚀 <&> ";
  const JobResponse response = Good(WithVariable("LONG", value + "\\n\\\"\\u0001"));
  const JobResponse again = Good(std::string(response.Without({}, {}).view()));
  BOOST_TEST((LastValue(again, "LONG") == value + "\n\"\x01"));
}

BOOST_AUTO_TEST_SUITE_END()
