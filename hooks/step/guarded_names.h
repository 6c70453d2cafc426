#ifndef JOBWARDEN_HOOKS_STEP_GUARDED_NAMES_H_
#define JOBWARDEN_HOOKS_STEP_GUARDED_NAMES_H_

#include <string_view>

namespace jobwarden {

/// The programs of `run:` steps that a step guard replaces: shells, and other programs that
/// workflows name as `shell:`.
inline constexpr std::string_view kGuardedNames[] = {
    "bash", "sh",   "dash", "zsh",  "ksh",  "fish", "pwsh", "powershell", "python", "python3",
    "node", "deno", "bun",  "perl", "ruby", "php",  "lua",  "Rscript",    "nu"};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_GUARDED_NAMES_H_
