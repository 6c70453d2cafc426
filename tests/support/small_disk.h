#ifndef JOBWARDEN_TESTS_SUPPORT_SMALL_DISK_H_
#define JOBWARDEN_TESTS_SUPPORT_SMALL_DISK_H_

#include <sys/mount.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

namespace jobwarden::testing {

/// A disk of 256 KiB that can be filled to its last byte, while this lives. For root.
class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
    if (mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=256k,mode=0700") != 0) {
      throw std::system_error(errno, std::generic_category(), "mount");
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() { umount2(path_.c_str(), MNT_DETACH); }

  void Free() const { std::filesystem::remove(path_ + "/filler"); }
  void Fill() const {
    std::ofstream file(path_ + "/filler", std::ios::binary);
    while (file << std::string(4096, 'x') << std::flush) {
    }
  }

 private:
  std::string path_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_SMALL_DISK_H_
