// Requests as they arrive: in any pieces, whole or wrong.

#include "verifier/http/request_reader.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

using State = RequestReader::State;

constexpr std::size_t kMaxBody = 1000;

// What a reader makes of these bytes, which come in pieces of `size`.
struct Read {
  State state{};
  std::size_t taken = 0;
  int status = 0;
  std::string method, target, authorization, body;
  bool keep_alive = false;
};

Read ReadPieces(std::string_view bytes, std::size_t size) {
  RequestReader reader(kMaxBody);
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    const std::string_view piece = bytes.substr(taken, size);
    taken += reader.Take(piece);
    if (reader.state() == State::kDone || reader.state() == State::kBad) break;
  }
  Read read;
  read.state = reader.state();
  read.taken = taken;
  if (reader.state() == State::kBad) read.status = reader.fault().status;
  if (reader.state() == State::kDone) {
    ReceivedRequest& request = reader.request();
    read.method = request.method;
    read.target = request.target;
    read.authorization = request.authorization;
    read.body = request.body;
    read.keep_alive = request.keep_alive;
  }
  return read;
}

Read ReadAll(const std::string& bytes) {
  Read whole = ReadPieces(bytes, bytes.size());
  for (const std::size_t size : {1U, 2U, 3U, 7U}) {
    const Read pieces = ReadPieces(bytes, size);
    BOOST_TEST((pieces.state == whole.state), bytes);
    BOOST_TEST(pieces.status == whole.status, bytes);
    BOOST_TEST(pieces.body == whole.body);
    BOOST_TEST(pieces.target == whole.target);
    if (whole.state == State::kDone) BOOST_TEST(pieces.taken == whole.taken);
  }
  return whole;
}

std::string Post(const std::string& fields, const std::string& rest = "") {
  return "POST /v1/decide HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + rest;
}

int StatusOf(const std::string& bytes) {
  const Read read = ReadAll(bytes);
  return read.state == State::kBad ? read.status : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_reader)

BOOST_AUTO_TEST_CASE(request_is_the_same_in_whatever_pieces_it_comes) {
  const Read read =
      ReadAll(Post("Authorization: Bearer abc\r\ncontent-length: 5\r\n", "helloGET /next"));
  BOOST_TEST((read.state == State::kDone));
  BOOST_TEST(read.method == "POST");
  BOOST_TEST(read.target == "/v1/decide");
  BOOST_TEST(read.authorization == "Bearer abc");
  BOOST_TEST(read.body == "hello");
  BOOST_TEST(read.keep_alive);
}

BOOST_AUTO_TEST_CASE(chunks_are_put_together_and_extensions_and_trailers_dropped) {
  const Read read = ReadAll(
      Post("Transfer-Encoding: chunked\r\n", "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\nGET"));
  BOOST_TEST((read.state == State::kDone));
  BOOST_TEST(read.body == "abcde");
}

