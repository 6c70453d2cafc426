#ifndef JOBWARDEN_HOOKS_COMMANDS_H_
#define JOBWARDEN_HOOKS_COMMANDS_H_

#include <span>
#include <string_view>

#include "hooks/arguments.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// A command of this program.
struct HookCommand {
  std::string_view name;
  /// Runs the command and returns the exit status.
  int (*run)(const HookArguments& arguments, const Environment& environment);
};

/// All commands.
std::span<const HookCommand> HookCommands();

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_COMMANDS_H_
