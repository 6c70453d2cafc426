#include "verifier/os/below.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <system_error>

namespace jobwarden {

bool IsBelow(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

std::optional<std::string> PathBelow(const std::string& top, const std::string& path) {
  const std::filesystem::path to = std::filesystem::path(path).lexically_normal();
  std::error_code error;
  for (const auto& from :
       {std::filesystem::path(top).lexically_normal(), std::filesystem::canonical(top, error)}) {
    if (!from.is_absolute() || !to.is_absolute()) continue;
    const auto below = to.lexically_relative(from);
    if (!below.empty() && below != "." && *below.begin() != "..") return below.string();
  }
  return std::nullopt;
}

Fd OpenBelow(int folder, const std::string& path, int flags) {
  open_how how{};
  // O_NONBLOCK: a FIFO must not block us before fstat sees what it is.
  how.flags = static_cast<std::uint64_t>(flags | O_NONBLOCK);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  return Fd(static_cast<int>(syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)));
}

}  // namespace jobwarden
