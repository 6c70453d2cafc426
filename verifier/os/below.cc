#include "verifier/os/below.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// The mount that an open file lies on; -1 when the kernel does not say.
int MountOf(int fd) {
  int id = -1;
  file_handle handle{};  // without room for a handle, which nobody wants here
  if (name_to_handle_at(fd, "", &handle, &id, AT_EMPTY_PATH) == 0 || errno == EOVERFLOW) return id;
  // Some file systems have no handles. Old kernels show the next file to root alone.
  constexpr std::size_t kMaxBytes = 65'536;
  constexpr std::string_view kField = "\nmnt_id:\t";
  const std::string path = "/proc/self/fdinfo/" + std::to_string(fd);
  const auto text = ReadFile(path, kMaxBytes, Code::kDriverFailed, "mount of a file");
  const auto at = text ? text->find(kField) : std::string::npos;
  if (at == std::string::npos) return -1;
  id = -1;
  std::from_chars(text->data() + at + kField.size(), text->data() + text->size(), id);
  return id;
}

// Takes hold of the file with this name in a folder. Neither a device nor the server of another
// mount is asked for that. Returns 0 or an errno.
int Hold(int folder, const std::string& name, int mount, Fd& held) {
  held = Fd(openat(folder, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!held) return errno;
  const int own = MountOf(held.get());
  if (own != mount) return own < 0 ? ENOSYS : EXDEV;
  struct stat st {};
  if (fstat(held.get(), &st) != 0) return errno;
  return S_ISLNK(st.st_mode) ? ELOOP : 0;
}

}  // namespace

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
  Fd fd = OpenAtOnce(folder, path, flags);
  // A kernel before 5.6 does not know the call. Seccomp rules of an old container service refuse
  // it.
  if (fd || (errno != ENOSYS && errno != EPERM)) return fd;
  return OpenStepByStep(folder, path, flags);
}

Fd OpenAtOnce(int folder, const std::string& path, int flags) {
  open_how how{};
  // O_NONBLOCK: a FIFO must not block us before fstat sees what it is.
  how.flags = static_cast<std::uint64_t>(flags | O_NONBLOCK);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  return Fd(static_cast<int>(syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)));
}

Fd OpenStepByStep(int folder, const std::string& path, int flags) {
  const std::filesystem::path names(path);
  const bool returns = std::find(names.begin(), names.end(), "..") != names.end();
  const int mount = MountOf(folder);
  int error = mount < 0 ? ENOSYS : path.empty() ? ENOENT : names.is_absolute() ? EXDEV : 0;
  // The folders on the way from `folder`, of which `..` takes the last one away. Where the path has
  // no `..`, the last one is enough: a tree may be deeper than a process may have descriptors.
  std::vector<Fd> way;
  for (auto name = names.begin(); error == 0 && name != names.end(); ++name) {
    if (name->empty() || *name == ".") continue;
    if (*name == "..") {
      if (way.empty()) error = EXDEV;
      if (!way.empty()) way.pop_back();
      continue;
    }
    Fd held;
    error = Hold(way.empty() ? folder : way.back().get(), *name, mount, held);
    if (!returns) way.clear();
    way.push_back(std::move(held));
  }
  if (error != 0) {
    errno = error;
    return {};
  }
  // This path leads to the file that is held, whatever has its name now.
  const int end = way.empty() ? folder : way.back().get();
  const std::string held = "/proc/self/fd/" + std::to_string(end);
  return Fd(open(held.c_str(), (flags & ~O_NOFOLLOW) | O_NONBLOCK));
}

}  // namespace jobwarden
