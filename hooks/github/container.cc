#include "hooks/hook.h"

namespace jobwarden {

int RunGitHubContainer(const HookCall&) {
  return 1;
}

}  // namespace jobwarden
