#include "hooks/hook.h"

namespace jobwarden {

int RunGitHubMint(const HookCall&) {
  return 1;
}

}  // namespace jobwarden
