#ifndef JOBWARDEN_TESTS_VERIFIER_CONFIG_SUPPORT_H_
#define JOBWARDEN_TESTS_VERIFIER_CONFIG_SUPPORT_H_

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "verifier/config/config.h"

namespace jobwarden::testing {

/// The smallest configuration that is accepted; 6 lines.
inline const std::string kGood = R"(version = 1
[[issuer]]
name = "gitlab"
provider = "gitlab"
url = "https://gitlab.example.com"
audience = "runner"
)";

/// The configuration of one file `c.toml` with this text.
inline Result<Config> Parse(const std::string& text) {
  return ParseConfig({{"c.toml", text}});
}

/// What a configuration of `files` is refused for: each message, and ` | ` and its hint where it
/// has one.
inline std::vector<std::string> Refusals(const std::vector<ConfigFile>& files) {
  const auto config = ParseConfig(files);
  std::vector<std::string> all;
  if (config) return all;
  for (const Finding& finding : config.findings()) {
    BOOST_TEST(CodeName(finding.code) == "CONFIG_INVALID");
    all.push_back(finding.hint.empty() ? finding.message : finding.message + " | " + finding.hint);
  }
  return all;
}

inline std::vector<std::string> Refusals(const std::string& text) {
  return Refusals({{"c.toml", text}});
}

/// The one refusal of the good configuration with `more` after it, from line 7 on.
inline std::string RefusalWith(const std::string& more) {
  const auto all = Refusals(kGood + more);
  BOOST_TEST(all.size() == 1U, "the number of refusals: " << all.size());
  for (std::size_t i = 1; i < all.size(); ++i) BOOST_TEST_MESSAGE(all[i]);
  return all.empty() ? "accepted" : all.front();
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_CONFIG_SUPPORT_H_
