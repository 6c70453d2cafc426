#ifndef JOBWARDEN_TESTS_SUPPORT_GITHUB_COMMANDS_H_
#define JOBWARDEN_TESTS_SUPPORT_GITHUB_COMMANDS_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace jobwarden::testing {

/// A line of output that speaks to the runner: `::error title=T::message`.
struct OutputCommand {
  std::string name;
  std::map<std::string, std::string> properties;
  std::string message;
};

/// Nothing where the line is none. `%25 %0D %0A`, in properties also `%3A %2C`, are decoded.
std::optional<OutputCommand> ParseOutputCommand(const std::string& line);

/// GITHUB_ENV and GITHUB_OUTPUT: `NAME=value`, or `NAME<<END`, lines, `END`.
std::vector<std::pair<std::string, std::string>> ParseAssignments(const std::string& text);

/// The lines that are not empty: GITHUB_PATH.
std::vector<std::string> Lines(const std::string& text);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_GITHUB_COMMANDS_H_
