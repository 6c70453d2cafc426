#include "hooks/github/held_process.h"

#include <fmt/format.h>
#include <signal.h>

extern "C" {  // glibc 2.36's header lacks this
#include <sys/pidfd.h>
}

#include <cerrno>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/os/file.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

Finding Fault(pid_t pid, std::string_view problem) {
  return {Code::kDriverFailed, fmt::format("process {}: {}", pid, problem)};
}

}  // namespace

Result<HeldProcess> HeldProcess::Hold(pid_t pid) {
  Fd fd(pidfd_open(pid, 0));
  const auto stat = StatOf(pid);
  if (!stat) return Fault(pid, "it has ended");
  return HeldProcess(pid, std::move(fd), stat->started);
}

bool HeldProcess::HasEnded() const {
  const auto stat = StatOf(pid_);
  return !stat || stat->started != started_;
}

Status HeldProcess::Signal(int signal) const {
  if (fd_ && pidfd_send_signal(fd_.get(), signal, nullptr, 0) == 0) return Ok();
  if (HasEnded()) return Fault(pid_, "it has ended");
  if (kill(pid_, signal) == 0) return Ok();
  return Fault(pid_, ErrorText(errno));
}

}  // namespace jobwarden
