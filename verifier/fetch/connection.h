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

/// Connects to a host by name or address, all of its addresses in turn, until the deadline.
/// KEYS_UNAVAILABLE in words, for example `connection refused by 127.0.0.1:443`.
Result<Poco::Net::StreamSocket> Connect(const std::string& host, std::uint16_t port,
                                        Deadline deadline);

/// Shuts a socket down when the deadline comes, so that no read or handshake on it outlives that,
/// however slowly its peer drips. The socket may be closed before this ends.
class Watch {
 public:
  Watch(const Poco::Net::StreamSocket& socket, Deadline deadline);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

 private:
  Fd socket_;  // of its own: the number of another's may mean something else by then
  std::mutex mutex_;
  std::condition_variable done_changed_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_CONNECTION_H_
