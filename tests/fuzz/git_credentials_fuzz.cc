// A configuration of git's without the token: what is left was there in this order, after it
// come helpers alone, and doing it again changes nothing.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "executor/received/git_config.h"

using namespace jobwarden;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kToken = "t%0k-1";
  const std::string_view config(reinterpret_cast<const char*>(data), size);
  const auto rest = WithoutGitCredentials(config, kToken, TokenElsewhere::kRefused);
  if (!rest) return 0;
  if (rest->find(kToken) != std::string::npos) std::abort();
  if (config.find(kToken) == std::string_view::npos && *rest == config) return 0;

  std::size_t taken = 0;
  std::size_t at = 0;
  while (at < rest->size() && taken < config.size()) {
    if ((*rest)[at] == config[taken]) ++at;
    ++taken;
  }
  std::string_view added = std::string_view(*rest).substr(at);
  if (added.starts_with('\n')) added.remove_prefix(1);
  if (!added.empty() && !added.starts_with("[credential \"http")) std::abort();
  if (std::count(config.begin(), config.end(), '\n') >
      std::count(rest->begin(), rest->end(), '\n')) {
    std::abort();
  }
  const auto again = WithoutGitCredentials(*rest, kToken, TokenElsewhere::kRefused);
  if (!again || *again != *rest) std::abort();
  return 0;
}
