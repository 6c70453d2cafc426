#ifndef JOBWARDEN_VERIFIER_KEYS_REFRESH_PROGRAM_H_
#define JOBWARDEN_VERIFIER_KEYS_REFRESH_PROGRAM_H_

#include <string>
#include <vector>

#include "verifier/keys/key_cache.h"

namespace jobwarden {

/// Starts `jobwarden keys refresh --issuer NAME --config CONFIG_PATH` from beside this program.
/// The program gets `environment` and nothing else. When it fails, the last thing that it says on
/// standard error becomes the finding, which is KEYS_UNAVAILABLE.
Refresh RefreshByProgram(std::string config_path, std::vector<std::string> environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_KEYS_REFRESH_PROGRAM_H_
