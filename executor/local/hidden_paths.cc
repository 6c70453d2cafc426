#include "executor/local/hidden_paths.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include "executor/local/mount_aliases.h"
#include "executor/local/sandbox_root.h"
#include "verifier/base/text.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

// Programs need what lies in these: an empty folder in their place would break jobs.
constexpr std::array<std::string_view, 8> kNeeded{"/",    "/etc", "/opt",       "/sys",
                                                  "/usr", "/var", "/var/cache", "/var/lib"};
// And in these, below /, /usr and /usr/local.
constexpr std::array<std::string_view, 12> kOfPrograms{"bin",   "games", "include", "lib",
                                                       "lib32", "lib64", "libexec", "libx32",
                                                       "local", "sbin",  "share",   "src"};
// Too much else lies in these for all of it to go with one file.
constexpr std::array<std::string_view, 4> kShared{"/media", "/mnt", "/srv", "/usr/local/etc"};

template <class Names>
bool IsOneOf(const Names& names, const fs::path& name) {
  return std::find(names.begin(), names.end(), name.string()) != names.end();
}

Finding Refused(const HiddenPath& hidden, std::string_view why, std::string hint) {
  return {Code::kConfigInvalid, fmt::format("{} {}: {}", hidden.what, Quote(hidden.path), why),
          std::move(hint)};
}

// Where the user cannot go it cannot mount either: then the folder that keeps it out is to be
// hidden. Nothing where the path is gone.
std::optional<fs::path> AsFarAsUserGoes(const fs::path& path, uid_t user) {
  fs::path reached;
  for (const auto& name : path) {
    reached /= name;
    struct stat st {};
    if (lstat(reached.c_str(), &st) != 0) return std::nullopt;
    if (S_ISDIR(st.st_mode) && (st.st_mode & S_IXOTH) == 0 && st.st_uid != user) break;
  }
  return reached;
}

// What is there, without links; with the folder around it where that is to go as well.
Result<std::optional<fs::path>> WhatToHide(const HiddenPath& hidden) {
  std::error_code error;
  if (hidden.with_folder) {
    // Also where the file is still to come.
    const fs::path whole = fs::canonical(hidden.path, error);
    fs::path folder =
        error ? fs::canonical(fs::path(hidden.path).parent_path(), error) : whole.parent_path();
    if (!error && !IsNeededByPrograms(folder) && !IsOneOf(kShared, folder)) {
      return std::optional(std::move(folder));
    }
  }
  fs::path whole = fs::canonical(hidden.path, error);
  if (!error) return std::optional(std::move(whole));
  // A path that this process cannot follow, its jobs cannot either.
  const int why = error.value();
  if (why == ENOENT || why == ENOTDIR || why == EACCES) return std::optional<fs::path>();
  return Refused(hidden, ErrorText(why), "name the folder itself");
}

}  // namespace

bool IsNeededByPrograms(const fs::path& folder) {
  const fs::path above = folder.parent_path();
  return IsOneOf(kNeeded, folder) || ((above == "/" || above == "/usr" || above == "/usr/local") &&
                                      IsOneOf(kOfPrograms, folder.filename()));
}

Status AppendHidden(const std::vector<HiddenPath>& hidden, uid_t user,
                    std::vector<std::string>& command) {
  constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;
  const auto mountinfo = ReadFile("/proc/self/mountinfo", kMaxBytes, Code::kDriverFailed, "mounts");
  if (!mountinfo) return mountinfo.findings();
  const std::vector<Mount> mounts = ParseMounts(*mountinfo);

  std::set<fs::path> paths;  // in their order an outer folder comes before what lies in it
  for (const HiddenPath& each : hidden) {
    if (each.path.empty()) continue;
    const auto whole = WhatToHide(each);
    if (!whole) return whole.findings();
    if (!*whole) continue;
    std::vector<fs::path> names = MountAliases(**whole, mounts);
    names.push_back(**whole);
    for (const fs::path& name : names) {
      if (name != "/" && !IsShownInSandbox(name)) continue;
      const auto reached = AsFarAsUserGoes(name, user);
      if (!reached) continue;
      if (IsNeededByPrograms(*reached)) {
        return Refused(
            each,
            fmt::format("a sandbox cannot hide {}, which programs need", Quote(reached->string())),
            "name a folder of its own");
      }
      paths.insert(*reached);
    }
  }

  for (const fs::path& path : paths) {
    const bool gone = std::any_of(paths.begin(), paths.find(path),
                                  [&](const fs::path& outer) { return IsBelow(path, outer); });
    if (gone) continue;
    std::error_code error;
    if (fs::is_directory(path, error)) {
      command.insert(command.end(), {"--tmpfs", path});
    } else {
      command.insert(command.end(), {"--ro-bind", "/dev/null", path});
    }
  }
  return Ok();
}

}  // namespace jobwarden
