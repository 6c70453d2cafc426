// What `jobwarden serve` reads of a stranger: requests over HTTP, in pieces, and their bodies.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/http/request_reader.h"
#include "verifier/service/body.h"
#include "verifier/service/inspect.h"
#include "verifier/service/trusted_key.h"

using namespace jobwarden;

namespace {

using State = RequestReader::State;

constexpr std::size_t kMaxBody = 4096;

void Require(bool holds) {
  if (!holds) std::abort();
}

// All requests of a connection, as they are understood, up to the first that is bad.
std::vector<std::string> ReadAll(std::string_view bytes, std::size_t piece) {
  std::vector<std::string> seen;
  RequestReader reader(kMaxBody);
  while (!bytes.empty()) {
    const std::size_t taken = reader.Take(bytes.substr(0, piece));
    Require(taken > 0);
    bytes.remove_prefix(taken);
    if (reader.state() == State::kBad) {
      const HttpFault& fault = reader.fault();
      Require(fault.status >= 400 && fault.status < 500 && !fault.problem.empty());
      seen.push_back("bad " + std::to_string(fault.status));
      return seen;
    }
    if (reader.state() != State::kDone) continue;
    ReceivedRequest& request = reader.request();
    Require(request.body.size() <= kMaxBody);
    Require(request.authorization.find_first_of("\r\n") == std::string::npos);
    seen.push_back(request.method + " " + request.target + " " + request.authorization + " " +
                   request.body + (request.keep_alive ? " stays" : " ends"));
    reader.Reset();
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 64U;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  // The pieces in which a request comes make no difference.
  Require(ReadAll(text, text.size()) == ReadAll(text, piece));

  Body body(text);
  body.TakeSecret("token", Body::Need::kRequired);
  body.Texts("audiences", Body::Need::kRequired);
  if (body.Enter("policy")) {
    body.Integer("clock_skew_seconds", 0, 600);
    body.RefuseOthers();
    body.Leave();
  }
  body.RefuseOthers();
  if (!body.good()) Require(body.Refusal().status == 422);
  static_cast<void>(InspectRequest(text));
  static_cast<void>(ReadTrustedKey(text, "kid"));
  static_cast<void>(VerifyMac(text, "secret", {"HS256"}));
  return 0;
}
