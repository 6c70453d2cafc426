#include "verifier/service/notify.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "verifier/base/number.h"

namespace jobwarden {

ServiceNotifier ServiceNotifier::FromEnvironment() {
  ServiceNotifier notifier;
  // NOLINTBEGIN(concurrency-mt-unsafe): no other thread runs yet
  if (const char* path = std::getenv("NOTIFY_SOCKET")) notifier.path_ = path;
  const char* time = std::getenv("WATCHDOG_USEC");
  const char* pid = std::getenv("WATCHDOG_PID");
  if (time != nullptr && (pid == nullptr || ParseNumber<pid_t>(pid) == getpid())) {
    if (const auto number = ParseNumber<std::int64_t>(time); number && *number > 0) {
      notifier.watchdog_ = std::chrono::microseconds(*number);
    }
  }
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  // NOLINTEND(concurrency-mt-unsafe)
  return notifier;
}

void ServiceNotifier::Send(const std::string& text) const {
  sockaddr_un address{};
  if (path_.empty() || path_.size() >= sizeof(address.sun_path)) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  if (path_.front() == '@') address.sun_path[0] = '\0';  // an abstract socket
  const Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the form of the call
  sendto(fd.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
         reinterpret_cast<const sockaddr*>(&address), size);
}

void ServiceNotifier::Ready(std::string_view status) const {
  Send(fmt::format("READY=1\nSTATUS={}", status));
}

void ServiceNotifier::Reloading() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  Send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                   std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000));
}

void ServiceNotifier::Stopping() const {
  Send("STOPPING=1");
}

void ServiceNotifier::Alive() const {
  Send("WATCHDOG=1");
}

}  // namespace jobwarden
