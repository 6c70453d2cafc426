#include "verifier/fetch/id_token_request.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/fake_issuer.h"
#include "tests/support/has.h"
#include "tests/support/raw_server.h"

using namespace jobwarden;
using jobwarden::testing::Answer;
using jobwarden::testing::FakeIssuer;
using jobwarden::testing::Has;
using jobwarden::testing::Lacks;
using jobwarden::testing::RawServer;
using jobwarden::testing::ReadHeader;
using jobwarden::testing::SendText;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

const std::string kToken = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl";
const std::string kGood = R"({"count":7,"value":")" + kToken + R"("})";
const std::string kRequestToken = "request-token-of-the-job";

// A server, and a time that passes while nobody sleeps.
struct Fixture {
  FakeIssuer server;
  KeySettings settings;
  Patience patience;
  steady_clock::time_point now;
  std::vector<milliseconds> waits;
  std::vector<std::string> queries;
  std::string authorization;
  std::vector<Answer> answers;  // one a request; the last for all that follow

  Fixture() {
    settings.timeout = seconds(30);
    server.SetResponder("/idtoken", [this](const std::string& query, const std::string& header) {
      queries.push_back(query);
      authorization = header;
      return answers.at(std::min(queries.size(), answers.size()) - 1);
    });
  }

  Result<Secret> Fetch(const std::string& url, const std::string& audience = "vault") {
    const auto request = ParseIdTokenRequest(url + "\n" + kRequestToken + "\n");
    BOOST_REQUIRE(request);
    const Pace pace{[this] { return now; },
                    [this](milliseconds time) {
                      waits.push_back(time);
                      now += time;
                    }};
    return FetchIdToken(*request, audience, settings, patience, pace);
  }
  std::string Url() const { return server.url() + "/idtoken?secret=of-the-query"; }

  Finding Fails(const std::string& url) {
    const auto token = Fetch(url);
    BOOST_REQUIRE(!token);
    BOOST_TEST(token.findings().size() == 1U);
    const Finding& finding = token.findings().front();
    BOOST_TEST((finding.code == Code::kTokenRequestFailed));
    for (const std::string& text : {finding.message, finding.hint}) {
      BOOST_TEST(Lacks(text, "of-the-query"));
      BOOST_TEST(Lacks(text, "/idtoken"));
      BOOST_TEST(Lacks(text, kRequestToken));
      BOOST_TEST(Lacks(text, "body"));
      BOOST_TEST(Lacks(text, kToken));
    }
    return finding;
  }
  // The words after the host's name.
  std::string Problem() {
    const std::string message = Fails(Url()).message;
    const std::string begin =
        "token endpoint \"127.0.0.1:" + std::to_string(server.port()) + "\": ";
    BOOST_REQUIRE(message.starts_with(begin));
    return message.substr(begin.size());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(id_token_request, Fixture)

BOOST_AUTO_TEST_CASE(request_is_two_lines_and_nothing_else) {
  const auto good = ParseIdTokenRequest("https://a.example/t?x=y\nabc\n");
  BOOST_REQUIRE(good);
  BOOST_TEST(good->url.target == "/t?x=y");
  BOOST_TEST(good->token.view() == "abc");
  for (const std::string& input : std::vector<std::string>{
           "", "\n", "\n\n", "https://a.example/t", "https://a.example/t\n",
           "https://a.example/t\nabc", "https://a.example/t\n\n", "https://a.example/t\nabc\n\n",
           "https://a.example/t\nabc\nx", "https://a.example/t\r\nabc\r\n",
           "https://a.example/t\na b\n", "https://a.example/t\nabc\t\n", "\nhttps://a/t\nabc\n",
           "https://a.example/t\n" + std::string(kMaxRequestTokenBytes + 1, 'a') + "\n",
           "https://a.example/" + std::string(kMaxRequestUrlBytes, 'a') + "\nabc\n",
           std::string("https://a.example/t\na\0c\n", 24)}) {
    const auto request = ParseIdTokenRequest(input);
    BOOST_REQUIRE(!request);
    BOOST_TEST((request.findings().front().code == Code::kConfigInvalid));
    BOOST_TEST(Lacks(request.findings().front().message, "example"));
    BOOST_TEST(Lacks(request.findings().front().message, "abc"));
  }
}

BOOST_AUTO_TEST_CASE(request_goes_to_https_or_to_this_machine) {
  for (const char* url :
       {"http://127.0.0.1:1/t", "http://localhost/t", "http://[::1]:1/t", "https://a.example"}) {
    BOOST_TEST(bool(ParseIdTokenRequest(std::string(url) + "\nabc\n")), url);
  }
  for (const char* url : {"http://a.example/t?k=s3cret", "http://127.0.0.1.evil.example/t",
                          "ftp://127.0.0.1/t", "https://me:s3cret@a.example/t", "/t?k=s3cret",
                          "https:///t", "https://a.example/\"s3cret"}) {
    const auto request = ParseIdTokenRequest(std::string(url) + "\nabc\n");
    BOOST_REQUIRE(!request);
    BOOST_TEST(Has(request.findings().front().message, "line 1: expected an https:// URL"));
    BOOST_TEST(Lacks(request.findings().front().message, "s3cret"));
  }
}

BOOST_AUTO_TEST_CASE(audience_stands_behind_the_query_encoded) {
  const auto at = [](const std::string& url, std::string_view audience) {
    return WithAudience(ParseIdTokenRequest(url + "\nabc\n")->url, audience).target;
  };
  BOOST_TEST(at("https://a.example/t?api-version=2.0", "vault") ==
             "/t?api-version=2.0&audience=vault");
  BOOST_TEST(at("https://a.example/a//b/t", "vault") == "/a//b/t?audience=vault");
  BOOST_TEST(at("https://a.example", "a") == "/?audience=a");
  BOOST_TEST(at("https://a.example/t?x", "https://b.example/c d&e=f#g%+\xc3\xa4~._-") ==
             "/t?x&audience=https%3A%2F%2Fb.example%2Fc%20d%26e%3Df%23g%25%2B%C3%A4~._-");
  BOOST_TEST(at("https://a.example/t", "a\r\nHost: b") == "/t?audience=a%0D%0AHost%3A%20b");
}

BOOST_AUTO_TEST_CASE(token_is_asked_for_with_audience_and_bearer) {
  answers = {{.body = kGood}};
  const auto token = Fetch(Url(), "https://vault.example");
  BOOST_REQUIRE(token);
  BOOST_TEST(token->view() == kToken);
  BOOST_TEST(queries.back() == "secret=of-the-query&audience=https%3A%2F%2Fvault.example");
  BOOST_TEST(authorization == "bearer " + kRequestToken);
  BOOST_TEST(waits.empty());
}

BOOST_AUTO_TEST_CASE(busy_service_is_asked_again_ever_later) {
  answers = {{.status = 429}, {.status = 500}, {.status = 502}, {.status = 503},
             {.status = 504}, {.status = 599}, {.body = kGood}};
  BOOST_TEST(bool(Fetch(Url())));
  BOOST_TEST(queries.size() == 7U);
  milliseconds most(500);
  for (const milliseconds wait : waits) {
    BOOST_TEST((wait >= most / 2 && wait <= most));
    most = std::min(2 * most, milliseconds(4000));
  }
}

BOOST_AUTO_TEST_CASE(service_that_stays_down_is_given_up_when_patience_is_over) {
  answers = {{.status = 500, .body = "a body that holds a secret"}};
  const std::string problem = Problem();
  BOOST_TEST(problem == "answered 500, the last of " + std::to_string(queries.size()) + " tries");
  BOOST_TEST(queries.size() == waits.size() + 1);
  // Half a second, one, two, four, four …, each at least by half.
  BOOST_TEST((queries.size() >= 7 && queries.size() <= 14));
  BOOST_TEST((now.time_since_epoch() < patience.all));
  BOOST_TEST((now.time_since_epoch() > patience.all - seconds(5)));
}

BOOST_AUTO_TEST_CASE(wait_that_the_service_asks_for_is_kept) {
  answers = {{.status = 429, .headers = {{"Retry-After", "7"}}}, {.body = kGood}};
  BOOST_TEST(bool(Fetch(Url())));
  BOOST_TEST((waits == std::vector<milliseconds>{seconds(7)}));
}

BOOST_AUTO_TEST_CASE(wait_that_is_longer_than_the_patience_is_not_begun) {
  for (const char* wait : {"20", "3600", "4294967295"}) {
    answers = {{.status = 429, .headers = {{"Retry-After", wait}}}};
    BOOST_TEST(Problem() == "answered 429, and asks to wait for " + std::string(wait) + " s");
  }
  BOOST_TEST(waits.empty());
  BOOST_TEST(queries.size() == 3U);
}

BOOST_AUTO_TEST_CASE(wait_that_is_no_number_of_seconds_is_ours_to_choose) {
  for (const char* wait :
       {"0", "", "-1", "1.5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999999999999"}) {
    queries.clear();
    waits.clear();
    answers = {{.status = 503, .headers = {{"Retry-After", wait}}}, {.body = kGood}};
    BOOST_TEST(bool(Fetch(Url())));
    BOOST_TEST((waits.size() == 1 && waits[0] <= milliseconds(500)));
  }
}

BOOST_AUTO_TEST_CASE(answer_that_is_final_is_not_asked_for_again) {
  const auto hint = [&](int status) {
    answers = {{.status = status, .body = R"({"message":"a body"})"}};
    const Finding finding = Fails(Url());
    BOOST_TEST(finding.message.ends_with(": answered " + std::to_string(status)));
    return finding.hint;
  };
  BOOST_TEST(Has(hint(401), "expired"));
  BOOST_TEST(Has(hint(403), "id-token: write"));
  BOOST_TEST(Has(hint(404), "id-token: write"));
  BOOST_TEST(Has(hint(400), "audience"));
  BOOST_TEST(hint(204) != "");
  BOOST_TEST(queries.size() == 5U);
}

BOOST_AUTO_TEST_CASE(job_that_has_only_begun_is_not_refused_at_once) {
  patience.refused = kBeginning;
  const Answer garbage{.body = "a body"};
  for (const Answer& refusal : {Answer{.status = 400}, Answer{.status = 401}, Answer{.status = 403},
                                Answer{.status = 404}, Answer{.status = 422}, garbage}) {
    queries.clear();
    waits.clear();
    answers = {refusal, refusal, {.status = 503}, refusal, {.body = kGood}};
    BOOST_TEST(bool(Fetch(Url())), refusal.status);
    milliseconds most(500);
    for (const milliseconds wait : waits) {
      BOOST_TEST((wait >= most / 2 && wait <= most));
      most = std::min(2 * most, milliseconds(4000));
    }
  }
}

BOOST_AUTO_TEST_CASE(refusal_that_stays_is_believed_after_the_job_s_beginning) {
  patience.refused = kBeginning;
  answers = {{.status = 404, .body = "a body"}};
  const Finding finding = Fails(Url());
  BOOST_TEST(finding.message.ends_with(": answered 404, the last of " +
                                       std::to_string(queries.size()) + " tries"));
  BOOST_TEST(Has(finding.hint, "id-token: write"));
  BOOST_TEST(Has(finding.hint, "run the job again"));
  BOOST_TEST((queries.size() >= 4 && queries.size() <= 9));
  BOOST_TEST((now.time_since_epoch() < kBeginning));
  BOOST_TEST((now.time_since_epoch() > kBeginning - seconds(5)));
}

BOOST_AUTO_TEST_CASE(refusals_and_faults_together_end_with_the_patience) {
  patience.refused = kBeginning;
  answers.assign(5, {.status = 503});
  answers.push_back({.body = "a body"});
  BOOST_TEST(Has(Problem(), "answered with something other than a JSON object"));
  BOOST_TEST((now.time_since_epoch() < patience.all));
}

BOOST_AUTO_TEST_CASE(redirect_is_not_followed) {
  FakeIssuer other;
  for (const int status : {301, 302, 303, 307, 308}) {
    for (const std::string& place : {other.url() + "/body", std::string("/idtoken/body")}) {
      answers = {{.status = status, .headers = {{"Location", place}}}};
      BOOST_TEST(Has(Problem(), "a redirect, which is not followed"));
    }
  }
  BOOST_TEST(other.requests() == 0);
  BOOST_TEST(queries.size() == 10U);
}

BOOST_AUTO_TEST_CASE(answer_without_a_token_is_refused_and_not_shown) {
  for (const std::string body :
       {"", "body", "<html>body</html>", "{}", "[]", "null", R"({"value":null})", R"({"value":7})",
        R"({"value":""})", R"({"value":"a body"})", R"({"value":"body\n"})",
        R"({"value":["body"]})", R"({"VALUE":"body"})", R"({"value":"a.b.c","value":"a.b.c"})",
        R"({"value":"a.b.c"}x)", R"({"value":"a.b.c")"}) {
    answers = {{.body = body}};
    BOOST_TEST(Has(Problem(), "answered with something other than a JSON object"), body);
  }
  BOOST_TEST(queries.size() == 16U);
  answers = {{.body = R"({"value":")" + std::string(65'537, 'a') + R"("})"}};
  BOOST_TEST(Has(Problem(), "something other"));
}

BOOST_AUTO_TEST_CASE(huge_answer_is_refused_without_being_kept) {
  answers = {{.body = std::string(200'000, ' ') + kGood}};
  BOOST_TEST(Problem() == "answered with more than 131072 bytes");
  BOOST_TEST(queries.size() == 1U);
}

BOOST_AUTO_TEST_CASE(answer_that_takes_too_long_is_asked_for_again) {
  settings.timeout = seconds(1);
  answers = {{.body = kGood, .delay = std::chrono::minutes(5)}, {.body = kGood}};
  BOOST_TEST(bool(Fetch(Url())));
  BOOST_TEST(!waits.empty());
}

BOOST_AUTO_TEST_CASE(answer_that_drips_ends_with_the_patience) {
  patience.all = milliseconds(300);
  answers = {{.body = std::string(10'000, ' '), .drip_pause = milliseconds(20)}};
  BOOST_TEST(Has(Problem(), "no whole answer within 0.3 s"));
  BOOST_TEST(waits.empty());
}

BOOST_AUTO_TEST_CASE(connection_that_breaks_off_is_made_again) {
  int connections = 0;
  const RawServer breaking([&](Poco::Net::StreamSocket& socket, const RawServer&) {
    ReadHeader(socket);
    if (++connections == 1) return;
    SendText(socket, connections == 2 ? "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"body"
                                      : "HTTP/1.1 200 OK\r\nContent-Length: " +
                                            std::to_string(kGood.size()) + "\r\n\r\n" + kGood);
  });
  BOOST_TEST(
      bool(Fetch("http://127.0.0.1:" + std::to_string(breaking.port()) + "/t?k=of-the-query")));
  BOOST_TEST(connections == 3);
}

BOOST_AUTO_TEST_CASE(port_where_nobody_listens_is_tried_until_the_patience_is_over) {
  std::string url;
  {
    const FakeIssuer gone;
    url = gone.url() + "/idtoken?k=of-the-query";
  }
  BOOST_TEST(Has(Fails(url).message, "connection refused by 127.0.0.1:"));
  BOOST_TEST(waits.size() >= 6U);
}

BOOST_AUTO_TEST_SUITE_END()
