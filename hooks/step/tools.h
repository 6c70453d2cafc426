#ifndef JOBWARDEN_HOOKS_STEP_TOOLS_H_
#define JOBWARDEN_HOOKS_STEP_TOOLS_H_

#include <span>
#include <string_view>
#include <vector>

namespace jobwarden {

/// A program that reads a file of its own, which no script names.
struct Tool {
  std::string_view command;
  std::vector<std::string_view> files;
  bool only_publishing = false;  ///< it counts if a word publishes, deploys, releases or signs
};

/// All of them.
std::span<const Tool> Tools();

/// The tools that the words call, and that count.
std::vector<const Tool*> ToolsCalled(const std::vector<std::string_view>& words);

/// Whether the words run programs that are folders of sources: `go run ./cmd/release`, `cargo
/// xtask`.
bool RunsFolders(const std::vector<std::string_view>& words);

/// Whether a file of this name may name folders that hold files of the same tool: `pom.xml` and its
/// modules, `settings.gradle` and its projects.
std::vector<std::string_view> FilesOfParts(std::string_view file_name);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_TOOLS_H_
