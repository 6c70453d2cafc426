// install/jobwarden.toml and install/github.toml, which administrators start from, and
// install/wrap-lxd.toml.

#include <regex>
#include <set>
#include <sstream>

#include "tests/support/places.h"
#include "tests/support/temp_folder.h"
#include "tests/verifier/config/support.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

const std::string kExamples = jobwarden::testing::InCheckout("install");

// The example with what is commented out, lines `# KEY = …` and `# [TABLE]`, switched on. Pinned
// keys and fetched ones exclude each other.
std::string WithComments(const std::string& text, bool pinned) {
  const std::regex commented(R"(# (\[.*|([A-Za-z_]+) += .*))");
  const std::set<std::string> left_out =
      pinned ? std::set<std::string>{"ca_file", "proxy"} : std::set<std::string>{"file"};
  std::istringstream lines(text);
  std::string all;
  for (std::string line; std::getline(lines, line); all += line + "\n") {
    std::smatch match;
    if (std::regex_match(line, match, commented) && !left_out.contains(match[2])) {
      line = std::string(match[1]);
    }
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(example)

BOOST_AUTO_TEST_CASE(the_example_is_accepted_as_it_is) {
  const std::string text = Slurp(kExamples + "/jobwarden.toml");
  const auto config = ParseConfig({{"jobwarden.toml", text}});
  if (!config) {
    for (const auto& finding : config.findings()) BOOST_ERROR(finding.message);
    return;
  }
  BOOST_TEST((config->mode == Mode::kEnforce));
  BOOST_REQUIRE(config->issuers.size() == 1U);
  BOOST_TEST(config->policy.allow.size() == 1U);
  BOOST_TEST(config->policy.deny.empty());
  BOOST_TEST(config->executor.shared_user);
}

BOOST_AUTO_TEST_CASE(what_the_example_has_commented_out_is_accepted_too) {
  for (const bool pinned : {false, true}) {
    const std::string text = WithComments(Slurp(kExamples + "/jobwarden.toml"), pinned);
    const auto config = ParseConfig({{"jobwarden.toml", text}});
    if (!config) {
      for (const auto& finding : config.findings()) BOOST_ERROR(finding.message);
      return;
    }
    BOOST_TEST(config->policy.allow.size() == 3U);
    BOOST_TEST(config->policy.deny.size() == 1U);
    BOOST_TEST((config->issuers[0].keys.file.empty() != pinned));
    BOOST_TEST((config->issuers[0].keys.proxy.empty() == pinned));
    BOOST_TEST(config->exposure.report_only);
    BOOST_TEST(config->exposure.consumers.count("MY_ID_TOKEN") == 1U);
    BOOST_TEST(config->state_dir == "/var/lib/jobwarden");
  }
}

BOOST_AUTO_TEST_CASE(example_for_github_is_accepted_as_it_is_and_with_all_that_is_commented_out) {
  const std::string text = Slurp(kExamples + "/github.toml");
  for (const std::string& each : {text, WithComments(text, false), WithComments(text, true)}) {
    const auto config = ParseConfig({{"jobwarden.toml", each}});
    if (!config) {
      for (const auto& finding : config.findings()) BOOST_ERROR(finding.message);
      return;
    }
    BOOST_TEST((config->mode == Mode::kEnforce));
    BOOST_REQUIRE(config->issuers.size() == 1U);
    BOOST_TEST(config->issuers[0].server_url == "https://github.com");
    BOOST_TEST(config->policy.allow.size() == (each == text ? 1U : 3U));
    const GitHubSettings defaults;
    const GitHubSettings& github = config->github;
    BOOST_TEST((github.on_deny == defaults.on_deny));
    BOOST_TEST((github.step_tokens == defaults.step_tokens));
    BOOST_TEST((github.sweep == defaults.sweep));
    BOOST_TEST(github.keep_steps.empty() == (each == text));
    BOOST_TEST(github.container_hooks.empty() == (each == text));
    BOOST_TEST(github.shared_user);
  }
}

BOOST_AUTO_TEST_CASE(example_of_a_wrapped_driver_is_accepted) {
  const auto config = ParseConfig({{"jobwarden.toml", Slurp(kExamples + "/wrap-lxd.toml")}});
  if (!config) {
    for (const auto& finding : config.findings()) BOOST_ERROR(finding.message);
    return;
  }
  const ExecutorSettings& executor = config->executor;
  BOOST_TEST((executor.driver == Driver::kWrap));
  BOOST_TEST(executor.wrap.config.empty());
  BOOST_TEST(executor.wrap.prepare.front() == "/opt/lxd-driver/prepare.sh");
  BOOST_TEST(executor.wrap.run.front() == "/opt/lxd-driver/run.sh");
  BOOST_TEST(executor.wrap.cleanup.front() == "/opt/lxd-driver/cleanup.sh");
  BOOST_TEST((config->exposure.usage == Usage::kScript));
}

BOOST_AUTO_TEST_SUITE_END()
