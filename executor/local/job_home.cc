#include "executor/local/job_home.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "executor/local/hidden_paths.h"
#include "executor/local/sandbox_root.h"
#include "executor/process/own_process.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr Code kCode = Code::kConfigInvalid;

Finding Unusable(const fs::path& path, std::string_view why) {
  return {kCode, fmt::format("folder {}: {}", Quote(path.string()), why)};
}

// A folder to mount a home on: the user's own, or an empty one that nobody else uses.
Status CheckFolder(const fs::path& path, const User& user) {
  struct stat st {};
  if (lstat(path.c_str(), &st) != 0) return Unusable(path, ErrorText(errno));
  if (!S_ISDIR(st.st_mode)) return Unusable(path, "is not a folder");
  if (st.st_uid == user.uid) return Ok();
  std::error_code error;
  const bool empty = st.st_uid == 0 && fs::is_empty(path, error);
  return empty && !error ? Ok() : Unusable(path, "is not the user's own");
}

// Root must not mount where the user could put a link in the way.
Status CheckFoldersAbove(const fs::path& path, const User& user) {
  const std::string above = path.parent_path();
  const auto folder = OpenFolder(above, kCode, "folder");
  if (!folder) return folder.findings();
  if (!*folder) return CheckFoldersAbove(above, user);
  return CheckWriters(*folder, above, user.uid, kCode, "folder");
}

Status MakeMountPoint(const fs::path& path, const User& user) {
  if (auto safe = CheckFoldersAbove(path, user); !safe) return safe;
  struct stat st {};
  if (lstat(path.c_str(), &st) == 0) return CheckFolder(path, user);
  const mode_t before = umask(022);
  auto made = MakeFolders(path, 0755, kCode, "folder");
  umask(before);
  return made;
}

// Whether bubblewrap can make the folder itself: in what is the sandbox's own.
bool IsMadeInSandbox(const fs::path& path) {
  const fs::path top = "/" / *std::next(path.begin());
  std::error_code error;
  return !IsShownInSandbox(path) || !fs::exists(top, error);
}

// Whether the user can enter the folder, with the mounts that each stage will have.
Status TryAs(const User& user, std::optional<OwnMounts> mounts, const std::string& folder) {
  auto identity = IdentityOf(user, Code::kDriverFailed, "executor.run_as");
  if (!identity) return std::move(identity).findings();
  identity->mounts = std::move(mounts);
  return InOwnProcess([&] { return AssumeIdentity(*identity); },
                      [&] {
                        const bool works = access(folder.c_str(), X_OK) == 0;
                        return works ? Ok() : Status(Unusable(folder, ErrorText(errno)));
                      });
}

Status PrepareInSandbox(const fs::path& path, const User& user) {
  const bool is_top = path.parent_path() == "/";
  if (path.parent_path() == "/proc" || (is_top && !IsShownInSandbox(path))) {
    return Unusable(path, "is not a folder for a home");
  }
  if (IsMadeInSandbox(path)) return Ok();
  if (geteuid() != 0) return CheckFolder(path, user);
  if (auto made = MakeMountPoint(path, user); !made) return made;
  return TryAs(user, std::nullopt, path.parent_path());
}

Status Prepare(const fs::path& path, const User& user, const std::string& folder, Sandbox sandbox) {
  if (IsNeededByPrograms(path)) return Unusable(path, "is not a folder for a home");
  if (sandbox != Sandbox::kNone) return PrepareInSandbox(path, user);
  if (auto made = MakeMountPoint(path, user); !made) return made;
  return TryAs(user, OwnMounts{folder, path}, path);
}

}  // namespace

JobHome ChooseHome(const User& user, const std::string& folder, Sandbox sandbox) {
  const fs::path said = fs::path(user.home).lexically_normal();
  if (!said.is_absolute()) return {folder, "it is not an absolute path"};
  std::error_code error;
  fs::path path =
      sandbox == Sandbox::kNone ? fs::weakly_canonical(said, error) : PathInSandbox(said);
  if (path.filename().empty()) path = path.parent_path();
  if (error) return {folder, ErrorText(error.value())};
  const Status prepared = Prepare(path, user, folder, sandbox);
  if (prepared) return {path, ""};
  return {folder, prepared.findings().front().message};
}

}  // namespace jobwarden
