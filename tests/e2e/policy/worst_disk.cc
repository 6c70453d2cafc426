#include "tests/e2e/policy/worst_disk.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "tests/support/temp_folder.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const std::string& path) {
  return fs::path(path).parent_path().string();
}

// The path of a call whose arguments are a folder's descriptor and a path.
std::string PathAt(const SystemCall& call, int folder) {
  const std::string path = call.Path(folder + 1);
  return path.starts_with('/') ? path : call.PathOfOpen(folder) + "/" + path;
}

}  // namespace

WorstDisk::WorstDisk(std::string folder) : folder_(std::move(folder)) {
  for (const auto& each : fs::recursive_directory_iterator(folder_)) {
    std::string text;
    if (each.is_symlink()) {
      text = "-> " + fs::read_symlink(each).string();
    } else if (each.is_regular_file()) {
      text = Slurp(each.path());
    }
    now_[*Below(each.path())] = std::make_shared<File>(File{text, text});
  }
  on_disk_ = now_;
}

void WorstDisk::MoveLink(const std::string& path, const std::string& target) {
  const std::string text = "-> " + target;
  Make(path, std::make_shared<File>(File{text, text}));
}

void WorstDisk::See(const SystemCall& call) {
  const auto make_link = [&](const std::string& target, const std::string& path) {
    if (const auto below = Below(path)) MoveLink(*below, target);
  };
  const auto make_folder = [&](const std::string& path) {
    if (const auto below = Below(path)) Make(*below, std::make_shared<File>());
  };
  const auto move = [&](const std::string& from, const std::string& to) {
    const auto old = Below(from);
    const auto name = Below(to);
    if (!old || !name) return;
    const auto file = now_.at(*old);
    now_.erase(*old);
    Make(*name, file);
    uncertain_.back().push_back({*old, nullptr});
  };
  const auto remove = [&](const std::string& path) {
    if (const auto below = Below(path)) Remove(*below);
  };
  switch (call.number) {
    case SYS_openat:
      if (const auto path = Below(PathAt(call, 0));
          path && (call.arguments[2] & O_CREAT) != 0 && !now_.contains(*path)) {
        Make(*path, std::make_shared<File>());
      }
      break;
    case SYS_write:
      if (const auto path = Below(call.PathOfOpen(0)); path && now_.contains(*path)) {
        now_.at(*path)->text += call.Bytes(1, call.arguments[2]);
      }
      break;
    case SYS_fsync:
      Sync(call.PathOfOpen(0));
      break;
    case SYS_mkdirat:
      make_folder(PathAt(call, 0));
      break;
    case SYS_symlinkat:
      make_link(call.Path(0), PathAt(call, 1));
      break;
    case SYS_renameat:
    case SYS_renameat2:
      move(PathAt(call, 0), PathAt(call, 2));
      break;
    case SYS_unlinkat:
      remove(PathAt(call, 0));
      break;
#ifdef SYS_rename
    case SYS_mkdir:
      make_folder(call.Path(0));
      break;
    case SYS_symlink:
      make_link(call.Path(0), call.Path(1));
      break;
    case SYS_rename:
      move(call.Path(0), call.Path(1));
      break;
    case SYS_unlink:
    case SYS_rmdir:
      remove(call.Path(0));
      break;
#endif
    default:
      break;
  }
}

std::vector<WorstDisk::Tree> WorstDisk::Possible() const {
  std::vector<Tree> trees{Reachable(on_disk_)};
  Names all = on_disk_;
  for (const auto& changes : uncertain_) {
    Names one = on_disk_;
    for (const Change& each : changes) {
      Apply(each, one);
      Apply(each, all);
    }
    trees.push_back(Reachable(one));
  }
  trees.push_back(Reachable(all));
  return trees;
}

void WorstDisk::Make(const std::string& path, std::shared_ptr<File> file) {
  now_[path] = file;
  uncertain_.push_back({{path, std::move(file)}});
}

void WorstDisk::Remove(const std::string& path) {
  now_.erase(path);
  uncertain_.push_back({{path, nullptr}});
}

void WorstDisk::Sync(const std::string& path) {
  const auto below = path == folder_ ? std::string() : Below(path);
  if (!below) return;
  if (const auto found = now_.find(*below); found != now_.end()) {
    found->second->on_disk = found->second->text;
  }
  std::erase_if(uncertain_, [&](const std::vector<Change>& changes) {
    if (FolderOf(changes.front().path) != *below) return false;
    for (const Change& each : changes) Apply(each, on_disk_);
    return true;
  });
}

std::optional<std::string> WorstDisk::Below(const std::string& path) const {
  if (!path.starts_with(folder_ + "/")) return std::nullopt;
  return path.substr(folder_.size() + 1);
}

void WorstDisk::Apply(const Change& change, Names& names) {
  if (change.file == nullptr) {
    names.erase(change.path);
  } else {
    names[change.path] = change.file;
  }
}

WorstDisk::Tree WorstDisk::Reachable(const Names& names) {
  Tree tree;
  for (const auto& [path, file] : names) {
    // In the order of paths, a folder comes before what is in it.
    const std::string folder = FolderOf(path);
    if (folder.empty() || tree.contains(folder)) tree[path] = file->on_disk;
  }
  return tree;
}

}  // namespace jobwarden::testing
