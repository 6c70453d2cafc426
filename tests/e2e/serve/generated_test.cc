// Requests that /openapi.json itself tells how to make: what fits it, what nearly does, what does
// not. Each answer is one that the document has, in its form, and what does not fit is refused.

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "tests/e2e/serve/documented.h"
#include "tests/e2e/serve/generate.h"
#include "tests/e2e/serve/serve_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;
using nlohmann::json;

namespace {

struct Fixture {
  ServeHost host;
  Documented documented{host.Get("/openapi.json").json()};
  RawClient client = host.Connect();

  // Bodies that fit, by path. A document can tell the form of a token, but not sign one.
  std::map<std::string, json> Good() const {
    return {
        {"/v1/validate/ci-oidc",
         {{"token", host.token}, {"provider", "gitlab"}, {"expected_ref_protected", "true"}}},
        {"/v1/validate/jwt",
         {{"token", host.token},
          {"policy",
           {{"issuer", host.job.server},
            {"audiences", {kRunnerAudience}},
            {"allowed_algs", {"EdDSA"}},
            {"required_claims", {"sub"}},
            {"required_scopes", json::array()},
            {"clock_skew_seconds", 60},
            {"public_key", host.signer.Jwk()}}}}},
        {"/v1/inspect/token", {{"token", host.token}}},
        {"/v1/decide", {{"token", host.token}, {"facts", {{"ref", "main"}}}, {"issuer", "gitlab"}}},
    };
  }

  HttpReply Ask(const std::string& method, const std::string& target, const std::string& body) {
    client.Send(method + " " + target +
                " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    HttpReply reply = client.Read(method != "HEAD");
    if (reply.status == 0 || Has(reply.head, "Connection: close")) client = host.Connect();
    return reply;
  }

  int Check(const std::string& path, const std::string& body, bool fits) {
    const HttpReply reply = Ask("POST", path, body);
    documented.Check(path, "post", reply);
    if (reply.status == 422) BOOST_TEST(reply.body.size() < 16'384U);
    if (!fits) {
      BOOST_TEST((reply.status == 422 || reply.status == 413),
                 path << " " << body.substr(0, 300) << " " << reply.status);
    }
    return reply.status;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(generated, Fixture)

BOOST_AUTO_TEST_CASE(each_operation_with_a_body_keeps_to_the_document) {
  const auto good = Good();
  std::size_t operations = 0;
  for (const auto& [path, methods] : documented.document()["paths"].items()) {
    if (!methods.contains("post")) continue;
    ++operations;
    BOOST_REQUIRE(good.contains(path));
    const json& schema = documented.RequestSchema(path);
    BOOST_TEST(documented.RequestFault(path, good.at(path)) == "");
    BOOST_TEST(Check(path, good.at(path).dump(), true) == 200);
    auto bodies = ValuesAround(schema, documented.document(), good.at(path));
    const auto mixed = MixedValues(schema, documented.document(), good.at(path), 1, 150);
    bodies.insert(bodies.end(), mixed.begin(), mixed.end());
    std::size_t fitting = 0;
    for (const json& body : bodies) {
      const bool fits = documented.RequestFault(path, body).empty();
      fitting += fits ? 1 : 0;
      Check(path, body.dump(), fits);
    }
    BOOST_TEST(fitting > 3U);
    BOOST_TEST(bodies.size() - fitting > 100U);
  }
  BOOST_TEST(operations == good.size());
  BOOST_TEST(host.Get("/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused_by_each_operation) {
  for (const auto& [path, body] : Good()) {
    const std::string text = body.dump();
    for (const std::string& wrong : std::vector<std::string>{
             "", text.substr(0, text.size() - 1), text + ",", text + text, "\xEF\xBB\xBF" + text,
             "\xFF\xFE" + text, "{\"token\":\"\xC3\x28\"}", std::string("{\"token\":\"\\ud800\"}"),
             "{\"token\":\"a\",\"token\":\"b\"}", std::string("{'token':'a'}"),
             std::string("{\"token\":NaN}"), std::string("{\"token\":1e999999}"),
             std::string(1, '\0'), "token=" + host.token,
             "{\"token\":\"" + std::string(1, '\n') + "\"}", std::string(100'000, '['),
             "/* */" + text}) {
      Check(path, wrong, false);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_operation_without_a_body_keeps_to_the_document) {
  for (const auto& [path, methods] : documented.document()["paths"].items()) {
    if (!methods.contains("get")) continue;
    const std::size_t parameter = path.find('{');
    if (parameter == path.npos) {
      for (const char* query : {"", "?", "?a=b", "?a=%00%ff", "?a=b&a=c"}) {
        const HttpReply reply = Ask("GET", path + query, "");
        documented.Check(path, "get", reply, 200);
      }
      continue;
    }
    const std::string before = path.substr(0, parameter);
    const json& schema = methods["get"]["parameters"][0]["schema"];
    for (const json& each : schema["enum"]) {
      documented.Check(path, "get", Ask("GET", before + each.get<std::string>(), ""), 200);
    }
    for (const std::string& wrong :
         {std::string(), std::string("x"), std::string("GITLAB"), std::string("gitlab/"),
          std::string("%00"), std::string("%2e%2e%2f"), std::string("\xC3\xA9"),
          std::string(4'000, 'x')}) {
      documented.Check(path, "get", Ask("GET", before + wrong, ""), 404);
    }
  }
}

BOOST_AUTO_TEST_CASE(methods_that_the_document_does_not_have_are_refused) {
  for (const auto& [path, methods] : documented.document()["paths"].items()) {
    const std::string target = path.substr(0, path.find('{'));
    const std::string known = methods.begin().key();
    for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "x"}) {
      if (known == "get" ? std::string(method) == "GET" : std::string(method) == "POST") continue;
      const HttpReply reply = Ask(method, target, "{}");
      documented.Check(path, known, reply, 405);
      BOOST_TEST(Has(reply.head, "\r\nAllow: "));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
