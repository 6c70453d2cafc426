#include "hooks/github/container_message.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/has.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

ContainerMessage Parsed(const std::string& text) {
  auto message = ContainerMessage::Parse(Secret(text));
  BOOST_REQUIRE_MESSAGE(message, text);
  return *std::move(message);
}

std::string Refused(const std::string& text) {
  const auto message = ContainerMessage::Parse(Secret(text));
  if (message) return "";
  BOOST_TEST(CodeName(message.findings().front().code) == "JOB_UNREADABLE");
  return message.findings().front().message;
}

std::string Without(const std::string& text) {
  return std::string(Parsed(text).WithoutRequestVariables().view());
}

std::string Step(const std::string& variables) {
  return R"({"command":"run_script_step","args":{"environmentVariables":)" + variables + "}}";
}

const std::string kUrl = R"("ACTIONS_ID_TOKEN_REQUEST_URL":"https://x/?a=b")";
const std::string kToken = R"("ACTIONS_ID_TOKEN_REQUEST_TOKEN":"t")";

}  // namespace

BOOST_AUTO_TEST_SUITE(container_message)

BOOST_AUTO_TEST_CASE(variables_are_cut_out_wherever_they_stand_among_others) {
  const std::string a = R"("A":"1")";
  const std::string b = R"("B":"2")";
  const auto object = [](const std::vector<std::string>& members) {
    std::string text;
    for (const auto& member : members) text += (text.empty() ? "" : ",") + member;
    return Step("{" + text + "}");
  };
  const std::vector<std::vector<std::string>> kMixed[] = {{{a, b}, {a, b}},
                                                          {{kUrl, kToken, a, b}, {a, b}},
                                                          {{kUrl, a, kToken, b}, {a, b}},
                                                          {{a, kUrl, kToken, b}, {a, b}},
                                                          {{a, kUrl, b, kToken}, {a, b}},
                                                          {{a, b, kToken, kUrl}, {a, b}},
                                                          {{a, kUrl}, {a}},
                                                          {{kUrl, a}, {a}},
                                                          {{kUrl}, {}},
                                                          {{kToken, kUrl}, {}},
                                                          {{}, {}}};
  for (const auto& mixed : kMixed) BOOST_TEST(Without(object(mixed[0])) == object(mixed[1]));
}

// Whatever the hooks for docker and for Kubernetes are sent, with what may be absent, null or
// empty.
BOOST_AUTO_TEST_CASE(messages_of_every_command_are_read_in_the_form_of_the_runner) {
  const std::string mounts =
      R"([{"sourceVolumePath":"/srv/_work","targetVolumePath":"/__w","readOnly":false}])";
  const std::string registry =
      R"({"username":"u","password":"p","serverUrl":"https://r.example.com/v2/"})";
  const auto prepare = [&](const std::string& more) {
    return R"({"command":"prepare_job","responseFile":"/srv/_work/1.json","state":{},"args":{)"
           R"("container":{"image":"debian:12","workingDirectory":"/__w/a/a","createOptions":"--init",)"
           R"("environmentVariables":{)" +
           more + R"("E":"1"},"userMountVolumes":)" + mounts + R"(,"systemMountVolumes":)" +
           mounts + R"(,"registry":)" + registry +
           R"(,"portMappings":["80:8080"]},"services":[{)"
           R"("contextName":"db","image":"postgres:16","createOptions":null,"entrypoint":null,)"
           R"("entryPointArgs":[],"environmentVariables":{)" +
           more +
           R"("F":"2"},"userMountVolumes":[],"portMappings":[],"registry":null},)"
           R"({"contextName":"cache","image":"redis"}]}})";
  };
  const auto script = [&](const std::string& more) {
    return R"({"command":"run_script_step","responseFile":null,"state":{"network":"n","container":)"
           R"("c","services":{"db":"d"}},"args":{"entryPoint":"bash","entryPointArgs":["-e",)"
           R"("/__w/_temp/s.sh"],"environmentVariables":{)" +
           more + R"("E":"1"},"prependPath":["/__w/_tool/x","x"],"workingDirectory":"/__w/a/a"}})";
  };
  const auto container = [&](const std::string& more) {
    return R"({"command":"run_container_step","responseFile":null,"state":{"jobPod":"p"},"args":{)"
           R"("image":null,"dockerfile":"/__w/_actions/o/a/v1/Dockerfile","entryPoint":null,)"
           R"("entryPointArgs":[],"environmentVariables":{)" +
           more + R"("E":"1"},"prependPath":null,"systemMountVolumes":)" + mounts +
           R"(,"userMountVolumes":null,"registry":null,"portMappings":[]}})";
  };
  const std::string request = kUrl + "," + kToken + ",";
  BOOST_TEST(Without(prepare(request)) == prepare(""));
  BOOST_TEST(Without(script(request)) == script(""));
  BOOST_TEST(Without(container(request)) == container(""));
  for (const std::string& text : std::vector<std::string>{
           R"({"command":"prepare_job","args":{"container":null,"services":null}})",
           R"({"command":"cleanup_job","responseFile":null,"state":{"jobPod":"p"},"args":null})",
           R"({"command":"cleanup_job"})",
           R"({"command":"run_script_step","args":{"environmentVariables":null}})"}) {
    BOOST_TEST(Without(text) == text);
  }
  const std::string text = script("");
  const ContainerMessage message = Parsed(text);
  BOOST_TEST(message.Argument("entryPoint") == "bash");
  BOOST_TEST(message.Arguments("entryPointArgs").at(1) == "/__w/_temp/s.sh");
  const ContainerMessage action = Parsed(container(""));
  BOOST_TEST(action.Argument("entryPoint") == "");
  BOOST_TEST(action.Argument("dockerfile") == "/__w/_actions/o/a/v1/Dockerfile");
}

