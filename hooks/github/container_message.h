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

/// What the runner writes to the standard input of its container hook, one JSON object:
/// `{"command", "responseFile", "state", "args"}`. Kept as it was received: nothing of it is
/// written anew.
class ContainerMessage {
 public:
  /// JOB_UNREADABLE for what is no such object, and where the `environmentVariables` of a command
  /// that is known to have some are none: something else could hide a variable there. Other
  /// commands, and members that are not named here, may be anything.
  static Result<ContainerMessage> Parse(Secret text);

  ContainerMessage(ContainerMessage&&) = default;
  ContainerMessage& operator=(ContainerMessage&&) = default;
  ~ContainerMessage() { Wipe(tree_); }

  std::string_view command() const;

  // Of `args`; nothing where they are not there, or of another type.
  std::string_view Argument(std::string_view name) const;
  std::vector<std::string_view> Arguments(std::string_view name) const;
  std::string_view Variable(std::string_view name) const;  ///< of its `environmentVariables`

  /// The text with kRequestVariables cut out of the `environmentVariables` of `args` and of its
  /// `container` (older runners: `jobContainer`) and `services`; all other bytes are the same.
  Secret WithoutRequestVariables() const;

 private:
  ContainerMessage(Secret text, Value tree) : text_(std::move(text)), tree_(std::move(tree)) {}

  Secret text_;
  Value tree_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_CONTAINER_MESSAGE_H_
