#ifndef JOBWARDEN_VERIFIER_SERVICE_SITE_H_
#define JOBWARDEN_VERIFIER_SERVICE_SITE_H_

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/http/tls.h"
#include "verifier/provider/provider.h"
#include "verifier/service/served_keys.h"

namespace jobwarden {

/// What requests are answered from: a configuration, and the keys of its issuers. A reload makes a
/// new one; requests that have begun end with the one that they began with.
struct Site {
  explicit Site(Config settings)
      : config(std::move(settings)), keys(config.issuers, config.state_dir) {
    for (const Provider provider : AllProviders()) {
      Config& some = of_provider.emplace(provider, config).first->second;
      std::erase_if(some.issuers, [&](const Issuer& each) { return each.provider != provider; });
    }
  }

  Config config;
  std::map<Provider, Config> of_provider;  ///< each with the issuers of one provider alone
  ServedKeys keys;
  std::vector<std::string> api_keys;  ///< SHA-256 of each; empty: everybody may ask
  std::vector<uid_t> users;           ///< who may connect to a Unix socket; empty: everybody
};

/// SHA-256 of each key in the file; none without a path. CONFIG_INVALID.
Result<std::vector<std::string>> ReadApiKeys(const std::string& path);
/// CONFIG_INVALID for a name that no user has.
Result<std::vector<uid_t>> FindUsers(const std::vector<std::string>& names);
/// Reads what the configuration names, and begins to keep keys. CONFIG_INVALID.
Result<std::shared_ptr<Site>> MakeSite(Config config);

TlsFiles FilesOf(const ServeSettings& serve);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_SITE_H_
