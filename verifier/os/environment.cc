#include "verifier/os/environment.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

void HandOn(const Environment& environment, std::initializer_list<std::string_view> names,
            std::vector<std::string>& to) {
  for (const std::string_view name : names) {
    const std::string_view value = environment.Get(name);
    if (!value.empty()) to.push_back(std::string(name).append("=").append(value));
  }
}

}  // namespace

Result<rlimit> HideProcess() {
  rlimit before{};
  if (getrlimit(RLIMIT_CORE, &before) == 0) {
    // The hard limit stays, because only root could raise it again.
    const rlimit none{0, before.rlim_max};
    if (setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0) {
      return before;
    }
  }
  return Finding{Code::kDriverFailed, "cannot hide this process from others: " + ErrorText(errno)};
}

Environment Environment::Take() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      environment.variables_.try_emplace(std::string(text.substr(0, equals)),
                                         Secret(std::string(text.substr(equals + 1))));
    }
    explicit_bzero(*entry, text.size());
  }
  static char* nothing = nullptr;
  environ = &nothing;
  return environment;
}

std::string_view Environment::Get(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? std::string_view() : found->second.view();
}

std::vector<std::string> ProxySettings(const Environment& environment) {
  std::vector<std::string> settings;
  HandOn(environment,
         {"http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY",
          "NO_PROXY", "ALL_PROXY"},
         settings);
  return settings;
}

std::vector<std::string> NetworkSettings(const Environment& environment) {
  auto settings = ProxySettings(environment);
  HandOn(environment, {"SSL_CERT_FILE", "SSL_CERT_DIR"}, settings);
  return settings;
}

}  // namespace jobwarden
