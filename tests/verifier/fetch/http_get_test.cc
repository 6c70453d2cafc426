#include "verifier/fetch/http_get.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/has.h"
#include "tests/support/raw_server.h"

using namespace jobwarden;
using jobwarden::testing::Has;
using jobwarden::testing::RawServer;
using jobwarden::testing::ReadHeader;
using jobwarden::testing::SendText;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kBody = "Content-Length: 2\r\n\r\n{}";

std::string Fields(int count) {
  std::string fields;
  for (int i = 0; i < count; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  return fields;
}

// A server that sends certain bytes, and closes the connection.
struct Fixture {
  std::string asked;

  HttpTry Try(const std::string& bytes) {
    const RawServer server([&](Poco::Net::StreamSocket& socket, const RawServer&) {
      asked = ReadHeader(socket);
      SendText(socket, bytes);
      socket.shutdownSend();
    });
    const auto url = ParseUrl("http://127.0.0.1:" + std::to_string(server.port()) + "/keys");
    BOOST_REQUIRE(url);
    return TryHttpGet({*url}, KeySettings(),
                      std::chrono::steady_clock::now() + std::chrono::seconds(30));
  }

  void Answers(const std::string& bytes, int status, const std::string& body) {
    const HttpTry made = Try(bytes);
    BOOST_TEST((made.end == HttpTry::End::kAnswered), made.problem << ": " << bytes);
    BOOST_TEST(made.answer.status == status, bytes);
    BOOST_TEST(made.answer.body == body, bytes);
  }

  void Refuses(const std::string& bytes, const std::string& problem) {
    const HttpTry made = Try(bytes);
    BOOST_TEST((made.end == HttpTry::End::kRefused), bytes.substr(0, 100));
    BOOST_TEST(made.problem == problem);
    BOOST_TEST(!made.hint.empty());
    BOOST_TEST(made.answer.body.empty());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_get, Fixture)

BOOST_AUTO_TEST_CASE(every_interim_answer_is_passed_over) {
  for (const char* status : {"100 Continue", "101 Switching Protocols", "102 Processing",
                             "103 Early Hints", "104 X", "199 Whatever"}) {
    const std::string interim = "HTTP/1.1 " + std::string(status) + "\r\nLink: </a>\r\n\r\n";
    Answers(interim + kOk + kBody, 200, "{}");
    Answers(interim + interim + "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, "");
  }
}

BOOST_AUTO_TEST_CASE(fields_of_an_interim_answer_are_not_those_of_the_answer) {
  const HttpTry made =
      Try("HTTP/1.1 103 Early Hints\r\nETag: \"a\"\r\nAge: 7\r\nContent-Encoding: gzip\r\n\r\n" +
          kOk + "ETag: \"b\"\r\n" + kBody);
  BOOST_TEST((made.end == HttpTry::End::kAnswered));
  BOOST_TEST(made.answer.etag == "\"b\"");
  BOOST_TEST(made.answer.age == "");
}

BOOST_AUTO_TEST_CASE(interim_answers_alone_are_not_an_answer) {
  for (const char* bytes : {"HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n",
                            "HTTP/1.1 103 Early Hints\r\n\r\n{}"}) {
    BOOST_TEST((Try(bytes).end == HttpTry::End::kBroken), bytes);
  }
}

BOOST_AUTO_TEST_CASE(a_thousand_fields_are_read) {
  Answers(kOk + Fields(101) + kBody, 200, "{}");
  Answers(kOk + Fields(999) + kBody, 200, "{}");
  Refuses(kOk + Fields(1000) + kBody, "the answer's header has more than 1000 fields");
}

BOOST_AUTO_TEST_CASE(a_field_that_is_too_long_is_named) {
  Answers(kOk + "X: " + std::string(8000, 'a') + "\r\n" + kBody, 200, "{}");
  const std::string problem =
      "the answer's header has a field of more than 8192 bytes, or one whose line does not end";
  Refuses(kOk + "X: " + std::string(9000, 'a') + "\r\n" + kBody, problem);
  Refuses(kOk + "X: a\r\n " + std::string(9000, 'a') + "\r\n" + kBody, problem);
  Refuses("HTTP/1.1 103 Early Hints\r\nX: " + std::string(9000, 'a') + "\r\n\r\n", problem);
  Refuses(kOk + std::string(300, 'a') + ": b\r\n" + kBody,
          "the answer's header has a name of more than 256 bytes, or one without a colon");
}

BOOST_AUTO_TEST_CASE(an_encoding_that_was_not_asked_for_is_named) {
  for (const std::string name : {"gzip", "br", "GZip, identity"}) {
    Refuses(kOk + "Content-Encoding: " + name + "\r\n" + kBody,
            "the answer is encoded as \"" + name + "\", which was not asked for");
  }
  Refuses(kOk + "Content-Encoding: a\"b\r\n" + kBody,
          "the answer is encoded as \"a\\\"b\", which was not asked for");
  Refuses(kOk + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
          "the answer is encoded as \"gzip, chunked\", which was not asked for");
  BOOST_TEST(Has(asked, "Accept-Encoding: identity\r\n"));
  Answers(kOk + "Content-Encoding: Identity\r\n" + kBody, 200, "{}");
  Answers(kOk + "Content-Encoding:\r\n" + kBody, 200, "{}");
  Answers(kOk + "Transfer-Encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 200, "{}");
  Answers("HTTP/1.1 404 Not Found\r\nContent-Encoding: gzip\r\n\r\n", 404, "");
}

BOOST_AUTO_TEST_SUITE_END()
