#include "hooks/github/guard_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "hooks/guard/search_path.h"
#include "hooks/step/guarded_names.h"
#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kStateUnwritable;
constexpr std::string_view kWhat = "step guard's folder";

Finding Refuse(std::string_view what, const std::string& path, std::string_view why) {
  return {kCode, fmt::format("{} {}: {}", what, Quote(path), why)};
}

}  // namespace

Status MakeGuardFolder(const std::string& folder, const GuardSettings& settings,
                       std::string_view path) {
  const auto guard = SiblingProgram("jobwarden-guard", Code::kDriverFailed);
  if (!guard) return guard.findings();
  if (access(guard->c_str(), X_OK) != 0) {
    return Finding{Code::kDriverFailed,
                   fmt::format("step guard {}: {}", Quote(*guard), ErrorText(errno)),
                   "install jobwarden-guard beside jobwarden-hook"};
  }
  if (auto removed = RemoveGuardFolder(folder); !removed) return removed;
  if (mkdir(folder.c_str(), S_IRWXU) != 0) return Refuse(kWhat, folder, ErrorText(errno));
  const std::string real = WithoutGuardFolders(path);
  GuardSettings whole = settings;
  std::vector<std::string_view> names;
  for (const std::string_view name : kGuardedNames) {
    const auto programs = FindPrograms(name, real);
    if (programs.empty()) continue;
    names.push_back(name);
    whole.programs.push_back(fmt::format("{} {}", name, programs.front()));
  }
  const std::string file = fmt::format("{}/{}", folder, kGuardSettingsName);
  if (auto written = WriteFileAtomically(file, FormatGuardSettings(whole), S_IRUSR | S_IWUSR, kCode,
                                         kWhat, Durability::kVolatile);
      !written) {
    return written;
  }
  if (!settings.list.empty()) {
    const std::string list = fmt::format("{}/{}", folder, kGuardListName);
    if (auto written = WriteFileAtomically(list, settings.list, S_IRUSR | S_IWUSR, kCode, kWhat,
                                           Durability::kVolatile);
        !written) {
      return written;
    }
  }
  for (const std::string_view name : names) {
    const std::string link = fmt::format("{}/{}", folder, name);
    if (symlink(guard->c_str(), link.c_str()) != 0) {
      return Refuse(kWhat, link, ErrorText(errno));
    }
  }
  return Ok();
}

Status RemoveGuardFolder(const std::string& folder) {
  // A name that cannot be removed here is not a link of ours. RemoveTree removes or reports it.
  if (const Fd fd(open(folder.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)); fd) {
    for (const std::string_view name : kGuardedNames) {
      unlinkat(fd.get(), std::string(name).c_str(), 0);
    }
  }
  return RemoveTree(folder);
}

Status PutOnPath(const std::string& github_path_file, const std::string& folder) {
  constexpr std::string_view kFile = "file of GITHUB_PATH";
  if (folder.empty() || folder.find_first_of("\r\n:") != folder.npos) {
    return Refuse(kWhat, folder, "expected a name that PATH can hold: no colon, no line break");
  }
  // The runner made the file. If it is absent or not a regular file, the runner does not read it.
  struct stat st {};
  if (lstat(github_path_file.c_str(), &st) != 0) {
    return Refuse(kFile, github_path_file, ErrorText(errno));
  }
  if (!S_ISREG(st.st_mode)) return Refuse(kFile, github_path_file, "not a regular file");
  return AppendLine(github_path_file, folder, kCode, kFile);
}

}  // namespace jobwarden
