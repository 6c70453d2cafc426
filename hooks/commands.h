#ifndef JOBWARDEN_HOOKS_COMMANDS_H_
#define JOBWARDEN_HOOKS_COMMANDS_H_

#include <span>
#include <string_view>

#include "hooks/arguments.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// A command of this program: what it is called, and what it does. Returns the exit status.
struct HookCommand {
  std::string_view name;
  int (*run)(const HookArguments& arguments, const Environment& environment);
};

/// All commands, each once.
std::span<const HookCommand> HookCommands();

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_COMMANDS_H_
