#include "executor/local/job_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "executor/local/job_home.h"
#include "executor/local/kernel_objects.h"
#include "executor/local/left_files.h"
#include "executor/local/place_lock.h"
#include "executor/local/shelf.h"
#include "executor/local/ssh_includes.h"
#include "executor/process/leftovers.h"
#include "executor/process/own_process.h"
#include "verifier/base/text.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr Code kCode = Code::kStateUnwritable;
constexpr int kMaxPlaces = 256;
// A place that is just being given back, or looked at, is worth waiting for.
constexpr std::chrono::milliseconds kPatience{5'000};
constexpr std::chrono::milliseconds kStep{20};

Finding Failed(std::string_view what, const std::string& path, int error) {
  return Finding{kCode, fmt::format("{} {}: {}", what, Quote(path), ErrorText(error))};
}

// A place, before it is known whether it is free.
struct Candidate {
  std::string name;  ///< of its files and folders
  std::optional<User> user;
  bool alone;
};

Result<std::vector<Candidate>> Candidates(const ExecutorSettings& executor) {
  std::vector<Candidate> candidates;
  for (const std::string& name : executor.run_as) {
    auto user = FindUser(name, Code::kConfigInvalid, "executor.run_as");
    if (!user) return std::move(user).findings();
    candidates.push_back({name, *std::move(user), true});
  }
  if (executor.sandbox == Sandbox::kNone || candidates.size() > 1) return candidates;
  const Candidate any = candidates.empty() ? Candidate{"job", std::nullopt, false} : candidates[0];
  candidates.clear();
  for (int i = 1; i <= kMaxPlaces; ++i) {
    candidates.push_back({fmt::format("{}.{}", any.name, i), any.user, false});
  }
  return candidates;
}

std::string LocksIn(const Config& config) {
  return config.state_dir + "/places";
}

// What lies in a job's own folder would be the job's, and be moved away after it.
Status CheckApart(const Config& config, const std::vector<Candidate>& candidates) {
  const auto whole = [](const std::string& path) {
    std::error_code error;
    const fs::path found = fs::weakly_canonical(path, error);
    return error ? fs::path(path) : found;
  };
  const ExecutorSettings& executor = config.executor;
  const std::array kept{std::pair(config.state_dir, "state_dir"),
                        std::pair(executor.builds_dir, "executor.builds_dir"),
                        std::pair(executor.cache_dir, "executor.cache_dir"),
                        std::pair(config.audit.file, "audit.file"),
                        std::pair(config.path, "configuration")};
  for (const std::string& above : {executor.builds_dir, executor.cache_dir}) {
    for (const auto& [path, what] : kept) {
      const auto below = path.empty() ? std::nullopt : PathBelow(whole(above), whole(path));
      const std::string first = below ? fs::path(*below).begin()->string() : "";
      const bool is_jobs = std::any_of(candidates.begin(), candidates.end(),
                                       [&](const Candidate& each) { return each.name == first; });
      if (!is_jobs) continue;
      return Finding{Code::kConfigInvalid,
                     fmt::format("{} {}: lies in the folder {} that jobs get", what, Quote(path),
                                 Quote(fmt::format("{}/{}", above, first))),
                     "keep builds_dir, cache_dir, state_dir and the audit file apart"};
    }
  }
  if (whole(executor.builds_dir) != whole(executor.cache_dir)) return Ok();
  return Finding{Code::kConfigInvalid, "executor.cache_dir: is the same folder as builds_dir",
                 "set it to another folder"};
}

// Says in the job's folder which place the job has.
std::string NoteIn(const std::string& job_folder) {
  return job_folder + "/place";
}

JobPlace PlaceOf(const Config& config, const Candidate& candidate, const std::string& own_folder) {
  // Without links: a sandbox could not follow them.
  const auto in = [&](const std::string& folder) {
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(folder, error);
    return ((error ? fs::path(folder) : whole) / candidate.name).string();
  };
  return {candidate.user,
          candidate.alone,
          in(config.executor.builds_dir),
          in(config.executor.cache_dir),
          own_folder + "/tmp",
          own_folder + "/home",
          own_folder + "/home",
          own_folder + "/copies",
          ""};
}

// A folder that others may pass through, and nobody but us writes.
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
  if (mkdir(path.c_str(), 0700) != 0) return Failed("folder", path, errno);
  if (user && lchown(path.c_str(), user->uid, user->gid) != 0) return Failed("folder", path, errno);
  return Ok();
}