BOOST_AUTO_TEST_CASE(everything_else_stays_byte_for_byte) {
  const std::string rest =
      " \n{ \"state\" : {\"n\": [1.10, -0, 1E3, 9007199254740993, true, null ], \"\\u00e9\":\"é\\/"
      "\\ud83d\\ude00 }]\\\"{\"},\t\"args\":{\"x\" : [ ],\"environmentVariables\" : { "
      "\"Z\":\"\\\\\" , ";
  const std::string end =
      "\"a\" : \"]}\" } , \"unknown\":{}} , \"command\":\"run_script_step\"}\r\n";
  BOOST_TEST(Without(rest + kUrl + " ,\n" + kToken + ", " + end) == rest + end);
  BOOST_TEST(Without(rest + end) == rest + end);
}

BOOST_AUTO_TEST_CASE(names_that_are_written_with_escapes_are_the_same_names) {
  BOOST_TEST(Without(Step(R"({"ACTIONS_ID_TOKEN_REQUEST_\u0055RL":"u","\u0041":"1"})")) ==
             Step(R"({"\u0041":"1"})"));
  BOOST_TEST(Without(R"({"command":"run_script_step","\u0061rgs":{"environment\u0056ariables":{)" +
                     kToken + "}}}") ==
             R"({"command":"run_script_step","\u0061rgs":{"environment\u0056ariables":{}}})");
}

BOOST_AUTO_TEST_CASE(other_names_and_values_that_hold_the_names_stay) {
  for (const char* variables :
       {R"({"actions_id_token_request_url":"1","ACTIONS_ID_TOKEN_REQUEST_URLS":"2"})",
        R"({"A":"ACTIONS_ID_TOKEN_REQUEST_URL","":"","B":{"ACTIONS_ID_TOKEN_REQUEST_URL":"x"}})"}) {
    BOOST_TEST(Without(Step(variables)) == Step(variables));
  }
}

BOOST_AUTO_TEST_CASE(containers_and_services_lose_them_whatever_the_runner_calls_them) {
  const auto job = [](const std::string& v) {
    return R"({"command":"prepare_job","args":{"container":{"environmentVariables":{)" + v +
           R"(}},"jobContainer":{"image":"i","environmentVariables":{)" + v +
           R"(}},"services":[{"environmentVariables":{)" + v +
           R"(}},{"image":"redis"},{"environmentVariables":{)" + v +
           R"(}}],"other":{"environmentVariables":{)" + kUrl + "}}}}";
  };
  BOOST_TEST(Without(job(kUrl + "," + kToken)) == job(""));
}

