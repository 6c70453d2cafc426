#ifndef JOBWARDEN_TESTS_SUPPORT_DEAD_MOUNT_H_
#define JOBWARDEN_TESTS_SUPPORT_DEAD_MOUNT_H_

#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>

#include "tests/support/temp_folder.h"

namespace jobwarden::testing {

/// A FUSE file system whose server takes each question and never answers: whoever opens a file of
/// it cannot be killed (state D, from the first SIGKILL on) as long as this lives. Only this
/// process sees it, and those that it starts from then on. For root.
class DeadMount {
 public:
  /// `user` is noted as who mounted it, as fusermount does.
  explicit DeadMount(uid_t user = 0) : server_(open("/dev/fuse", O_RDWR | O_CLOEXEC)) {
    if (server_ < 0) throw std::system_error(errno, std::generic_category(), "/dev/fuse");
    // Whoever else looks at all mounts would hang as well.
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      throw std::system_error(errno, std::generic_category(), "unshare");
    }
    // Everybody may pass to it, and may ask it.
    chmod(folder_.path().c_str(), 0755);
    const std::string options = "fd=" + std::to_string(server_) +
                                ",rootmode=40000,user_id=" + std::to_string(user) +
                                ",group_id=0,allow_other";
    if (mount("dead", path().c_str(), "fuse", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
      throw std::system_error(errno, std::generic_category(), "mount");
    }
    Greet();
  }
  DeadMount(const DeadMount&) = delete;
  DeadMount& operator=(const DeadMount&) = delete;
  ~DeadMount() {
    Release();
    umount2(path().c_str(), MNT_DETACH);
  }

  const std::string& path() const { return folder_.path(); }

  /// Takes the next question, after which nothing but Release frees the one who asked.
  void Take() const {
    std::array<char, kQuestionBytes> question{};
    while (read(server_, question.data(), question.size()) < 0 && errno == EINTR) continue;
  }

  /// The server is gone: all who wait for it go on, or die of what killed them.
  void Release() {
    if (server_ >= 0) close(server_);
    server_ = -1;
  }

 private:
  static constexpr std::size_t kQuestionBytes = 65'536;

  // The first question is which version the server speaks.
  void Greet() const {
    std::array<char, kQuestionBytes> question{};
    if (read(server_, question.data(), question.size()) < 0) {
      throw std::system_error(errno, std::generic_category(), "fuse");
    }
    fuse_in_header asked{};
    std::memcpy(&asked, question.data(), sizeof asked);
    struct {
      fuse_out_header header;
      fuse_init_out body;
    } answer{};
    answer.header.len = sizeof answer;
    answer.header.unique = asked.unique;
    answer.body.major = FUSE_KERNEL_VERSION;
    answer.body.minor = 31;
    answer.body.max_write = 4'096;
    if (write(server_, &answer, sizeof answer) != sizeof answer) {
      throw std::system_error(errno, std::generic_category(), "fuse");
    }
  }

  TempFolder folder_;
  int server_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_DEAD_MOUNT_H_
