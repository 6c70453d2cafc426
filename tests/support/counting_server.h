#ifndef JOBWARDEN_TESTS_SUPPORT_COUNTING_SERVER_H_
#define JOBWARDEN_TESTS_SUPPORT_COUNTING_SERVER_H_

#include <atomic>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "tests/support/raw_server.h"

namespace jobwarden::testing {

/// A static server on loopback, without TLS, that counts requests and bytes. All its files have one
/// ETag.
class CountingServer {
 public:
  explicit CountingServer(std::map<std::string, std::string> files)
      : files_(std::move(files)),
        server_([this](auto& socket, const RawServer&) { Serve(socket); }) {}

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
  }
  void Reset() { requests = received = sent = 0; }

  std::atomic<std::size_t> requests{0}, received{0}, sent{0};

 private:
  void Serve(Poco::Net::StreamSocket& socket) {
    const std::string request = ReadHeader(socket);
    if (request.size() < 5) return;
    const std::string path = request.substr(4, request.find(' ', 4) - 4);
    const bool known = request.find("If-None-Match: \"1\"") != std::string::npos;
    const std::string& body = files_[path];
    // With the fields that nginx sends.
    const std::string fields =
        "Server: nginx/1.22.1\r\nDate: Sat, 28 Nov 2026 06:00:00 GMT\r\n"
        "Last-Modified: Sat, 28 Nov 2026 05:00:00 GMT\r\nConnection: close\r\nETag: \"1\"\r\n";
    const std::string answer =
        known ? "HTTP/1.1 304 Not Modified\r\n" + fields + "\r\n"
              : "HTTP/1.1 200 OK\r\n" + fields + "Content-Type: application/octet-stream\r\n" +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    ++requests;
    received += request.size();
    sent += answer.size();
    SendText(socket, answer);
  }

  std::map<std::string, std::string> files_;
  RawServer server_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_COUNTING_SERVER_H_
