#ifndef JOBWARDEN_VERIFIER_SERVICE_NOTIFY_H_
#define JOBWARDEN_VERIFIER_SERVICE_NOTIFY_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/os/fd.h"

namespace jobwarden {

/// Tells systemd how the service is (sd_notify(3)), through the socket that NOTIFY_SOCKET names.
/// Without one it does nothing.
class ServiceNotifier {
 public:
  /// Reads NOTIFY_SOCKET and WATCHDOG_USEC, and removes them.
  static ServiceNotifier FromEnvironment();

  void Ready(std::string_view status) const;
  void Reloading() const;
  void Stopping() const;
  void Alive() const;
  /// How often Alive must be called; nothing: never.
  std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

 private:
  void Send(const std::string& text) const;

  std::string path_;
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_NOTIFY_H_
