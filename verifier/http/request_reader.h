#ifndef JOBWARDEN_VERIFIER_HTTP_REQUEST_READER_H_
#define JOBWARDEN_VERIFIER_HTTP_REQUEST_READER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "verifier/base/secret.h"
#include "verifier/http/head.h"

namespace jobwarden {

/// A request that has arrived whole.
struct ReceivedRequest {
  std::string method;
  std::string target;         ///< without scheme and server; it may hold a token
  std::string authorization;  ///< the field's value
  std::string body;
  bool keep_alive = true;

  /// Overwrites what may be secret, and frees what is large.
  void Wipe();
};

/// Reads one request after another from a connection, in whatever pieces they arrive. Its memory is
/// bounded by kMaxHeadBytes and `max_body`, and its time by the number of bytes: no piece is read
/// again when the next one comes.
class RequestReader {
 public:
  enum class State {
    kHead,  ///< more bytes of a head are needed, or none have come
    kBody,
    kDone,
    kBad,  ///< `fault` says why; the connection cannot go on, because its framing is lost
  };

  explicit RequestReader(std::size_t max_body) : max_body_(max_body) {}
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  ~RequestReader() { Reset(); }

  /// Takes bytes up to the end of the request, and returns how many. The rest is the next
  /// request's.
  std::size_t Take(std::string_view bytes);

  State state() const { return state_; }
  const HttpFault& fault() const { return fault_; }
  /// REQUIRES: kDone. The target, the method and whether the connection stays are also known in
  /// kBody.
  ReceivedRequest& request() { return request_; }
  /// Whether nothing of a request has come yet.
  bool IsIdle() const { return state_ == State::kHead && head_.empty(); }
  /// Whether the client waits for `100 Continue` before it sends the body. True once a request.
  bool TakeContinue();
  /// Bytes of memory.
  std::size_t held() const;
  /// Forgets the request, and wipes it.
  void Reset();

 private:
  void TakeHead(std::string_view head);
  std::size_t TakeChunks(std::string_view bytes);
  void Fail(HttpFault fault);

  void TakeChunkLine(std::string_view line);

  enum class Chunk { kSize, kData, kDataEnd, kTrailer };

  std::size_t max_body_;
  State state_ = State::kHead;
  std::string head_;  // of a head that came in pieces
  ReceivedRequest request_;
  HttpFault fault_{};
  bool expects_continue_ = false;
  bool chunked_ = false;
  std::size_t missing_ = 0;  // of the body, or of the chunk
  Chunk chunk_ = Chunk::kSize;
  std::string line_;          // of the chunked coding, as far as it has come
  std::size_t overhead_ = 0;  // bytes of the chunked coding that are not the body's
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HTTP_REQUEST_READER_H_
