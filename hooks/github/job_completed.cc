#include "hooks/hook.h"

namespace jobwarden {

int RunGitHubJobCompleted(const HookCall&) {
  return 1;
}

}  // namespace jobwarden
