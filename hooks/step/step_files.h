#ifndef JOBWARDEN_HOOKS_STEP_STEP_FILES_H_
#define JOBWARDEN_HOOKS_STEP_STEP_FILES_H_

#include <sys/types.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/step/commands.h"
#include "hooks/step/folder_names.h"
#include "hooks/step/step_environment.h"
#include "hooks/step/token_use.h"

namespace jobwarden {

/// What is at a path.
enum class FileKind {
  kNothing,  ///< no file, or none that is to be opened
  kFolder,
  kText,            ///< a text that was not read before
  kNoText,          ///< a file that was read before, or has no text, or is not the step's
  kNamesVariables,  ///< a compiled program that contains the name of a request variable
  kUnknown,         ///< a file of the step that cannot be read, or a limit
};

/// Whether a file is there.
bool IsFile(FileKind kind);

/// Whether the path is in a folder in which the kernel shows what is no file.
bool IsOfKernel(std::string_view path);

/// Whether a file of this name has scripts: package.json, deno.json, composer.json.
bool IsPackage(std::string_view name);

struct StepFile {
  FileKind kind = FileKind::kNothing;
  std::string text;
};

/// Reads the files of a step, within limits. It opens regular files only, for reading, and does not
/// block. All arguments of the constructor outlive this object.
class StepFiles {
 public:
  StepFiles(const StepCall& call, const StepEnvironment& environment, const Commands& commands,
            const TokenUseLimits& limits);

  /// Opens the file at a normal path. `is_script`: the step's own script, which must be readable.
  StepFile Open(const std::string& path, bool is_script);

  /// Searches the compiled programs that the words name, in the folders of PATH that are not the
  /// system's. Returns kNamesVariables, kUnknown or kNothing.
  FileKind SearchOnPath(const std::vector<std::string_view>& words);

  /// Whether the path is in the workspace, the action's folder or the runner's.
  bool IsOurs(std::string_view path) const;

  FolderNames& names() { return names_; }

 private:
  StepFile Read(int fd, const std::string& path, bool is_script, bool is_ours);
  FileKind SearchProgram(int fd, std::size_t size);
  bool IsKnown(std::string_view program) const;

  const StepCall& call_;
  const StepEnvironment& environment_;
  const Commands& commands_;
  const TokenUseLimits& limits_;
  std::vector<std::string> roots_;
  FolderNames names_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::size_t lookups_ = 0;
  std::size_t files_ = 0;
  std::size_t bytes_ = 0;
  std::size_t program_bytes_ = 0;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_STEP_FILES_H_
