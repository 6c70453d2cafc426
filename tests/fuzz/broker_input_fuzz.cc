// What the token broker reads of a stranger: requests over HTTP, a guard's line, the kernel's table
// of connections (which holds what others did), and the hook's order.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "verifier/broker/asker.h"
#include "verifier/broker/http_request.h"
#include "verifier/broker/order.h"
#include "verifier/broker/ticket_request.h"
#include "verifier/provider/issuer.h"

using namespace jobwarden;

namespace {

using State = HttpRequestRead::State;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckRequest(std::string_view bytes) {
  const HttpRequestRead read = ReadTokenQuery(bytes);
  if (read.state == State::kBad) {
    Require(read.status >= 400 && read.status < 500 && !read.problem.empty());
  }
  if (read.state != State::kGood) return;
  Require(!read.query.audience ||
          (!read.query.audience->empty() && read.query.audience->size() <= kMaxAudienceBytes));
  Require(read.query.ticket.find_first_of("\r\n") == std::string::npos);
  // What came before was not a request yet, or was refused no earlier than now.
  const State half = ReadTokenQuery(bytes.substr(0, bytes.size() / 2)).state;
  Require(half != State::kBad);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CheckRequest(text);
  // An audience arrives as it was sent.
  if (size <= kMaxAudienceBytes / 3 && size > 0) {
    std::string query = "GET /idtoken?api-version=2.0&audience=";
    constexpr char kHex[] = "0123456789ABCDEF";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      query += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
    const auto read = ReadTokenQuery(query + " HTTP/1.1\r\n\r\n");
    Require(read.state == State::kGood && read.query.audience == text);
  }
  if (const auto request = ParseTicketRequest(text)) {
    const std::string line = FormatTicketRequest(*request);
    Require(line.size() <= kMaxTicketLineBytes && line.find('\n') == line.size() - 1);
  }
  ParseTicket(text);
  static_cast<void>(FindSocketOwner(text, {}));
  if (const auto order = ParseBrokerOrder(text)) {
    const Secret line = FormatBrokerOrder(*order);
    Require(bool(ParseBrokerOrder(line.view().substr(0, line.size() - 1))));
  }
  return 0;
}
