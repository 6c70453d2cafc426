#include "hooks/step/folder_names.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

namespace jobwarden {
namespace {

constexpr std::size_t kMaxNames = 2048;

}  // namespace

const FolderNames::Listing& FolderNames::List(const std::string& folder) {
  const auto known = listings_.find(folder);
  if (known != listings_.end()) return known->second;
  Listing listing;
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    listing.complete = errno == ENOENT || errno == ENOTDIR;
  } else if (DIR* const stream = fdopendir(fd); stream != nullptr) {
    errno = 0;
    const dirent* entry = nullptr;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this stream
    while (listing.names.size() < kMaxNames && (entry = readdir(stream)) != nullptr) {
      listing.names.emplace(static_cast<const char*>(entry->d_name));
    }
    listing.complete = entry == nullptr && errno == 0;
    closedir(stream);
  } else {
    close(fd);
  }
  return listings_.emplace(folder, std::move(listing)).first->second;
}

bool FolderNames::MayHold(const std::string& folder, std::string_view name) {
  const Listing& listing = List(folder);
  return !listing.complete || listing.names.contains(name);
}

const std::set<std::string, std::less<>>& FolderNames::Names(const std::string& folder) {
  return List(folder).names;
}

}  // namespace jobwarden
