#ifndef JOBWARDEN_EXECUTOR_RECEIVED_SCRIPT_VARIABLES_H_
#define JOBWARDEN_EXECUTOR_RECEIVED_SCRIPT_VARIABLES_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "executor/received/shell_word.h"
#include "verifier/exposure/inventory.h"

namespace jobwarden {

/// The lines of a generated script that set one variable: [begin, end) of the script's bytes.
struct ScriptSlice {
  std::size_t begin;
  std::size_t end;
};

/// The variables that a generated script begins with.
struct ScriptVariables {
  std::vector<Variable> variables;
  std::vector<ScriptSlice> slices;  ///< one for each variable; they follow each other without gaps
  std::size_t end = 0;              ///< where the stage's own commands begin
  bool understood = true;  ///< false: what follows looks like a variable in no form that is known
};

/// Reads the variables at the beginning of an inner script for bash or sh: `export KEY=WORD`, or
/// the three lines of a file variable. GITLAB_ENV, which the runner sets last, is not one of them.
ScriptVariables ReadShellVariables(std::string_view script, Quoting quoting);

/// Reads the variables that begin at `begin` of a PowerShell script: two assignments, and for a
/// file variable two lines before them that write the file. GITLAB_ENV is not one of them here
/// either.
ScriptVariables ReadPowerShellVariables(std::string_view script, std::size_t begin);

/// `text` as it stands inside PowerShell's double quotes, as the runner writes it.
std::string EscapeForPowerShell(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_RECEIVED_SCRIPT_VARIABLES_H_