BOOST_AUTO_TEST_CASE(what_a_step_is_can_be_asked) {
  const auto message = Parsed(
      R"({"command":"run_script_step","args":{"entryPoint":"bash","entryPointArgs":["-e","/__w/x"],)"
      R"("environmentVariables":{"HOME":"/github/home","N":1}}})");
  BOOST_TEST(message.command() == "run_script_step");
  BOOST_TEST(message.Argument("entryPoint") == "bash");
  BOOST_TEST(message.Argument("entryPointArgs") == "");
  BOOST_TEST(message.Arguments("entryPointArgs").at(1) == "/__w/x");
  BOOST_TEST(message.Arguments("entryPoint").empty());
  BOOST_TEST(message.Variable("HOME") == "/github/home");
  BOOST_TEST(message.Variable("N") == "");
}

BOOST_AUTO_TEST_CASE(variable_that_comes_twice_hides_nowhere) {
  const std::string twice[] = {
      Step("{" + kUrl + "," + kUrl + "}"),
      Step("{" + kUrl + R"(,"ACTIONS_ID_TOKEN_REQUEST_\u0055RL":"u"})"),
      R"({"command":"run_script_step","args":{},"args":{"environmentVariables":{)" + kUrl + "}}}",
      R"({"command":"run_script_step","args":{"environmentVariables":{},"environmentVariables":{)" +
          kUrl + "}}}"};
  for (const std::string& text : twice) {
    BOOST_TEST(Has(Refused(text), "duplicate name"));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_refused) {
  for (const char* text :
       {"", "null", "[]", "{}", R"({"command":""})", R"({"command":1})", "{\"command\":\"x\"} x",
        "{\"command\":\"x\"}{}", "\xef\xbb\xbf{\"command\":\"x\"}", "{\"command\":\"\xff\"}",
        R"({"command":"run_script_step"})", R"({"command":"prepare_job","args":null})",
        R"({"command":"prepare_job","args":[]})"}) {
    BOOST_TEST(Has(Refused(text), "container hook's message"));
  }
  BOOST_TEST(Refused(R"({"command":"cleanup_job"})") == "");
  BOOST_TEST(Refused(R"({"command":"cleanup_job","args":{},"state":null})") == "");
}

BOOST_AUTO_TEST_CASE(variables_of_another_form_are_refused_where_a_command_has_some) {
  const std::string list = R"([{"name":"ACTIONS_ID_TOKEN_REQUEST_URL","value":"x"}])";
  BOOST_TEST(Has(Refused(Step(list)), "args.environmentVariables: expected an object, got array"));
  BOOST_TEST(Refused(Step("null")) == "");
  const auto job = [](const std::string& args) {
    return R"({"command":"prepare_job","args":{)" + args + "}}";
  };
  BOOST_TEST(Has(Refused(job(R"("container":)" + list)), "args.container: "));
  BOOST_TEST(Has(Refused(job(R"("jobContainer":{"environmentVariables":"A=1"})")),
                 "args.jobContainer.environmentVariables: "));
  BOOST_TEST(Has(Refused(job(R"("services":{})")), "args.services: "));
  BOOST_TEST(Has(Refused(job(R"("services":[{},"x"])")), "args.services[]: "));
  BOOST_TEST(Refused(job(R"("container":null,"services":[])")) == "");
  BOOST_TEST(Refused(R"({"command":"what_comes","args":{"environmentVariables":)" + list + "}}") ==
             "");
}

BOOST_AUTO_TEST_CASE(large_message_is_read_and_a_larger_one_refused) {
  const std::string large = Step("{" + kUrl + R"(,"BIG":")" + std::string(8'000'000, 'x') + "\"}");
  BOOST_TEST(Without(large).size() == large.size() - kUrl.size() - 1);
  BOOST_TEST(Refused(Step(R"({"BIG":")" + std::string(kMaxContainerMessageBytes, 'x') + "\"}")) !=
             "");
  std::string deep = R"({"command":"cleanup_job","state":)";
  BOOST_TEST(Refused(deep + std::string(60, '[') + std::string(60, ']') + "}") == "");
  BOOST_TEST(Refused(deep + std::string(100'000, '[') + std::string(100'000, ']') + "}") != "");
}

BOOST_AUTO_TEST_CASE(no_refusal_shows_a_value) {
  for (const std::string& text :
       {Step("{\"A\":\"hunter2\",\"A\":\"hunter2\"}"), Step("{\"A\":\"hunter2\""),
        Step("[\"hunter2\"]"), std::string(R"({"command":"run_script_step","args":"hunter2"})")}) {
    BOOST_TEST(Lacks(Refused(text), "hunter2"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
