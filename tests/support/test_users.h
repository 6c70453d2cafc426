#ifndef JOBWARDEN_TESTS_SUPPORT_TEST_USERS_H_
#define JOBWARDEN_TESTS_SUPPORT_TEST_USERS_H_

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace jobwarden::testing {

/// Users of this machine as which jobs of a test may run, while this lives. Two tests that run at
/// the same time never have the same one: each ends all processes of its users. For root.
class TestUsers {
 public:
  explicit TestUsers(std::size_t count) {
    const std::string folder = "/tmp/jobwarden-test-users";
    mkdir(folder.c_str(), 0700);
    // Other tests give theirs back.
    for (int tries = 0; names_.size() < count && tries < 600; ++tries) {
      if (tries > 0) usleep(100'000);
      Take(folder, count);
    }
    if (names_.size() < count) throw std::runtime_error("too few users are free");
  }
  TestUsers(const TestUsers&) = delete;
  TestUsers& operator=(const TestUsers&) = delete;
  ~TestUsers() {
    for (const int lock : locks_) close(lock);
  }

  const std::string& name(std::size_t i = 0) const { return names_[i]; }
  uid_t uid(std::size_t i = 0) const { return getpwnam(names_[i].c_str())->pw_uid; }
  /// As a value of `run_as`.
  std::string List() const {
    std::string list;
    for (const auto& name : names_) list += (list.empty() ? "[\"" : ", \"") + name + "\"";
    return list + "]";
  }

 private:
  void Take(const std::string& folder, std::size_t count) {
    // Users that every Debian has, and that own no process.
    for (const char* name : {"games", "news", "uucp", "proxy", "list", "irc", "backup", "lp"}) {
      if (names_.size() == count) return;
      if (getpwnam(name) == nullptr) continue;
      const int lock = open((folder + "/" + name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
      if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0) {
        names_.emplace_back(name);
        locks_.push_back(lock);
      } else {
        close(lock);
      }
    }
  }

  std::vector<std::string> names_;
  std::vector<int> locks_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_TEST_USERS_H_
