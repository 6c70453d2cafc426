#include "hooks/step/step_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "hooks/step/guarded_names.h"
#include "hooks/step/paths.h"
#include "hooks/step/program_search.h"
#include "hooks/step/recipes.h"
#include "hooks/step/words.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxStrangerBytes = std::size_t{256} << 10U;
constexpr std::size_t kMaxProgramBytes = std::size_t{256} << 20U;  // of all that are searched
constexpr std::size_t kPeekBytes = 1024;

// Programs of the system. They request no id_tokens by themselves, and are many.
bool IsSystemProgram(std::string_view path) {
  for (const std::string_view folder : {"/bin", "/sbin", "/lib", "/lib64", "/usr"}) {
    if (IsInside(path, folder)) return !IsInside(path, "/usr/local");
  }
  return false;
}

// A regular file that is open, and closed again with this object.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : fd_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

bool IsProgram(std::string_view bytes) {
  return bytes.starts_with(
      "\x7f"
      "ELF");
}

// The first bytes of a file, as many as fit.
bool ReadAt(int fd, std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (got < 0) return false;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return true;
}

// The archives with which Gradle and Maven install themselves.
bool IsWrapper(std::string_view path) {
  return path.ends_with("/gradle-wrapper.jar") || path.ends_with("/maven-wrapper.jar");
}

}  // namespace

bool IsFile(FileKind kind) {
  return kind == FileKind::kText || kind == FileKind::kNoText || kind == FileKind::kNamesVariables;
}

bool IsOfKernel(std::string_view path) {
  return IsInside(path, "/proc") || IsInside(path, "/sys") || IsInside(path, "/dev");
}

bool IsPackage(std::string_view name) {
  return name == "package.json" || name == "deno.json" || name == "deno.jsonc" ||
         name == "composer.json";
}

StepFiles::StepFiles(const StepCall& call, const StepEnvironment& environment,
                     const Commands& commands, const TokenUseLimits& limits)
    : call_(call), environment_(environment), commands_(commands), limits_(limits) {
  for (const std::string_view root : {call.workspace, call.action, call.temporary}) {
    if (root.starts_with("/")) roots_.push_back(NormalPath(root));
  }
  if (roots_.empty()) roots_.push_back(NormalPath(call.folder));
}

bool StepFiles::IsOurs(std::string_view path) const {
  return std::any_of(roots_.begin(), roots_.end(),
                     [&](const std::string& root) { return IsInside(path, root); });
}

bool StepFiles::IsKnown(std::string_view program) const {
  const auto is_it = [&](std::string_view name) { return program == name; };
  return commands_.Knows(program) ||
         std::any_of(std::begin(kGuardedNames), std::end(kGuardedNames), is_it);
}

FileKind StepFiles::SearchProgram(int fd, std::size_t size) {
  if (!limits_.variables) return FileKind::kNoText;
  if (size > kMaxProgramBytes - program_bytes_) return FileKind::kUnknown;
  program_bytes_ += size;
  return ProgramNamesRequestVariables(fd, size) ? FileKind::kNamesVariables : FileKind::kNoText;
}

FileKind StepFiles::SearchOnPath(const std::vector<std::string_view>& words) {
  // The programs of a container are in its image.
  if (!call_.mounts.empty()) return FileKind::kNothing;
  std::string_view path = environment_.Get("PATH");
  while (!path.empty()) {
    const std::size_t end = std::min(path.find(':'), path.size());
    const std::string folder(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    if (!folder.starts_with("/") || IsSystemProgram(folder)) continue;
    for (const std::string_view word : words) {
      if (word.find('/') != word.npos || !MayBePath(word) || !names_.MayHold(folder, word) ||
          IsKnown(word)) {
        continue;
      }
      const OpenFile program(JoinPath(folder, word));
      std::string begin(4, '\0');
      struct stat file = {};
      if (program.fd() < 0 || fstat(program.fd(), &file) != 0 || !S_ISREG(file.st_mode) ||
          !ReadAt(program.fd(), begin) || !IsProgram(begin)) {
        continue;
      }
      const FileKind kind = SearchProgram(program.fd(), static_cast<std::size_t>(file.st_size));
      if (kind != FileKind::kNoText) return kind;
    }
  }
  return FileKind::kNothing;
}

StepFile StepFiles::Open(const std::string& path, bool is_script) {
  if (IsOfKernel(path)) return {};
  if (++lookups_ > limits_.lookups) return {FileKind::kUnknown, {}};
  const bool is_ours = is_script || IsOurs(path);
  struct stat there = {};
  // Opening a pipe or a device would change something.
  if (stat(path.c_str(), &there) != 0) {
    const bool is_there = errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG;
    return {is_ours && is_there ? FileKind::kUnknown : FileKind::kNothing, {}};
  }
  if (S_ISDIR(there.st_mode)) return {FileKind::kFolder, {}};
  if (!S_ISREG(there.st_mode)) {
    return {is_script ? FileKind::kUnknown : FileKind::kNothing, {}};
  }
  const OpenFile file(path);
  if (file.fd() < 0) {
    return {is_ours && errno != ENOENT ? FileKind::kUnknown : FileKind::kNothing, {}};
  }
  return Read(file.fd(), path, is_script, is_ours);
}

StepFile StepFiles::Read(int fd, const std::string& path, bool is_script, bool is_ours) {
  const StepFile unknown = {FileKind::kUnknown, {}};
  const StepFile no_text = {FileKind::kNoText, {}};
  struct stat file = {};
  if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) return unknown;
  const std::string_view name = LastPart(path);
  // These are read again for each text that names scripts or recipes of them.
  const bool in_parts = IsPackage(name) || HasRecipes(name);
  if (!in_parts && !seen_.emplace(file.st_dev, file.st_ino).second) return no_text;
  const auto size = static_cast<std::size_t>(file.st_size);

  StepFile read{FileKind::kText, std::string(std::min(size, kPeekBytes), '\0')};
  if (!ReadAt(fd, read.text)) return unknown;
  if (IsProgram(read.text)) {
    const bool is_others = !is_ours && (IsSystemProgram(path) || IsKnown(name));
    return {is_others ? FileKind::kNoText : SearchProgram(fd, size), {}};
  }
  if (!is_ours && size > kMaxStrangerBytes) return no_text;
  if (is_ours && read.text.starts_with("PK\x03\x04") && path.ends_with(".jar")) {
    return IsWrapper(path) ? no_text : unknown;
  }
  // Data, or a script that cannot be read.
  if (read.text.find('\0') != read.text.npos) return is_script ? unknown : no_text;

  if (++files_ > limits_.files || size > limits_.bytes - bytes_) return unknown;
  read.text.resize(size);
  if (!ReadAt(fd, read.text)) return unknown;
  bytes_ += read.text.size();
  return read;
}

}  // namespace jobwarden
