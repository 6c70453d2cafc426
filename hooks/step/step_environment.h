#ifndef JOBWARDEN_HOOKS_STEP_STEP_ENVIRONMENT_H_
#define JOBWARDEN_HOOKS_STEP_STEP_ENVIRONMENT_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// The environment of a step, as far as it tells what the step's script means.
class StepEnvironment {
 public:
  /// Entries `NAME=value`, which outlive this object.
  explicit StepEnvironment(const std::vector<std::string_view>& entries);

  /// The value, empty if there is none.
  std::string_view Get(std::string_view name) const;

  /// All variables by name.
  const std::map<std::string_view, std::string_view>& all() const { return variables_; }

  /// The text with values in place of `$NAME`, `${NAME}` and `$env:NAME`. A name that is absent
  /// stays, and so does one whose value is long, and the names of the runner's own variables
  /// ACTIONS_…, for which texts are searched.
  std::string Expand(std::string_view text) const;

 private:
  std::map<std::string_view, std::string_view> variables_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_STEP_ENVIRONMENT_H_