// The folders above may keep the user from them, whatever their own permissions are.
Status CheckReach(const JobPlace& place, const Identity& identity) {
  return InOwnProcess([&] { return AssumeIdentity(identity); },
                      [&]() -> Status {
                        for (const auto& path : {place.builds, place.cache, place.temporary}) {
                          if (chdir(path.c_str()) == 0) continue;
                          return Finding{Code::kConfigInvalid,
                                         fmt::format("folder {}: user {}: {}", Quote(path),
                                                     Quote(place.user->name), ErrorText(errno)),
                                         "chmod o+x the folders above it, or set "
                                         "executor.builds_dir and cache_dir to others"};
                        }
                        return Ok();
                      });
}

// Ends the processes of the job that had the place, or will, and takes its own folder away.
Status ClearOut(const Candidate& candidate, const std::optional<PlaceHolder>& holder,
                const Config& config) {
  if (candidate.alone) {
    const auto identity = IdentityOf(*candidate.user, Code::kDriverFailed, "executor.run_as");
    if (!identity) return identity.findings();
    if (auto ended = EndProcessesOf(*identity); !ended) return ended;
    if (auto removed = RemoveKernelObjects(*candidate.user); !removed) return removed;
    if (auto removed = RemoveLeftFiles(*candidate.user, OpenFolders()); !removed) return removed;
  }
  const std::string shelf = holder ? holder->shelf : "";
  const JobPlace place = PlaceOf(config, candidate, "");
  for (const auto& live : {place.builds, place.cache}) {
    if (auto away = PutOnShelf(live, shelf); !away) return away;
  }
  return holder ? RemoveTree(holder->own_folder) : Ok();
}

Status MakeFoldersOf(const JobPlace& place, const std::string& shelf, Sandbox sandbox) {
  for (const auto& live : {place.builds, place.cache}) {
    if (auto made = TakeFromShelf(live, shelf, place.user); !made) return made;
  }
  for (const auto& folder : {place.temporary, place.home, place.copies}) {
    if (auto made = MakeUsersFolder(folder, place.user); !made) return made;
  }
  const auto copy = [&] {
    return sandbox == Sandbox::kNone ? Ok() : CopyBelow(place.copies, SshIncludes());
  };
  if (!place.user) return copy();
  const auto identity = IdentityOf(*place.user, Code::kDriverFailed, "executor.run_as");
  if (!identity) return identity.findings();
  if (auto reached = CheckReach(place, *identity); !reached) return reached;
  return InOwnProcess([&] { return AssumeIdentity(*identity); }, copy);
}

// A folder for this job, that others pass through; its name says nothing and comes but once.
Result<std::string> MakeOwnFolder(const Config& config, const std::string& name) {
  std::error_code error;
  const std::string above = fs::canonical(config.executor.builds_dir, error) / ".jobs";
  if (auto made = MakeOpenFolder(above, "folder", config.job_users); !made) return made.findings();
  std::string path = fmt::format("{}/{}.XXXXXX", above, name);
  if (mkdtemp(path.data()) == nullptr || chmod(path.c_str(), 0755) != 0) {
    return Failed("folder", path, errno);
  }
  return path;
}

void SettleHome(const Config& config, JobPlace& place) {
  const auto user = place.user ? place.user : FindUserById(geteuid());
  if (!user) return;  // nobody finds another home than HOME says
  const JobHome home = ChooseHome(*user, place.home, config.executor.sandbox);
  place.home_at = home.path;
  if (home.why_elsewhere.empty()) return;
  place.advice = fmt::format(
      "the home folder of user {}, {}, cannot be given to its jobs: {}; HOME names another, which "
      "ssh and Java do not ask for",
      Quote(user->name), Quote(user->home), home.why_elsewhere);
}

Result<JobPlace> Occupy(const Config& config, const Candidate& candidate, PlaceLock& lock,
                        PlaceHolder job) {
  if (auto cleared = ClearOut(candidate, lock.holder(), config); !cleared) {
    return cleared.findings();
  }
  auto own = MakeOwnFolder(config, candidate.name);
  if (!own) return std::move(own).findings();
  job.own_folder = *own;
  JobPlace place = PlaceOf(config, candidate, job.own_folder);
  Status done = lock.Write(job);
  if (done) done = MakeFoldersOf(place, job.shelf, config.executor.sandbox);
  if (done) {
    SettleHome(config, place);
    job.home = place.home_at;
    done = lock.Write(job);
  }
  if (done) {
    done = WriteFileAtomically(NoteIn(job.job_folder), candidate.name, 0600, kCode, "place",
                               Durability::kVolatile);
  }
  if (done) return place;
  // The next one finds what is left as it would after a crash.
  (void)ClearOut(candidate, job, config);
  (void)lock.Clear();
  return done.findings();
}