BOOST_AUTO_TEST_CASE(empty_lines_before_a_request_are_passed_over) {
  const Read read = ReadAll("\r\n\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST((read.state == State::kDone));
  BOOST_TEST(read.target == "/");
}

BOOST_AUTO_TEST_CASE(connection_stays_unless_the_client_or_http_1_0_ends_it) {
  BOOST_TEST(!ReadAll(Post("Connection: close\r\n")).keep_alive);
  BOOST_TEST(!ReadAll(Post("Connection: x, Close\r\n")).keep_alive);
  BOOST_TEST(!ReadAll(Post("Connection: keep-alive\r\nConnection: close\r\n")).keep_alive);
  BOOST_TEST(!ReadAll("GET / HTTP/1.0\r\n\r\n").keep_alive);
  BOOST_TEST(!ReadAll("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").keep_alive);
  BOOST_TEST(ReadAll("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

BOOST_AUTO_TEST_CASE(what_two_servers_could_read_differently_is_refused) {
  BOOST_TEST(StatusOf(Post("Content-Length: 1\r\nContent-Length: 1\r\n", "x")) == 400);
  BOOST_TEST(StatusOf(Post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "x")) == 400);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: gzip, chunked\r\n")) == 400);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")) == 400);
  BOOST_TEST(StatusOf(Post("Content-Length : 1\r\n", "x")) == 400);
  BOOST_TEST(StatusOf(Post("X: a\r\n Content-Length: 1\r\n", "x")) == 400);
  BOOST_TEST(StatusOf(Post("Content-Length: +1\r\n", "x")) == 400);
  BOOST_TEST(StatusOf(Post("Host: y\r\n")) == 400);
  BOOST_TEST(StatusOf(Post("X: a\rContent-Length: 1\r\n")) == 400);
  BOOST_TEST(StatusOf("GET / HTTP/1.1\r\n\r\n") == 400);
  BOOST_TEST(StatusOf("GET /\r\n\r\n") == 400);
  BOOST_TEST(StatusOf("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == 400);
  BOOST_TEST(StatusOf(Post("Authorization: a\r\nAuthorization: b\r\n")) == 400);
  // A server that takes a field without a value for absent frames the request by another.
  BOOST_TEST(StatusOf(Post("Content-Length:\r\n")) == 400);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: \r\nContent-Length: 1\r\n", "x")) == 400);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding:\r\n")) == 400);
  BOOST_TEST(StatusOf(Post("Content-Length: 1, 1\r\n", "x")) == 400);
  BOOST_TEST(StatusOf(Post("Content-Length: 0x1\r\n", "x")) == 400);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: \vchunked\r\n")) == 400);
  BOOST_TEST(StatusOf("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  BOOST_TEST(StatusOf("GET http://a/ HTTP/1.1\r\n\r\n") == 400);
}

// To one server LF alone ends a line, to another it is a character of the line.
BOOST_AUTO_TEST_CASE(line_that_ends_without_a_cr_is_refused) {
  BOOST_TEST(StatusOf("GET / HTTP/1.1\nHost: x\n\n") == 400);
  BOOST_TEST(StatusOf(Post("X: a\nContent-Length: 1\r\n", "x")) == 400);
  BOOST_TEST(StatusOf(Post("X: a\n")) == 400);
  const std::string chunked = Post("Transfer-Encoding: chunked\r\n");
  for (const char* chunks :
       {"1\nx\r\n0\r\n\r\n", "1\r\nx\n0\r\n\r\n", "1\r\nx\r\n0\n\r\n", "1\r\nx\r\n0\r\n\n",
        "1;\n\r\nx\r\n0\r\n\r\n", "1\r\nx\r\n0\r\nX: y\n\r\n"}) {
    BOOST_TEST(StatusOf(chunked + chunks) == 400, chunks);
  }
}

BOOST_AUTO_TEST_CASE(size_of_a_chunk_is_digits_alone) {
  const std::string chunked = Post("Transfer-Encoding: chunked\r\n");
  for (const char* size :
       {" 1", "1 ", "\t1", "0x1", "+1", "-1", "1 1", "1\v", "1;a\rb", "1;\x01", ""}) {
    BOOST_TEST(StatusOf(chunked + size + "\r\nx\r\n0\r\n\r\n") == 400, size);
  }
  BOOST_TEST(StatusOf(chunked + "1\r\nx\r\n0\r\nX: \x01\r\n\r\n") == 400);
  BOOST_TEST(StatusOf(chunked + "00001\r\nx\r\n0\r\n\r\n") == 0);
}

// RFC 9112 §3.2.2.
BOOST_AUTO_TEST_CASE(target_may_name_the_server) {
  const auto target = [](const std::string& text) {
    return ReadAll("GET " + text + " HTTP/1.1\r\nHost: x\r\n\r\n").target;
  };
  BOOST_TEST(target("http://a.example:80/healthz?a=b") == "/healthz?a=b");
  BOOST_TEST(target("HTTPS://a.example/healthz") == "/healthz");
  BOOST_TEST(target("http://a.example") == "/");
  BOOST_TEST(target("http://a.example?a=b") == "/?a=b");
  BOOST_TEST(target("ftp://a.example/healthz") == "ftp://a.example/healthz");
  BOOST_TEST(target("//a.example/healthz") == "//a.example/healthz");
}

// A connection may be idle for long, and there are many.
BOOST_AUTO_TEST_CASE(idle_reader_keeps_no_large_buffer) {
  RequestReader reader(kMaxBody * 1000);
  const std::string body(kMaxBody * 900, 'x');
  for (const std::string& request :
       {Post("Content-Length: " + std::to_string(body.size()) + "\r\n", body),
        Post("Transfer-Encoding: chunked\r\n", "dbba0\r\n" + body + "\r\n0\r\n\r\n"),
        Post("Authorization: Bearer " + std::string(15'000, 'x') + "\r\n"),
        "GET /" + std::string(15'000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    for (std::size_t at = 0; at < request.size(); at += 4096) {
      reader.Take(std::string_view(request).substr(at, 4096));
    }
    BOOST_TEST((reader.state() == State::kDone));
    BOOST_TEST(reader.held() >= 15'000U);
    reader.Reset();
    BOOST_TEST(reader.held() <= 16'384U);
  }
}

BOOST_AUTO_TEST_CASE(what_is_too_much_is_refused_before_it_is_kept) {
  BOOST_TEST(StatusOf(Post("Content-Length: 1001\r\n")) == 413);
  BOOST_TEST(StatusOf(Post("Content-Length: 99999999999999999999\r\n")) == 400);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: chunked\r\n", "3e9\r\n")) == 413);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n")) == 413);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n")) == 400);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: chunked\r\n", "1;" + std::string(600, 'x'))) == 400);
  BOOST_TEST(StatusOf("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x')) == 431);
  std::string many;
  for (int i = 0; i < 101; ++i) many += "X: y\r\n";
  BOOST_TEST(StatusOf(Post(many)) == 431);
}

BOOST_AUTO_TEST_CASE(chunks_that_bring_less_than_they_cost_end) {
  std::string bytes = Post("Transfer-Encoding: chunked\r\n");
  for (int i = 0; i < 300; ++i) bytes += "1;" + std::string(300, 'e') + "\r\nx\r\n";
  BOOST_TEST(StatusOf(bytes) == 400);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: chunked\r\n", "1\r\nxyz\r\n")) == 400);
  BOOST_TEST(StatusOf(Post("Transfer-Encoding: chunked\r\n", "\r\n")) == 400);
}

BOOST_AUTO_TEST_CASE(client_that_waits_to_be_told_to_go_on_is_told_once) {
  RequestReader reader(kMaxBody);
  reader.Take(Post("Content-Length: 2\r\nExpect: 100-continue\r\n"));
  BOOST_TEST(reader.TakeContinue());
  BOOST_TEST(!reader.TakeContinue());
  reader.Take("{}");
  BOOST_TEST((reader.state() == State::kDone));
  BOOST_TEST(StatusOf(Post("Expect: a miracle\r\n")) == 417);
}

BOOST_AUTO_TEST_CASE(reader_takes_the_next_request_after_a_reset) {
  RequestReader reader(kMaxBody);
  const std::string two =
      Post("Content-Length: 2\r\n", "{}") + Post("Content-Length: 3\r\n", "[1]");
  const std::size_t first = reader.Take(two);
  BOOST_TEST(reader.request().body == "{}");
  reader.Reset();
  BOOST_TEST(reader.IsIdle());
  reader.Take(std::string_view(two).substr(first));
  BOOST_TEST(reader.request().body == "[1]");
}

BOOST_AUTO_TEST_SUITE_END()
