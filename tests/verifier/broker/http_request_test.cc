#include "verifier/broker/http_request.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

using State = HttpRequestRead::State;

HttpRequestRead Get(const std::string& target, const std::string& fields = "") {
  return ReadTokenQuery("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
}

std::string AudienceOf(const std::string& query) {
  const auto read = Get("/idtoken?api-version=2.0" + query);
  BOOST_TEST((read.state == State::kGood), query);
  return read.query.audience.value_or("none");
}

int StatusOf(const std::string& bytes) {
  const auto read = ReadTokenQuery(bytes);
  return read.state == State::kBad ? read.status : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_request)

BOOST_AUTO_TEST_CASE(audience_is_read_in_each_spelling) {
  BOOST_TEST(AudienceOf("&audience=sigstore") == "sigstore");
  BOOST_TEST(AudienceOf("?audience=sigstore") == "sigstore");
  BOOST_TEST(AudienceOf("&Audience=https%3A%2F%2Fa.b%2Fc") == "https://a.b/c");
  BOOST_TEST(AudienceOf("&audience=api://AzureADTokenExchange&x=y") ==
             "api://AzureADTokenExchange");
  BOOST_TEST(AudienceOf("&audience=a+b%2B") == "a b+");
  BOOST_TEST(AudienceOf("&audience=a=b") == "a=b");
  BOOST_TEST(AudienceOf("&audience=a&audience=a") == "a");
  BOOST_TEST(AudienceOf("") == "none");
  BOOST_TEST(AudienceOf("&audience=") == "none");
  BOOST_TEST(AudienceOf("&audience") == "none");
  BOOST_TEST(AudienceOf("&audiences=a&xaudience=b") == "none");
  BOOST_TEST(AudienceOf("#&audience=a") == "none");
  BOOST_TEST(*Get("http://127.0.0.1:1/idtoken?audience=a").query.audience == "a");
}

BOOST_AUTO_TEST_CASE(ticket_is_what_comes_after_bearer) {
  const auto ticket = [](const std::string& field) {
    return Get("/idtoken", field + "\r\n").query.ticket;
  };
  BOOST_TEST(ticket("Authorization: bearer abc") == "abc");
  BOOST_TEST(ticket("authorization:Bearer  abc ") == "abc");
  BOOST_TEST(ticket("AUTHORIZATION: BEARER abc") == "abc");
  BOOST_TEST(ticket("Authorization: basic abc") == "");
  BOOST_TEST(ticket("Authorization: abc") == "");
  BOOST_TEST(ticket("X-Authorization: bearer abc") == "");
}

BOOST_AUTO_TEST_CASE(request_that_has_not_come_whole_is_waited_for) {
  const std::string whole =
      "POST /idtoken HTTP/1.1\r\nAuthorization: bearer abc\r\nContent-Length: 2\r\n\r\n{}";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST((ReadTokenQuery(whole.substr(0, size)).state == State::kIncomplete), size);
  }
  BOOST_TEST((ReadTokenQuery(whole).state == State::kGood));
}

BOOST_AUTO_TEST_CASE(an_older_client_is_understood) {
  const auto read =
      ReadTokenQuery("\r\n\r\nGET /idtoken?audience=a HTTP/1.0\r\nauthorization: bearer b\r\n\r\n");
  BOOST_TEST((read.state == State::kGood));
  BOOST_TEST(read.query.ticket == "b");
}

BOOST_AUTO_TEST_CASE(what_is_not_such_a_request_is_refused) {
  const std::string end = " HTTP/1.1\r\n\r\n";
  BOOST_TEST(StatusOf("hello\r\n\r\n") == 400);
  BOOST_TEST(StatusOf("GET /idtoken\r\n\r\n") == 400);
  BOOST_TEST(StatusOf("GET /idtoken?audience=a HTTP/1.1\n\n") == 400);
  BOOST_TEST(StatusOf("GET /idtoken HTTP/2\r\n\r\n") == 400);
  BOOST_TEST(StatusOf("GET /idtoken?audience=a&audience=b" + end) == 400);
  BOOST_TEST(StatusOf("GET /idtoken?audience=" + std::string(1025, 'a') + end) == 400);
  BOOST_TEST(StatusOf("GET /" + end) == 404);
  BOOST_TEST(StatusOf("GET /idtoken/x" + end) == 404);
  BOOST_TEST(StatusOf("PUT /idtoken" + end) == 405);
  const std::string post = "POST /idtoken HTTP/1.1\r\n";
  BOOST_TEST(StatusOf(post + "Transfer-Encoding: chunked\r\n\r\n") == 411);
  BOOST_TEST(StatusOf(post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n") == 400);
  BOOST_TEST(StatusOf(post + "Content-Length: -1\r\n\r\n") == 400);
  BOOST_TEST(StatusOf(post + "Content-Length: 99999999999999999999\r\n\r\n") == 400);
  BOOST_TEST(StatusOf(post + "Content-Length: 16385\r\n\r\n") == 413);
  BOOST_TEST(StatusOf("GET /idtoken HTTP/1.1\r\nx: " + std::string(kMaxHeadBytes, 'x')) == 431);
}

BOOST_AUTO_TEST_CASE(two_tickets_are_refused) {
  const auto read = Get("/idtoken", "Authorization: bearer a\r\nAuthorization: bearer b\r\n");
  BOOST_TEST((read.state == State::kBad));
}

BOOST_AUTO_TEST_CASE(answer_has_its_length_and_ends_the_connection) {
  BOOST_TEST(FormatHttpAnswer(200, "{}") ==
             "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
             "Content-Length: 2\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{}");
}

BOOST_AUTO_TEST_SUITE_END()
