#include "verifier/os/tree_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxWaitingBytes = std::size_t{8} << 20U;

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};
using FolderStream = std::unique_ptr<DIR, CloseFolder>;

std::size_t Cost(const std::string& waiting) {
  return sizeof(std::string) + waiting.size();
}

// Whether the error means that an entry has vanished since it was listed, or has become another
// kind of file.
bool Vanished(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENXIO;
}

class Walk {
 public:
  Walk(const Fd& top, const TreeReader& reader, const TreeLimits& limits)
      : top_(top),
        reader_(reader),
        limits_(limits),
        overlap_(std::min(reader.overlap, kMaxTreeOverlap)),
        buffer_(kMaxTreePieceBytes, '\0') {}

  std::string Run() {
    Wait("");
    while (!waiting_.empty() && !done_) {
      const std::string folder = std::move(waiting_.back());
      waiting_.pop_back();
      waiting_bytes_ -= Cost(folder);
      ReadFolder(folder);
    }
    return std::move(why_);
  }

 private:
  void Stop(std::string why) {
    why_ = std::move(why);
    done_ = true;
  }

  void Miss(std::string_view what, const std::string& path, int error) {
    std::string why = error == EXDEV ? fmt::format("{} {} is a mount point", what, Quote(path))
                                     : fmt::format("{} {} cannot be read: {}", what, Quote(path),
                                                   ErrorText(error));
    if (reader_.passes_over) {
      reader_.passes_over(std::move(why));
    } else {
      Stop(std::move(why));
    }
  }

  bool TimeIsOver() {
    if (std::chrono::steady_clock::now() < end_) return false;
    Stop(fmt::format("took longer than {} ms", limits_.time.count()));
    return true;
  }

  // A folder waits as a path and is not open, so the depth of a tree costs no descriptors.
  void Wait(std::string folder) {
    waiting_bytes_ += Cost(folder);
    if (waiting_bytes_ > kMaxWaitingBytes) {
      Stop("more folders than fit in memory");
      return;
    }
    waiting_.push_back(std::move(folder));
  }

  void ReadFolder(const std::string& path) {
    Fd fd = OpenBelow(top_.get(), path.empty() ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!fd) {
      if (!Vanished(errno)) Miss("folder", path, errno);
      return;
    }
    const FolderStream stream(fdopendir(fd.get()));
    if (!stream) {
      Miss("folder", path, errno);
      return;
    }
    const int folder = fd.Release();
    while (!done_) {
      errno = 0;
      const dirent* entry = readdir(stream.get());  // NOLINT(concurrency-mt-unsafe)
      if (entry == nullptr) {
        if (errno != 0 && !Vanished(errno)) Miss("folder", path, errno);
        return;
      }
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") ReadEntry(folder, path, *entry);
    }
  }

  void ReadEntry(int folder, const std::string& folder_path, const dirent& entry) {
    if (TimeIsOver()) return;
    if (++entries_ > limits_.entries) {
      Stop(fmt::format("more than {} files and folders", limits_.entries));
      return;
    }
    const std::string path = folder_path.empty() ? entry.d_name : folder_path + "/" + entry.d_name;
    unsigned char type = entry.d_type;
    if (type == DT_UNKNOWN) {
      struct stat st {};
      if (fstatat(folder, entry.d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) return;
      type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
    }
    if ((type != DT_DIR && type != DT_REG) || reader_.leaves_out(path)) return;
    if (type == DT_DIR) {
      Wait(path);
    } else {
      ReadRegular(folder, entry.d_name, path);
    }
  }

  void ReadRegular(int folder, const char* name, const std::string& path) {
    const Fd fd = OpenBelow(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st {};
    if (!fd || fstat(fd.get(), &st) != 0) {
      if (!Vanished(errno)) Miss("file", path, errno);
      return;
    }
    if (!S_ISREG(st.st_mode)) return;
    if (reader_.passes_over && std::cmp_greater(st.st_size, limits_.bytes)) {
      reader_.passes_over(fmt::format("file {}: {}", Quote(path), MoreThanBytes()));
      return;
    }
    if (std::cmp_greater(st.st_size, limits_.bytes - bytes_)) {
      Stop(MoreThanBytes());
      return;
    }
    bool begins = true;
    std::size_t kept = 0;
    for (bool ends = false; !ends && !done_;) {
      std::size_t size = kept;
      while (size < buffer_.size() && !ends) {
        const ssize_t got = read(fd.get(), buffer_.data() + size, buffer_.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
          Miss("file", path, errno);
          return;
        }
        size += static_cast<std::size_t>(got);
        ends = got == 0;
      }
      bytes_ += size - kept;
      if (bytes_ > limits_.bytes) {
        Stop(MoreThanBytes());
        return;
      }
      if ((size == 0 && begins) || TimeIsOver()) return;
      if (!reader_.read({path, std::string_view(buffer_).substr(0, size), begins, ends})) {
        done_ = true;
      }
      begins = false;
      kept = std::min(overlap_, size);
      std::copy(buffer_.end() - static_cast<std::ptrdiff_t>(kept), buffer_.end(), buffer_.begin());
    }
  }

  std::string MoreThanBytes() const {
    constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;
    return limits_.bytes % kMebibyte == 0
               ? fmt::format("more than {} MiB", limits_.bytes / kMebibyte)
               : fmt::format("more than {} bytes", limits_.bytes);
  }

  const Fd& top_;
  const TreeReader& reader_;
  const TreeLimits& limits_;
  const std::size_t overlap_;
  const std::chrono::steady_clock::time_point end_ =
      std::chrono::steady_clock::now() + limits_.time;
  std::string buffer_;
  std::vector<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  bool done_ = false;
  std::string why_;
};

}  // namespace

std::string ReadTree(const Fd& folder, const TreeReader& reader, const TreeLimits& limits) {
  return Walk(folder, reader, limits).Run();
}

}  // namespace jobwarden
