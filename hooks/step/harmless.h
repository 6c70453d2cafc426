#ifndef JOBWARDEN_HOOKS_STEP_HARMLESS_H_
#define JOBWARDEN_HOOKS_STEP_HARMLESS_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "hooks/step/step_environment.h"
#include "verifier/consumers/consumer_list.h"

namespace jobwarden {

/// A word of a command of a script.
struct CommandWord {
  std::string_view text;
  bool begins = false;    ///< a command begins here, as in `$(…)`
  bool assigned = false;  ///< `=` follows
};

/// Some words of a command, by their positions; the last one belongs to it.
struct Span {
  std::size_t first;
  std::size_t last;
};

/// Whether a phrase that the list calls harmless is in the command, and shares a word with the span
/// in which something else was found: `npm publish --dry-run`, `cosign verify`.
bool IsHarmless(const std::vector<CommandWord>& command, Span span, const ConsumerList& list,
                const StepEnvironment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_HARMLESS_H_