// The place that is noted in the job's folder, locked; nothing when none is.
struct Found {
  Candidate candidate;
  PlaceLock lock;
};

Result<std::optional<Found>> FindNoted(const Config& config, const std::string& job_folder) {
  const auto job = ThisJob(job_folder);
  if (!job) return job.findings();
  constexpr std::size_t kMaxNameBytes = 4'096;
  if (access(NoteIn(job_folder).c_str(), F_OK) != 0) return std::optional<Found>();
  const auto name = ReadFile(NoteIn(job_folder), kMaxNameBytes, Code::kDriverFailed, "place");
  if (!name) return name.findings();
  auto candidates = Candidates(config.executor);
  if (!candidates) return std::move(candidates).findings();
  for (Candidate& each : *candidates) {
    if (each.name != *name) continue;
    auto lock = PlaceLock::Open(fmt::format("{}/{}", LocksIn(config), each.name), true);
    if (!lock) return std::move(lock).findings();
    const auto& holder = (*lock)->holder();
    if (!holder || holder->job_folder != job_folder || holder->device != job->device ||
        holder->inode != job->inode) {
      break;
    }
    return std::optional<Found>({std::move(each), std::move(**lock)});
  }
  return std::optional<Found>();
}

}  // namespace

bool HasPlaces(const ExecutorSettings& executor) {
  return executor.driver == Driver::kLocal &&
         (!executor.run_as.empty() || executor.sandbox != Sandbox::kNone);
}

Result<JobPlace> TakePlace(const Config& config, const std::string& job_folder,
                           const std::string& shelf) {
  auto holder = ThisJob(job_folder);
  if (!holder) return std::move(holder).findings();
  holder->shelf = shelf;
  const auto candidates = Candidates(config.executor);
  if (!candidates) return candidates.findings();
  if (auto apart = CheckApart(config, *candidates); !apart) return apart.findings();
  for (const auto& [path, what] : {std::pair(config.executor.builds_dir, "executor.builds_dir"),
                                   std::pair(config.executor.cache_dir, "executor.cache_dir")}) {
    auto made = MakeOpenFolder(path, what, config.job_users);
    if (!made) return std::move(made).findings();
  }
  auto made = MakeFolders(LocksIn(config), 0700, kCode, "state_dir");
  if (!made) return std::move(made).findings();

  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (bool busy = true; busy;) {
    busy = false;
    for (const Candidate& candidate : *candidates) {
      auto lock = PlaceLock::Open(fmt::format("{}/{}", LocksIn(config), candidate.name), false);
      if (!lock) return std::move(lock).findings();
      if (*lock && !(*lock)->Held()) return Occupy(config, candidate, **lock, *holder);
      busy = busy || !*lock;
    }
    busy = busy && std::chrono::steady_clock::now() < deadline;
    if (busy) std::this_thread::sleep_for(kStep);
  }
  return Finding{Code::kNoFreeUser,
                 fmt::format("executor.run_as: all {} users have a job", candidates->size()),
                 "name as many users as jobs run here at once (`concurrent` in the runner's "
                 "config.toml)"};
}

Result<JobPlace> FindPlace(const Config& config, const std::string& job_folder) {
  const auto found = FindNoted(config, job_folder);
  if (!found) return found.findings();
  if (*found) {
    const PlaceHolder& holder = *(*found)->lock.holder();
    JobPlace place = PlaceOf(config, (*found)->candidate, holder.own_folder);
    place.home_at = holder.home;
    return place;
  }
  return Finding{Code::kDriverFailed, "no user and no folders were taken for this job",
                 "is config_exec of this runner set to jobwarden-executor, with the argument "
                 "config?"};
}

Status GiveBackPlace(const Config& config, const std::string& job_folder) {
  auto found = FindNoted(config, job_folder);
  if (!found) return std::move(found).findings();
  if (!*found) return Ok();
  auto& [candidate, lock] = **found;
  if (auto cleared = ClearOut(candidate, lock.holder(), config); !cleared) return cleared;
  if (auto given = lock.Clear(); !given) return given;
  Findings problems;
  for (const std::string& folder : {config.executor.builds_dir, config.executor.cache_dir}) {
    auto pruned = PruneShelves(folder, std::chrono::system_clock::now());
    if (!pruned) Append(problems, std::move(pruned).findings());
  }
  return problems.empty() ? Ok() : Status(std::move(problems));
}

}  // namespace jobwarden
