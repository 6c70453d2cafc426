#include "verifier/os/user.h"

#include <fmt/format.h>
#include <pwd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// Gives 0 or an errno; `found` is null when there is no such user.
int Find(const std::string& name, passwd& entry, std::vector<char>& buffer, passwd*& found) {
#ifdef JOBWARDEN_STATIC
  // A static program cannot load what /etc/nsswitch.conf names.
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/etc/passwd", "re"), fclose);
  if (file == nullptr) return errno;
  int error = 0;
  do {
    error = fgetpwent_r(file.get(), &entry, buffer.data(), buffer.size(), &found);
  } while (error == 0 && name != entry.pw_name);
  return error == ENOENT ? 0 : error;
#else
  return getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
#endif
}

}  // namespace

Result<User> FindUser(const std::string& name, Code code, std::string_view what) {
  constexpr std::size_t kBufferBytes = 65'536;
  std::vector<char> buffer(kBufferBytes);
  passwd entry{};
  passwd* found = nullptr;
  const int error = Find(name, entry, buffer, found);
  if (found != nullptr) return User{name, entry.pw_uid, entry.pw_gid, entry.pw_dir};
  const std::string why = error == 0 ? "" : ": " + ErrorText(error);
  return Finding{
      code, fmt::format("{}: no user {}{}", what, Quote(name), why), "useradd it", {}, false};
}

}  // namespace jobwarden
