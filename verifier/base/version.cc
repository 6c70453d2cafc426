#include "verifier/base/version.h"

namespace jobwarden {

std::string_view Version() {
  return JOBWARDEN_VERSION;
}

}  // namespace jobwarden
