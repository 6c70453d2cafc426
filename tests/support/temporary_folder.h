#ifndef JOBWARDEN_TESTS_SUPPORT_TEMPORARY_FOLDER_H_
#define JOBWARDEN_TESTS_SUPPORT_TEMPORARY_FOLDER_H_

#include <cstdlib>
#include <filesystem>
#include <string>

namespace jobwarden::testing {

/// A folder of one's own, 0700, which goes with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "jobwarden-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) {
      std::abort();
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_TEMPORARY_FOLDER_H_
