#include "executor/stage_history.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;

std::string PathIn(const std::string& folder) {
  return folder + "/jobwarden-stripped";
}

std::string ToldIn(const std::string& folder) {
  return folder + "/jobwarden-told";
}

}  // namespace

Result<std::optional<std::set<std::string>>> StrippedBefore(const std::string& folder) {
  using Known = std::optional<std::set<std::string>>;
  const std::string path = PathIn(folder);
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) return Known();
  const auto bytes = ReadFile(path, kMaxBytes, Code::kStateUnwritable, "names of stripped tokens");
  if (!bytes) return bytes.findings();
  std::set<std::string> names;
  // A name may hold any byte but NUL.
  for (std::string_view rest = *bytes; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    names.emplace(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return Known(std::move(names));
}

Status NoteOwnStage(const std::string& folder, std::set<std::string> stripped) {
  auto known = StrippedBefore(folder);
  if (!known) return std::move(known).findings();
  if (*known) stripped.merge(**known);
  std::string bytes;
  for (const std::string& name : stripped) bytes.append(name).append(1, '\0');
  return WriteFileAtomically(PathIn(folder), bytes, 0600, Code::kStateUnwritable,
                             "names of stripped tokens", Durability::kVolatile);
}

bool IsToldFirst(const std::string& folder) {
  const Fd fd(open(ToldIn(folder).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return fd || errno != EEXIST;
}

void ForgetOwnStages(const std::string& folder) {
  for (const std::string& path : {PathIn(folder), ToldIn(folder)}) unlink(path.c_str());
}

}  // namespace jobwarden
