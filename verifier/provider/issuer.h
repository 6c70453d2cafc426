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

/// Where an issuer's key set comes from, and how long it is good for.
struct KeySettings {
  std::string url;      ///< of the key set; empty: discovered from the issuer's url
  std::string file;     ///< pinned; not empty: no network at all
  std::string ca_file;  ///< trusted certificates; empty: the system's
  std::string proxy;    ///< empty: https_proxy and no_proxy of the environment
  std::chrono::seconds timeout{5};
  std::chrono::seconds max_age{std::chrono::hours(24)};
  std::chrono::seconds stale_for{std::chrono::hours(24)};
  std::chrono::seconds cooldown{10};
};

/// Of an audience that an id_token is asked for with.
inline constexpr std::size_t kMaxAudienceBytes = 1024;

/// A configured issuer: whose tokens count, and what they must say.
struct Issuer {
  std::string name;
  Provider provider = Provider::kGitLab;
  std::string url;                     ///< equals `iss`, byte for byte
  std::vector<std::string> audiences;  ///< any of them makes a token the job's
  std::vector<Algorithm> algorithms{Algorithm::kRS256};
  std::chrono::seconds leeway{30};
  std::chrono::seconds max_lifetime{std::chrono::hours(24)};
  std::string server_url;  ///< never empty: of the CI server that issues the tokens
  KeySettings keys;

  bool Expects(std::string_view audience) const {
    return std::find(audiences.begin(), audiences.end(), audience) != audiences.end();
  }
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_ISSUER_H_
