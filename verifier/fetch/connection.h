#ifndef JOBWARDEN_VERIFIER_FETCH_CONNECTION_H_
#define JOBWARDEN_VERIFIER_FETCH_CONNECTION_H_

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "verifier/base/result.h"
#include "verifier/os/fd.h"

namespace jobwarden {

using Deadline = std::chrono::steady_clock::time_point;

/// Connects to a host, a name or an address. Each of its addresses is tried in turn, all of them
/// before the deadline. KEYS_UNAVAILABLE in words, for example `connection refused by
/// 127.0.0.1:443`.
Result<Poco::Net::StreamSocket> Connect(const std::string& host, std::uint16_t port,
                                        Deadline deadline);

/// While it lives, it shuts a socket down at the deadline, so that no read and no handshake on the
/// socket lasts longer, however slowly the peer sends. The socket may be closed before.
class CutAtDeadline {
 public:
  CutAtDeadline(const Poco::Net::StreamSocket& socket, Deadline deadline);
  CutAtDeadline(const CutAtDeadline&) = delete;
  CutAtDeadline& operator=(const CutAtDeadline&) = delete;
  ~CutAtDeadline();

 private:
  Fd socket_;  // a duplicate: the number of a socket that was closed may be another file's
  std::mutex mutex_;
  std::condition_variable done_changed_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_CONNECTION_H_
