#ifndef JOBWARDEN_HOOKS_GITHUB_CONTAINER_MESSAGE_H_
#define JOBWARDEN_HOOKS_GITHUB_CONTAINER_MESSAGE_H_

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/base/value.h"

namespace jobwarden {

inline constexpr std::size_t kMaxContainerMessageBytes = std::size_t{16} << 20U;

inline constexpr std::string_view kPrepareJob = "prepare_job";
inline constexpr std::string_view kRunScriptStep = "run_script_step";
inline constexpr std::string_view kRunContainerStep = "run_container_step";
inline constexpr std::string_view kCleanupJob = "cleanup_job";

/// The message on the standard input of the runner's container hook, one JSON object:
/// `{"command", "responseFile", "state", "args"}`. Its bytes stay as they were received.
class ContainerMessage {
 public:
  /// JOB_UNREADABLE for anything but such an object. For a command that has `environmentVariables`,
  /// also if these are not an object, because a variable could be hidden in another type. Other
  /// commands, and members that are not named here, may be anything.
  static Result<ContainerMessage> Parse(Secret text);

  ContainerMessage(ContainerMessage&&) = default;
  ContainerMessage& operator=(ContainerMessage&&) = default;
  ~ContainerMessage() { Wipe(tree_); }

  std::string_view command() const;

  // Members of `args`. Empty if they are absent or of another type.
  std::string_view Argument(std::string_view name) const;
  std::vector<std::string_view> Arguments(std::string_view name) const;
  std::string_view Variable(std::string_view name) const;  ///< of `environmentVariables`

  /// The text with kRequestVariables cut out of the `environmentVariables` of `args`, of its
  /// `container` (older runners: `jobContainer`) and of its `services`. All other bytes are the
  /// same.
  Secret WithoutRequestVariables() const;

 private:
  ContainerMessage(Secret text, Value tree) : text_(std::move(text)), tree_(std::move(tree)) {}

  Secret text_;
  Value tree_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_CONTAINER_MESSAGE_H_
