#ifndef JOBWARDEN_TESTS_SUPPORT_TEMP_FOLDER_H_
#define JOBWARDEN_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace jobwarden::testing {

/// A new folder that only its maker may enter; gone, with all in it, when this is destroyed.
class TempFolder {
 public:
  TempFolder() : path_((std::filesystem::temp_directory_path() / "jobwarden-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp " + path_);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  /// The path of what has this name in the folder.
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  /// Writes a file, and gives its path.
  std::string Write(std::string_view name, std::string_view bytes) const {
    std::string path = *this / name;
    std::ofstream file(path, std::ios::binary);
    file << bytes;
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
    return path;
  }

  /// The names in the folder.
  std::set<std::string> Names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

 private:
  std::string path_;
};

/// The bytes of a file; of one that cannot be read none.
inline std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_TEMP_FOLDER_H_
