#ifndef JOBWARDEN_EXECUTOR_RECEIVED_JOB_SCRIPT_H_
#define JOBWARDEN_EXECUTOR_RECEIVED_JOB_SCRIPT_H_

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "executor/received/script_variables.h"
#include "executor/received/shell_word.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/exposure/inventory.h"

namespace jobwarden {

inline constexpr std::size_t kMaxScriptBytes = std::size_t{16} * 1024 * 1024;

/// A script that GitLab Runner generated for one stage: envelope, the job's variables, and the
/// stage's own commands. Known forms: bash and sh (ANSI-C and POSIX quoting, all three ways in
/// which runners eval the inner script), and PowerShell. A script may have no variables at all.
///
/// Kept as the received bytes and slices of them. Values are decoded to be looked at and never
/// written again: dropping a variable removes its whole slice, and only the outer word that holds
/// the inner script is encoded again, in the quoting in which it came. A script whose outer word
/// does not come back byte for byte from decode and encode is refused: it was not understood.
class JobScript {
 public:
  /// Refuses more than kMaxScriptBytes, an empty script and an unknown form (SCRIPT_UNREADABLE).
  static Result<JobScript> Parse(std::string bytes);

  /// The variables that the script sets, in their order; a name that is set twice appears twice.
  /// Those that the runner's own lines after them set (GITLAB_ENV …) are part of commands().
  const std::vector<Variable>& variables() const { return read_.variables; }

  /// The stage's own commands, decoded: everything after the variables.
  std::string_view commands() const { return inner().substr(read_.end); }

  /// The script without the variables of these names: their exports, and for file variables the
  /// lines that write the file. In front of the commands comes a line for each such file that
  /// removes what an earlier stage wrote. Every other byte of the inner script stays as it was.
  ///
  /// With `guards_gitlab_env` the commands are those of WithGuardedGitLabEnv; SCRIPT_UNREADABLE
  /// when they read that file in an unknown form.
  ///
  /// The plain and the quoted form of each of `gone` (values of 8 bytes and more) must be absent
  /// from what comes out: SCRIPT_UNREADABLE when one is found.
  Result<Secret> Drop(const std::set<std::string>& names, const std::vector<std::string_view>& gone,
                      bool guards_gitlab_env = false) const;

 private:
  JobScript() = default;
  std::string_view inner() const { return quoting_ ? inner_.view() : bytes_.view(); }
  bool ReadShell();
  bool ReadPowerShell();

  Secret bytes_;
  /// How the outer word is quoted; nothing for PowerShell, which has no outer word.
  std::optional<Quoting> quoting_;
  std::size_t word_begin_ = 0;
  std::size_t word_end_ = 0;
  Secret inner_;  ///< the outer word, decoded
  ScriptVariables read_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_RECEIVED_JOB_SCRIPT_H_
