#include "hooks/hook.h"

namespace jobwarden {

int RunGitHubJobStarted(const HookCall&) {
  return 1;
}

}  // namespace jobwarden
