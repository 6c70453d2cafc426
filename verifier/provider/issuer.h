#ifndef JOBWARDEN_VERIFIER_PROVIDER_ISSUER_H_
#define JOBWARDEN_VERIFIER_PROVIDER_ISSUER_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/token/algorithm.h"

namespace jobwarden {

enum class Provider { kGitLab, kGitHub };

/// Where an issuer's key set comes from, and how long it may be used.
struct KeySettings {
  std::string url;      ///< of the key set; empty: discovered from the issuer's url
  std::string file;     ///< of pinned keys; if it is set, the network is not used
  std::string ca_file;  ///< trusted certificates; empty: the system's
  std::string proxy;    ///< empty: https_proxy and no_proxy of the environment
  std::chrono::seconds timeout{5};
  std::chrono::seconds max_age{std::chrono::hours(24)};
  std::chrono::seconds stale_for{std::chrono::hours(24)};
  std::chrono::seconds cooldown{10};
};

/// The longest audience for which an id_token can be requested.
inline constexpr std::size_t kMaxAudienceBytes = 1024;

/// A configured issuer, and what its tokens must say.
struct Issuer {
  std::string name;
  Provider provider = Provider::kGitLab;
  std::string url;                     ///< equals `iss`, byte for byte
  std::vector<std::string> audiences;  ///< a token with any of them is the job's token
  std::vector<Algorithm> algorithms{Algorithm::kRS256};
  std::chrono::seconds leeway{30};
  std::chrono::seconds max_lifetime{std::chrono::hours(24)};
  std::string server_url;  ///< of the CI server whose jobs get the tokens; never empty
  KeySettings keys;

  bool Expects(std::string_view audience) const {
    return std::find(audiences.begin(), audiences.end(), audience) != audiences.end();
  }
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_ISSUER_H_
