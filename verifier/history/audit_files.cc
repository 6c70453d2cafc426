#include "verifier/history/audit_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// What follows the file's own name in the name of a rotated one: a number that grows with the age,
// or a date that falls with it.
struct Rotation {
  bool dated;
  std::string digits;

  bool OlderThan(const Rotation& other) const {
    if (dated != other.dated) return dated;
    if (dated) return digits < other.digits;
    return std::pair(digits.size(), digits) > std::pair(other.digits.size(), other.digits);
  }
};

std::optional<Rotation> ReadRotation(std::string_view name, std::string_view base) {
  if (!name.starts_with(base) || name.size() == base.size()) return std::nullopt;
  name.remove_prefix(base.size());
  const char mark = name.front();
  if (mark != '.' && mark != '-') return std::nullopt;
  name.remove_prefix(1);
  if (name.ends_with(".gz")) name.remove_suffix(3);
  const auto is_digit = [](char each) { return each >= '0' && each <= '9'; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_digit)) return std::nullopt;
  return Rotation{mark == '-', std::string(name)};
}

std::vector<std::string> Rotated(const std::filesystem::path& path) {
  std::vector<std::pair<Rotation, std::string>> found;
  std::error_code error;
  const std::filesystem::path folder = path.parent_path();
  for (const auto& entry :
       std::filesystem::directory_iterator(folder.empty() ? "." : folder, error)) {
    auto rotation = ReadRotation(entry.path().filename().native(), path.filename().native());
    if (rotation && entry.is_regular_file(error)) {
      found.emplace_back(*std::move(rotation), folder / entry.path().filename());
    }
  }
  std::sort(found.begin(), found.end(),
            [](const auto& one, const auto& other) { return one.first.OlderThan(other.first); });
  std::vector<std::string> paths;
  for (auto& [rotation, each] : found) paths.push_back(std::move(each));
  return paths;
}

}  // namespace

Result<std::vector<std::string>> AuditFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  std::set<std::pair<dev_t, ino_t>> seen;
  const auto add = [&](const std::string& path) {
    struct stat st {};
    if (stat(path.c_str(), &st) != 0) return errno;
    if (!S_ISREG(st.st_mode)) return EINVAL;
    if (seen.emplace(st.st_dev, st.st_ino).second) files.push_back(path);
    return 0;
  };
  for (const std::string& path : paths) {
    const std::vector<std::string> older = Rotated(path);
    for (const std::string& each : older) add(each);
    const int error = add(path);
    if (error == ENOENT && !older.empty()) continue;  // rotated, and no job came since
    if (error != 0) {
      return Finding{Code::kAuditFailed,
                     fmt::format("audit file {}: {}", Quote(path),
                                 error == EINVAL ? "not a regular file" : ErrorText(error)),
                     "name the file that [audit] file names"};
    }
  }
  return files;
}

}  // namespace jobwarden
