#include "executor/local/place_folders.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "executor/local/job_home.h"
#include "executor/local/shelf.h"
#include "executor/local/ssh_includes.h"
#include "executor/process/own_process.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr Code kCode = Code::kStateUnwritable;

Finding Failed(const std::string& path, int error) {
  return Finding{kCode, fmt::format("folder {}: {}", Quote(path), ErrorText(error))};
}

// Others may pass through this folder, and nobody but us writes it.
Status MakeOpenFolder(const std::string& path, std::string_view what,
                      const std::vector<uid_t>& job_users) {
  const mode_t before = umask(022);
  auto made = MakeFolders(path, 0755, kCode, what);
  umask(before);
  if (!made) return made;
  const auto folder = OpenFolder(path, kCode, what);
  if (!folder) return folder.findings();
  return CheckWriters(*folder, path, job_users, Code::kConfigInvalid, what);
}

Status MakeUsersFolder(const std::string& path, const std::optional<User>& user) {
  if (mkdir(path.c_str(), 0700) != 0) return Failed(path, errno);
  if (user && lchown(path.c_str(), user->uid, user->gid) != 0) return Failed(path, errno);
  return Ok();
}

// The folders above may keep the user from them, whatever their own permissions are.
Status CheckReach(const JobPlace& place) {
  for (const auto& path : {place.builds, place.cache, place.temporary}) {
    if (chdir(path.c_str()) == 0) continue;
    return Finding{Code::kConfigInvalid,
                   fmt::format("folder {}: user {}: {}", Quote(path), Quote(place.user->name),
                               ErrorText(errno)),
                   "chmod o+x the folders above it, or set executor.builds_dir and cache_dir to "
                   "others"};
  }
  return Ok();
}

void SettleHome(const Config& config, JobPlace& place) {
  const auto user = place.user ? place.user : FindUserById(geteuid());
  if (!user) return;  // nobody finds another home than HOME says
  const JobHome home = ChooseHome(*user, place.home, config.executor.sandbox);
  place.home_at = home.path;
  if (home.why_elsewhere.empty()) return;
  place.notes.push_back(
      fmt::format("advice: the home folder of user {}, {}, cannot be given to its jobs: {}; HOME "
                  "names another, which ssh and Java do not ask for",
                  Quote(user->name), Quote(user->home), home.why_elsewhere));
}

}  // namespace

JobPlace PlaceOf(const Config& config, const PlaceOption& option, const std::string& own_folder) {
  // Without links: a sandbox could not follow them.
  const auto in = [&](const std::string& folder) {
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(folder, error);
    return ((error ? fs::path(folder) : whole) / option.name).string();
  };
  return {option.user,
          option.alone,
          in(config.executor.builds_dir),
          in(config.executor.cache_dir),
          own_folder + "/tmp",
          own_folder + "/home",
          own_folder + "/home",
          own_folder + "/copies",
          {}};
}

Status MakeSharedFolders(const Config& config) {
  for (const auto& [path, what] : {std::pair(config.executor.builds_dir, "executor.builds_dir"),
                                   std::pair(config.executor.cache_dir, "executor.cache_dir")}) {
    auto made = MakeOpenFolder(path, what, config.job_users);
    if (!made) return made;
  }
  return Ok();
}

Result<std::string> MakeOwnFolder(const Config& config, const std::string& place_name) {
  std::error_code error;
  const std::string above = fs::canonical(config.executor.builds_dir, error) / ".jobs";
  if (auto made = MakeOpenFolder(above, "folder", config.job_users); !made) return made.findings();
  std::string path = fmt::format("{}/{}.XXXXXX", above, place_name);
  if (mkdtemp(path.data()) == nullptr || chmod(path.c_str(), 0755) != 0) return Failed(path, errno);
  return path;
}

Status MakePlaceFolders(const Config& config, const std::string& shelf, JobPlace& place) {
  for (const auto& live : {place.builds, place.cache}) {
    if (auto made = TakeFromShelf(live, shelf, place.user); !made) return made;
  }
  for (const auto& folder : {place.temporary, place.home, place.copies}) {
    if (auto made = MakeUsersFolder(folder, place.user); !made) return made;
  }
  SettleHome(config, place);
  const auto copy = [&] {
    const bool sandboxed = config.executor.sandbox != Sandbox::kNone;
    return sandboxed ? CopyBelow(place.copies, SshIncludes()) : Ok();
  };
  if (!place.user) return copy();
  const auto identity = IdentityOf(*place.user, Code::kDriverFailed, "executor.run_as");
  if (!identity) return identity.findings();
  return InOwnProcess([&] { return AssumeIdentity(*identity); },
                      [&] {
                        auto reached = CheckReach(place);
                        return reached ? copy() : reached;
                      });
}

}  // namespace jobwarden
