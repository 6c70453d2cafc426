// What the service answers, held against what /openapi.json says, and against `jobwarden verify`.

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/serve/documented.h"
#include "tests/e2e/serve/serve_host.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/has.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;
using nlohmann::json;

namespace {

constexpr const char* kCiOidc = "/v1/validate/ci-oidc";
const std::string kApiKey = "jws_live_0123456789abcdef";

}  // namespace

BOOST_AUTO_TEST_SUITE(answers)

BOOST_AUTO_TEST_CASE(each_documented_answer_occurs_and_has_the_documented_form) {
  const ServeHost host;
  Documented documented(host.Get("/openapi.json").json());
  const json token = {{"token", host.token}};
  const json ci = {{"token", host.token}, {"provider", "gitlab"}};
  const json policy = {{"token", host.token},
                       {"policy",
                        {{"issuer", host.job.server},
                         {"audiences", {kRunnerAudience}},
                         {"allowed_algs", {"EdDSA"}},
                         {"public_key", host.signer.Jwk()}}}};
  const std::vector<std::pair<std::string, json>> posts = {{kCiOidc, ci},
                                                           {"/v1/validate/jwt", policy},
                                                           {"/v1/inspect/token", token},
                                                           {"/v1/decide", token}};
  for (const auto& [path, body] : posts) {
    BOOST_TEST(documented.RequestFault(path, body) == "");
    const HttpReply good = host.Post(path, body);
    documented.Check(path, "post", good, 200);
    if (path == "/v1/validate/jwt") BOOST_TEST(good.json()["valid"] == true, good.body);
    json extra = body;
    extra["tokne"] = "x";
    BOOST_TEST(documented.RequestFault(path, extra) != "");
    documented.Check(path, "post", host.Post(path, extra), 422);
    for (const json& wrong :
         {json(1), json::object(), json{{"token", 1}}, json{{"token", nullptr}}}) {
      documented.Check(path, "post", host.Post(path, wrong), 422);
    }
    documented.Check(path, "post", host.Ask("POST", path, "{\"token\":"), 422);
    documented.Check(path, "post", host.Ask("POST", path + "?token=" + host.token, body.dump()),
                     400);
    documented.Check(path, "post", host.Ask("GET", path), 405);
    documented.Check(path, "post", host.Ask("POST", path, std::string(300'000, ' ')), 413);
    documented.Check(path, "post",
                     host.Ask("POST", path, "{}", "X: " + std::string(20'000, 'x') + "\r\n"), 431);
    if (path != "/v1/decide") {
      json malformed = body;
      malformed["token"] = "a.b";
      documented.Check(path, "post", host.Post(path, malformed), 400);
    }
  }
  for (const char* name : {"github_actions", "gitlab", "auth0", "okta", "cognito"}) {
    documented.Check("/v1/presets/{provider}", "get", host.Get(std::string("/v1/presets/") + name),
                     200);
  }
  documented.Check("/v1/presets/{provider}", "get", host.Get("/v1/presets/none"), 404);
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/openapi.json", "/"}) {
    documented.Check(path, "get", host.Get(path), 200);
    documented.Check(path, "get", host.Ask("POST", path, "{}"), 405);
  }

  // An issuer that cannot be reached, a key that is asked for, and a client that asks too often.
  const FakeIssuer issuer;
  const std::string keys_file =
      host.folder.Write("keys", "# the deploy service's\n" + kApiKey + "\n");
  const ServeHost strict("version = 1\nstate_dir = \"" + (host.folder / "strict") +
                         "\"\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\nurl = \"" +
                         issuer.url() + "\"\naudience = \"" + kRunnerAudience +
                         "\"\nalgorithms = [\"EdDSA\"]\n[serve]\napi_keys_file = \"" + keys_file +
                         "\"\nrate = 20\n");
  const std::string key = "Authorization: Bearer " + kApiKey + "\r\n";
  documented.Check("/readyz", "get", strict.Get("/readyz"), 503);
  Job job = host.job;
  job.server = issuer.url();
  const std::string theirs = TokenText(job, job.Token("JOBWARDEN_ID_TOKEN"), host.signer);
  const json asked = {{"token", theirs}, {"provider", "gitlab"}};
  documented.Check(kCiOidc, "post", strict.Ask("POST", kCiOidc, asked.dump(), key), 503);
  const HttpReply undecided = strict.Ask("POST", "/v1/decide", json{{"token", theirs}}.dump(), key);
  documented.Check("/v1/decide", "post", undecided, 503);
  BOOST_TEST(undecided.json()["outcome"] == "error");
  documented.Check("/v1/decide", "post", strict.Post("/v1/decide", token), 401);
  documented.Check("/v1/decide", "post",
                   strict.Ask("POST", "/v1/decide", token.dump(), "Authorization: Bearer x\r\n"),
                   401);
  HttpReply last;
  for (int i = 0; i < 30 && last.status != 429; ++i) last = strict.Post("/v1/decide", token);
  documented.Check("/v1/decide", "post", last, 429);
  BOOST_TEST(Has(last.head, "\r\nRetry-After: "));

  // The user of a Unix socket.
  const std::string path = host.folder / "api.sock";
  const ServeHost local("users = [\"daemon\"]\n", {"--listen", "unix:" + path});
  RawClient client(path);
  client.Send("POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  documented.Check("/v1/decide", "post", client.Read(), 403);

  // A client that never sends what it promised.
  RawClient slow = host.Connect();
  slow.Send("POST /v1/decide HTTP/1.1\r\nHost: x\r\nCont");
  documented.Check("/v1/decide", "post", slow.Read(), 408);
  documented.CheckAllSeen();
}

BOOST_AUTO_TEST_CASE(decide_says_what_verify_says) {
  ServeHost host;
  const auto compare = [&](const std::string& token, const json& facts, bool with_facts) {
    json question = {{"token", token}};
    if (with_facts) question["facts"] = facts;
    const HttpReply reply = host.Post("/v1/decide", question);
    ChildOptions verify;
    verify.command = {Program("jobwarden"), "verify",           "--json",
                      "--config",           host.config_path(), "--token-stdin"};
    verify.input = token;
    if (with_facts) {
      verify.command.insert(verify.command.end(),
                            {"--facts", host.folder.Write("facts.json", facts.dump())});
    }
    const ChildResult result = RunChild(verify);
    json ours = reply.json();
    json theirs = json::parse(result.out, nullptr, false);
    for (json* each : {&ours, &theirs}) {
      BOOST_REQUIRE(each->is_object());
      each->erase("id");
      each->erase("time");
      each->erase("duration_us");
    }
    BOOST_TEST(ours == theirs, reply.body + "\n" + result.out);
    return ours;
  };
  const json ids = {{"job_id", host.job.id}, {"pipeline_id", "4410"}, {"ref", "main"}};
  BOOST_TEST(compare(host.token, {}, false)["outcome"] == "allow");
  BOOST_TEST(compare(host.token, {}, false)["bound"] == false);
  BOOST_TEST(compare(host.token, ids, true)["bound"] == true);
  BOOST_TEST(compare(host.token, {{"job_id", 1}}, true)["outcome"] == "deny");
  BOOST_TEST(compare("abc", {}, false)["outcome"] == "deny");
  BOOST_TEST(compare(Signer().Sign("{}"), {}, false)["outcome"] == "deny");
  host.job.ref_protected = false;
  const std::string other = TokenText(host.job, host.job.Token("JOBWARDEN_ID_TOKEN"), host.signer);
  BOOST_TEST(compare(other, ids, true)["findings"][0]["code"] == "NO_RULE_ALLOWS");
  BOOST_TEST(host.Post("/v1/decide", {{"token", host.token}, {"facts", {{"jobid", 1}}}}).status ==
             422);
  BOOST_TEST(host.Post("/v1/decide", {{"token", host.token}, {"issuer", "none"}}).status == 422);
}

BOOST_AUTO_TEST_CASE(each_status_of_a_validation_fails_for_its_own_reason) {
  ServeHost host;
  const auto statuses = [&](const std::string& token) {
    const HttpReply reply = host.Post(kCiOidc, {{"token", token}, {"provider", "gitlab"}});
    BOOST_TEST(reply.status == 200, reply.body);
    std::string text;
    const json answer = reply.json();
    for (const char* name :
         {"signature", "issuer", "audience", "algorithm", "time", "required_claims"}) {
      text += answer["statuses"][name].get<std::string>().substr(0, 1);
    }
    BOOST_TEST((answer["valid"] == true) == (text == "pppppp"));
    return text;
  };
  const auto with = [&](const json& claims) {
    Job job = host.job;
    IdToken& token = job.Token("JOBWARDEN_ID_TOKEN");
    token.claims = claims;
    return TokenText(job, token, host.signer);
  };
  BOOST_TEST(statuses(host.token) == "pppppp");
  BOOST_TEST(statuses(with({{"iss", "https://evil.example.com"}})) == "pfpppp");
  BOOST_TEST(statuses(with({{"aud", "x"}})) == "ppfppp");
  BOOST_TEST(statuses(with({{"exp", 1}})) == "ppppfp");
  BOOST_TEST(statuses(with({{"exp", nullptr}})) == "ppppfp");
  BOOST_TEST(statuses(with({{"aud", nullptr}})) == "ppfppp");
  BOOST_TEST(statuses(with({{"job_id", nullptr}})) == "pppppf");
  BOOST_TEST(statuses(with({{"aud", "x"}, {"exp", 1}, {"job_id", nullptr}})) == "ppfpff");
  std::string changed = host.token;
  changed[changed.size() - 10] = changed[changed.size() - 10] == 'A' ? 'B' : 'A';
  BOOST_TEST(statuses(changed) == "fsspss");
  const std::string payload = host.token.substr(host.token.find('.'));
  BOOST_TEST(statuses(host.signer.SignWithHeader(R"({"alg":"none","kid":"key-1"})", "{}")) ==
             "sssfss");
  BOOST_TEST(statuses(host.signer.SignWithHeader(R"({"alg":"HS256","kid":"key-1"})", "{}")) ==
             "sssfss");
}

BOOST_AUTO_TEST_CASE(inspection_names_what_is_suspicious) {
  const ServeHost host;
  const auto warnings = [&](const std::string& header, const std::string& payload) {
    const HttpReply reply =
        host.Post("/v1/inspect/token", {{"token", host.signer.SignWithHeader(header, payload)}});
    BOOST_TEST(reply.status == 200, reply.body);
    BOOST_TEST(reply.json()["validated"] == false);
    return reply.json()["suspicious_warnings"].dump();
  };
  const std::string now = std::to_string(std::time(nullptr));
  BOOST_TEST(Has(warnings(R"({"alg":"none"})", "{}"), "ALG_NONE"));
  BOOST_TEST(Has(warnings(R"({"alg":"HS256"})", "{}"), "ALG_SYMMETRIC"));
  BOOST_TEST(Has(warnings(R"({"alg":"XX"})", "{}"), "ALG_UNKNOWN"));
  BOOST_TEST(Has(warnings(R"({"alg":"EdDSA"})", "{}"), "KID_MISSING"));
  BOOST_TEST(Has(warnings(R"({"alg":"EdDSA","jku":"https://x"})", "{}"), "KEY_IN_HEADER"));
  BOOST_TEST(Has(warnings(R"({"alg":"EdDSA","crit":["b64"]})", "{}"), "CRITICAL_HEADER"));
  const std::string good = R"({"alg":"EdDSA","kid":"k"})";
  for (const char* name : {"ISS_MISSING", "AUD_MISSING", "EXP_MISSING", "IAT_MISSING"}) {
    BOOST_TEST(Has(warnings(good, "{}"), name));
  }
  BOOST_TEST(Has(warnings(good, R"({"exp":1})"), "EXPIRED"));
  BOOST_TEST(Has(warnings(good, R"({"exp":99999999999})"), "EXP_FAR"));
  BOOST_TEST(Has(warnings(good, R"({"iat":1,"exp":99999999999})"), "LIFETIME_LONG"));
  BOOST_TEST(Has(warnings(good, R"({"iat":99999999999})"), "IAT_IN_FUTURE"));
  BOOST_TEST(Has(warnings(good, R"({"nbf":99999999999})"), "NOT_YET_VALID"));
  BOOST_TEST(Has(warnings(good, R"({"user_email":"kim@example.com"})"), "EMAIL_IN_CLAIMS"));
  BOOST_TEST(Has(warnings(good, "[]"), "PAYLOAD_NO_OBJECT"));
  BOOST_TEST(Has(warnings(R"({"alg":"none"})", "{}"), "REFUSED_FORM"));
}

BOOST_AUTO_TEST_CASE(token_in_a_url_is_refused_and_never_written_down) {
  ServeHost host;
  for (const std::string& target : std::vector<std::string>{
           "/" + host.token, "/v1/decide?token=" + host.token, "/x?a=" + host.token,
           "/v1/decide?id_token=abc", "/%65%79%4a" + host.token.substr(3)}) {
    const HttpReply reply = host.Ask("POST", target, "{}");
    BOOST_TEST(reply.status == 400, target);
    BOOST_TEST(Has(reply.body, "TOKEN_IN_URL"));
    BOOST_TEST(Lacks(reply.body, host.token));
  }
  host.Post("/v1/decide", {{"token", host.token}});
  host.Post("/v1/decide", {{host.token, "x"}});
  host.Ask(host.token, "/", "");
  BOOST_TEST(host.End() == 0);
  const std::string log = host.log();
  BOOST_TEST(Has(log, "outcome=TOKEN_IN_URL"));
  for (std::size_t at = 0; at + 20 < host.token.size(); at += 20) {
    BOOST_TEST(Lacks(log, host.token.substr(at, 20)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
