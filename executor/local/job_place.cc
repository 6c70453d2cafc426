#include "executor/local/job_place.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "executor/local/kernel_objects.h"
#include "executor/local/left_files.h"
#include "executor/local/place_folders.h"
#include "executor/local/place_lock.h"
#include "executor/local/place_option.h"
#include "executor/local/shelf.h"
#include "executor/local/user_mounts.h"
#include "executor/process/leftovers.h"
#include "verifier/base/text.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"
#include "verifier/os/process_stat.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kStateUnwritable;
// A place that is just being given back, or looked at, is worth waiting for.
constexpr std::chrono::milliseconds kPatience{5'000};
constexpr std::chrono::milliseconds kStep{20};

std::string LocksIn(const Config& config) {
  return config.state_dir + "/places";
}

Result<std::optional<PlaceLock>> OpenLock(const Config& config, const PlaceOption& option,
                                          bool wait) {
  return PlaceLock::Open(fmt::format("{}/{}", LocksIn(config), option.name), wait);
}

// Says in the job's folder which place the job has.
std::string NoteIn(const std::string& job_folder) {
  return job_folder + "/place";
}

// Ends the processes of the job that had the place, puts what it left on its shelf, and removes
// what was for that job alone.
Status Empty(const Config& config, const PlaceOption& option,
             const std::optional<PlaceHolder>& holder) {
  if (option.alone) {
    const auto identity = IdentityOf(*option.user, Code::kDriverFailed, "executor.run_as");
    if (!identity) return identity.findings();
    Status ended = EndProcessesOf(*identity);
    EndFileSystemsOf(*option.user);
    if (!ended) ended = EndProcessesOf(*identity);  // they may have waited for one of these
    if (!ended) return ended;
    if (auto removed = RemoveKernelObjects(*option.user); !removed) return removed;
    if (auto removed = RemoveLeftFiles(*option.user, OpenFolders()); !removed) return removed;
  }
  const std::string shelf = holder ? holder->shelf : "";
  const JobPlace place = PlaceOf(config, option, "");
  for (const auto& live : {place.builds, place.cache}) {
    if (auto away = PutOnShelf(live, shelf); !away) return away;
  }
  return holder && !holder->own_folder.empty() ? RemoveTree(holder->own_folder) : Ok();
}

// Whether the place could not be emptied before, and has a process that takes no signal.
bool IsStillBlocked(const PlaceOption& option, const std::optional<PlaceHolder>& holder) {
  if (!option.alone || !holder || holder->stuck.empty()) return false;
  const auto left = ProcessesOf(option.user->uid);
  return std::any_of(left.begin(), left.end(),
                     [](const LeftProcess& each) { return each.state == kBlocked; });
}

struct Emptied {
  bool done;
  bool news;  // nobody was told yet
  std::string why;
};

// Empties the place, or writes down why that cannot be done.
Emptied EmptyOrNote(const Config& config, const PlaceOption& option, PlaceLock& lock) {
  if (IsStillBlocked(option, lock.holder())) return {false, false, lock.holder()->stuck};
  const Status emptied = Empty(config, option, lock.holder());
  if (emptied) return {true, false, ""};
  PlaceHolder holder = lock.holder().value_or(PlaceHolder{});
  const std::string& why = emptied.findings().front().message;
  const bool news = holder.stuck != why;
  holder.stuck = why;
  // If this cannot be written, the next job is told again.
  if (news) (void)lock.Write(holder);
  return {false, news, why};
}

Result<JobPlace> Furnish(const Config& config, const PlaceOption& option, PlaceLock& lock,
                         PlaceHolder job) {
  auto own = MakeOwnFolder(config, option.name);
  if (!own) return std::move(own).findings();
  job.own_folder = *own;
  JobPlace place = PlaceOf(config, option, job.own_folder);
  Status done = lock.Write(job);
  if (done) done = MakePlaceFolders(config, job.shelf, place);
  job.home = place.home_at;
  if (done) done = lock.Write(job);
  if (done) {
    done = WriteFileAtomically(NoteIn(job.job_folder), option.name, 0600, kCode, "place",
                               Durability::kVolatile);
  }
  if (done) return place;
  // The next one finds what is left as it would after a crash.
  (void)Empty(config, option, job);
  (void)lock.Clear();
  return done.findings();
}

// The place that is noted in the job's folder, locked; nothing when none is.
struct Found {
  PlaceOption option;
  PlaceLock lock;
};

Result<std::optional<Found>> FindNoted(const Config& config, const std::string& job_folder) {
  const auto job = ThisJob(job_folder);
  if (!job) return job.findings();
  constexpr std::size_t kMaxNameBytes = 4'096;
  if (access(NoteIn(job_folder).c_str(), F_OK) != 0) return std::optional<Found>();
  const auto name = ReadFile(NoteIn(job_folder), kMaxNameBytes, Code::kDriverFailed, "place");
  if (!name) return name.findings();
  auto options = PlaceOptions(config.executor);
  if (!options) return std::move(options).findings();
  for (PlaceOption& each : *options) {
    if (each.name != *name) continue;
    auto lock = OpenLock(config, each, true);
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

Status PruneAll(const Config& config) {
  Findings problems;
  for (const std::string& folder : {config.executor.builds_dir, config.executor.cache_dir}) {
    auto pruned = PruneShelves(folder, std::chrono::system_clock::now());
    if (!pruned) Append(problems, std::move(pruned).findings());
  }
  return problems.empty() ? Ok() : Status(std::move(problems));
}

// Looks for a place for one job.
class Search {
 public:
  Search(const Config& config, std::vector<PlaceOption> options)
      : config_(config), options_(std::move(options)) {}

  Result<JobPlace> Run(const PlaceHolder& job);

 private:
  Finding NoneFree() const;

  const Config& config_;
  std::vector<PlaceOption> options_;  // without those that cannot be emptied
  std::vector<std::string> stuck_;    // those, and why
  std::vector<std::string> notes_;
};

Result<JobPlace> Search::Run(const PlaceHolder& job) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    bool busy = false;
    for (auto option = options_.begin(); option != options_.end();) {
      auto lock = OpenLock(config_, *option, false);
      if (!lock) return std::move(lock).findings();
      if (!*lock || (*lock)->Held()) {
        busy = busy || !*lock;
        ++option;
        continue;
      }
      const Emptied emptied = EmptyOrNote(config_, *option, **lock);
      if (emptied.done) {
        auto place = Furnish(config_, *option, **lock, job);
        if (place) place->notes.insert(place->notes.begin(), notes_.begin(), notes_.end());
        return place;
      }
      std::string text = fmt::format("{} cannot be emptied: {}", Quote(option->name), emptied.why);
      if (emptied.news) notes_.push_back(fmt::format("warning: place {}", text));
      stuck_.push_back(std::move(text));
      option = options_.erase(option);
    }
    if (!busy || std::chrono::steady_clock::now() >= deadline) return NoneFree();
    std::this_thread::sleep_for(kStep);
  }
}

Finding Search::NoneFree() const {
  if (stuck_.empty()) {
    return {Code::kNoFreeUser,
            fmt::format("executor.run_as: all {} users have a job", options_.size()),
            "name as many users as jobs run here at once (`concurrent` in the runner's "
            "config.toml)"};
  }
  return {Code::kNoFreeUser,
          fmt::format("executor.run_as: {} users have a job, and of {} the place {}",
                      options_.size(), stuck_.size(), Join(stuck_, "; ")),
          "state D means that a disk or a server does not answer: see what is mounted here, or "
          "restart the machine"};
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
  auto options = PlaceOptions(config.executor);
  if (!options) return std::move(options).findings();
  if (auto apart = CheckFoldersApart(config, *options); !apart) return apart.findings();
  if (auto made = MakeSharedFolders(config); !made) return made.findings();
  auto made = MakeFolders(LocksIn(config), 0700, kCode, "state_dir");
  if (!made) return std::move(made).findings();
  return Search(config, *std::move(options)).Run(*holder);
}

Result<JobPlace> FindPlace(const Config& config, const std::string& job_folder) {
  const auto found = FindNoted(config, job_folder);
  if (!found) return found.findings();
  if (*found) {
    const PlaceHolder& holder = *(*found)->lock.holder();
    JobPlace place = PlaceOf(config, (*found)->option, holder.own_folder);
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
  {
    auto& [option, lock] = **found;
    const Emptied emptied = EmptyOrNote(config, option, lock);
    if (!emptied.done) {
      return Finding{Code::kDriverFailed,
                     fmt::format("place {} cannot be emptied: {}", Quote(option.name), emptied.why),
                     "jobs get other places until it can"};
    }
    if (auto given = lock.Clear(); !given) return given;
  }
  // To remove much takes time, and the place is free: it is unlocked first.
  found->reset();
  return PruneAll(config);
}

}  // namespace jobwarden
