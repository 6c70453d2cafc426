#ifndef JOBWARDEN_VERIFIER_DOCTOR_PROBE_ENDPOINT_H_
#define JOBWARDEN_VERIFIER_DOCTOR_PROBE_ENDPOINT_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "verifier/os/fd.h"

namespace jobwarden {

/// Stands in for GitHub's endpoint for id_tokens, on a port of its own of 127.0.0.1: answers every
/// request with the token that `mint` makes for the audience that is asked for. For one client,
/// which is a program of ours.
class ProbeEndpoint {
 public:
  using Mint = std::function<std::string(const std::string& audience)>;

  /// Throws std::system_error if no port can be had.
  explicit ProbeEndpoint(Mint mint);
  ~ProbeEndpoint();
  ProbeEndpoint(const ProbeEndpoint&) = delete;
  ProbeEndpoint& operator=(const ProbeEndpoint&) = delete;

  /// The value of ACTIONS_ID_TOKEN_REQUEST_URL.
  std::string url() const;

 private:
  void Serve();
  void AnswerOne(int connection) const;

  Mint mint_;
  Fd socket_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_PROBE_ENDPOINT_H_
