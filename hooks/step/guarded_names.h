#ifndef JOBWARDEN_HOOKS_STEP_GUARDED_NAMES_H_
#define JOBWARDEN_HOOKS_STEP_GUARDED_NAMES_H_

#include <string_view>

namespace jobwarden {

/// The programs of `run:` steps that a step guard replaces: shells, and the other programs that
/// GitHub's runner accepts as `shell:`.
inline constexpr std::string_view kGuardedNames[] = {"bash",   "sh",      "zsh", "pwsh",
                                                     "python", "python3", "node"};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_GUARDED_NAMES_H_
