#include "verifier/http/request_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verifier/base/number.h"

namespace jobwarden {
namespace {

// A chunk's size line, with its extensions (RFC 9112 §7.1.1), and a line of a trailer.
constexpr std::size_t kMaxChunkLine = 512;
// All bytes that only frame chunks. A body in chunks of one byte needs five times its size.
constexpr std::size_t kMaxOverhead = 65'536;

// A buffer of this size stays for the next request.
constexpr std::size_t kKept = 4096;

void WipeLarge(std::string& text) {
  Wipe(text);
  // An assignment would keep the memory.
  if (text.capacity() > kKept) std::string().swap(text);
}

// The path and the query of a target, which may begin with scheme and server (RFC 9112 §3.2.2).
std::string PathOf(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!SameWithoutCase(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(std::min(target.size(), target.find_first_of("/?", scheme.size())));
    std::string path;
    path.reserve(target.size() + 1);
    if (!target.starts_with('/')) path = '/';
    path.append(target);
    return path;
  }
  return std::string(target);
}

}  // namespace

void ReceivedRequest::Wipe() {
  WipeLarge(target);
  WipeLarge(authorization);
  WipeLarge(body);
}

void RequestReader::Fail(HttpFault fault) {
  state_ = State::kBad;
  fault_ = std::move(fault);
}

void RequestReader::Reset() {
  request_.Wipe();
  WipeLarge(head_);
  line_.clear();
  state_ = State::kHead;
  expects_continue_ = false;
  chunk_ = Chunk::kSize;
  overhead_ = 0;
}

std::size_t RequestReader::held() const {
  return head_.capacity() + line_.capacity() + request_.target.capacity() +
         request_.authorization.capacity() + request_.body.capacity();
}

bool RequestReader::TakeContinue() {
  return state_ == State::kBody && std::exchange(expects_continue_, false);
}

void RequestReader::TakeHead(std::string_view bytes) {
  auto parsed = ParseHead(bytes);
  if (auto* fault = std::get_if<HttpFault>(&parsed)) return Fail(std::move(*fault));
  const auto& head = std::get<HttpHead>(parsed);
  auto framed = FramingOf(head, max_body_);
  if (auto* fault = std::get_if<HttpFault>(&framed)) return Fail(std::move(*fault));
  const auto& framing = std::get<HttpFraming>(framed);
  // RFC 9112 §3.2.
  if (!head.is_1_0 && head.Find("host").empty()) {
    return Fail({400, "the field Host is missing"});
  }
  if (head.Count("authorization") > 1) return Fail({400, "the field authorization appears twice"});
  request_.method = head.method;
  request_.target = PathOf(head.target);
  request_.authorization = head.Find("authorization");
  request_.keep_alive = framing.keep_alive;
  expects_continue_ = framing.expects_continue;
  chunked_ = framing.chunked;
  missing_ = framing.length;
  state_ = chunked_ || missing_ > 0 ? State::kBody : State::kDone;
  // The buffer does not grow while the body comes: that would leave copies behind.
  if (missing_ > 0) request_.body.reserve(missing_);
}

std::size_t RequestReader::Take(std::string_view bytes) {
  std::size_t taken = 0;
  if (state_ == State::kHead) {
    // The end of the head may lie across the border of two pieces.
    std::size_t had = head_.size();
    if (head_ == "\r" && bytes.starts_with('\n')) {  // an empty line before the request
      head_.clear();
      had = 0;
      taken = 1;
    }
    if (had == 0) {
      while (bytes.substr(taken).starts_with('\n') || bytes.substr(taken).starts_with("\r\n")) {
        taken += bytes[taken] == '\n' ? 1 : 2;
      }
    }
    const std::string_view fresh = bytes.substr(taken);
    if (fresh.empty()) return taken;
    const std::size_t room = kMaxHeadBytes + 1 - had;
    std::string_view whole = fresh.substr(0, room);
    if (had != 0) {
      head_.append(whole);
      whole = head_;
    }
    const std::size_t length = HeadLength(whole, had < 3 ? 0 : had - 3);
    if (length == whole.npos) {
      if (whole.size() > kMaxHeadBytes) {
        Fail({431, fmt::format("the request's header has more than {} bytes", kMaxHeadBytes)});
      } else if (had == 0) {
        head_ = whole;
      }
      return bytes.size();
    }
    taken += length - had;
    TakeHead(whole.substr(0, length));
    WipeLarge(head_);
  }
  if (state_ == State::kBody && chunked_) return taken + TakeChunks(bytes.substr(taken));
  if (state_ == State::kBody) {
    const std::string_view part = bytes.substr(taken, missing_);
    request_.body.append(part);
    missing_ -= part.size();
    taken += part.size();
    if (missing_ == 0) state_ = State::kDone;
  }
  return taken;
}

// RFC 9112 §7.1. A trailer is read and dropped.
std::size_t RequestReader::TakeChunks(std::string_view bytes) {
  std::size_t taken = 0;
  while (state_ == State::kBody && taken < bytes.size()) {
    if (chunk_ == Chunk::kData) {
      const std::string_view part = bytes.substr(taken, missing_);
      // Growing moves the bytes, and would leave a copy behind.
      if (request_.body.capacity() < request_.body.size() + part.size()) {
        std::string larger;
        larger.reserve(std::min(max_body_, 2 * (request_.body.size() + part.size())));
        larger = request_.body;
        Wipe(request_.body);
        request_.body = std::move(larger);
      }
      request_.body.append(part);
      missing_ -= part.size();
      taken += part.size();
      if (missing_ == 0) chunk_ = Chunk::kDataEnd;
      continue;
    }
    const char c = bytes[taken++];
    if (++overhead_ > kMaxOverhead) {
      Fail({400, "the chunks of the body cost more than they bring"});
      break;
    }
    if (c != '\n') {
      line_ += c;
      if (line_.size() > kMaxChunkLine) Fail({400, "a line of the chunked body is too long"});
      continue;
    }
    const std::string line = std::exchange(line_, "");
    if (!line.ends_with('\r')) {
      Fail({400, "a line of the chunked body ends without a CR"});
    } else {
      TakeChunkLine(std::string_view(line).substr(0, line.size() - 1));
    }
  }
  return taken;
}

void RequestReader::TakeChunkLine(std::string_view line) {
  if (std::any_of(line.begin(), line.end(), IsControl)) {
    return Fail({400, "a line of the chunked body has control characters"});
  }
  switch (chunk_) {
    case Chunk::kData:
      break;
    case Chunk::kDataEnd:
      if (!line.empty()) return Fail({400, "a chunk is longer than its size"});
      chunk_ = Chunk::kSize;
      break;
    case Chunk::kTrailer:
      if (line.empty()) state_ = State::kDone;
      break;
    case Chunk::kSize: {
      const auto size = ParseNumber<std::size_t>(line.substr(0, line.find(';')), 16);
      if (!size) return Fail({400, "a chunk's size is not a hexadecimal number"});
      if (*size > max_body_ - request_.body.size()) {
        return Fail({413, fmt::format("body: expected {} bytes at most", max_body_)});
      }
      missing_ = *size;
      chunk_ = *size == 0 ? Chunk::kTrailer : Chunk::kData;
    }
  }
}

}  // namespace jobwarden
