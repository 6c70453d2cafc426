#ifndef JOBWARDEN_EXECUTOR_RECEIVED_PROJECT_FOLDER_H_
#define JOBWARDEN_EXECUTOR_RECEIVED_PROJECT_FOLDER_H_

#include <optional>
#include <string>
#include <string_view>

namespace jobwarden {

/// The folder of the job's checkout, which the runner's own `cd` line names in front of the job's
/// lines. `commands` are JobScript::commands(). Nothing in a stage that has no such line, or where
/// the shell would make something else of the path.
std::optional<std::string> ProjectFolder(std::string_view commands);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_RECEIVED_PROJECT_FOLDER_H_
