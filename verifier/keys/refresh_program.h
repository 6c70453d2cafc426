#ifndef JOBWARDEN_VERIFIER_KEYS_REFRESH_PROGRAM_H_
#define JOBWARDEN_VERIFIER_KEYS_REFRESH_PROGRAM_H_

#include <string>
#include <vector>

#include "verifier/keys/key_cache.h"

namespace jobwarden {

/// The proxy settings of this process's own environment: https_proxy, http_proxy, all_proxy and
/// no_proxy in both cases, as `NAME=value`.
std::vector<std::string> ProxyEnvironment();

/// Starts `jobwarden keys refresh --issuer NAME --config CONFIG_PATH` from beside this program.
/// It gets `environment` and nothing else. What it says last on standard error becomes the
/// finding, which is KEYS_UNAVAILABLE.
Refresh RefreshByProgram(std::string config_path, std::vector<std::string> environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_KEYS_REFRESH_PROGRAM_H_
