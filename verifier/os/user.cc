#include "verifier/os/user.h"

#include <fmt/format.h>
#include <pwd.h>

#include <vector>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {

Result<User> FindUser(const std::string& name, Code code, std::string_view what) {
  constexpr std::size_t kBufferBytes = 65'536;
  std::vector<char> buffer(kBufferBytes);
  passwd entry{};
  passwd* found = nullptr;
  const int error = getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found != nullptr) return User{name, entry.pw_uid, entry.pw_gid, entry.pw_dir};
  const std::string why = error == 0 ? "" : ": " + ErrorText(error);
  return Finding{
      code, fmt::format("{}: no user {}{}", what, Quote(name), why), "useradd it", {}, false};
}

}  // namespace jobwarden
