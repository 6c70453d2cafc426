// The static programs where there is nothing else: no library, no shell, no /proc, no /etc/passwd.

#include <cstdlib>
#include <filesystem>

#include "tests/e2e/harness.h"
#include "tests/support/child.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

constexpr char kConfig[] = R"(version = 1
[[issuer]]
name = "gitlab"
provider = "gitlab"
url = "https://gitlab.example.com"
audience = "https://ci-runners.example.com"
[issuer.keys]
file = "/etc/jobwarden/keys.json"
[[allow]]
name = "shop deploys"
claims = { project_path = "shop/**", ref_protected = true }
)";

class EmptyRoot {
 public:
  EmptyRoot() {
    fs::create_directories(root_ / "etc/jobwarden");
    fs::create_directories(root_ / "builds/shop/checkout");
    fs::copy_file(Program("jobwarden-hook"), root_ / "jobwarden-hook");
    fs::copy_file(Program("jobwarden-executor"), root_ / "jobwarden-executor");
    root_.Write("etc/jobwarden/keys.json", signer_.KeySetJson());
    root_.Write("etc/jobwarden/jobwarden.toml", kConfig);
    root_.Write(
        "builds/shop/checkout/.gitlab-ci.yml",
        "deploy:\n  id_tokens:\n    JOBWARDEN_ID_TOKEN: {aud: https://ci-runners.example.com}\n"
        "    PYPI_STAGING_ID_TOKEN: {aud: pypi-staging}\n  script: [./deploy]\n");
    root_.Write("builds/shop/checkout/deploy", "$VAULT_ID_TOKEN");
    // The programs may be run by others: only so can a user who is not root see the folder.
    fs::permissions(root_.path(), fs::perms{0755});
  }

  // As a user to whom nothing here belongs, as in an image that says USER.
  ChildResult Run(const std::vector<std::string>& command, const Job& job = ProtectedDeploy()) {
    ChildOptions child;
    child.command = {"/usr/sbin/chroot", "--userspec=4321:4321", root_.path()};
    child.command.insert(child.command.end(), command.begin(), command.end());
    for (const auto& variable : AllVariables(Send(job, signer_), {})) {
      child.environment[variable.key] = variable.value;
    }
    return RunChild(child);
  }

  const TempFolder& folder() const { return root_; }

 private:
  TempFolder root_;
  Signer signer_{"RS256", "gitlab-key"};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(empty_root)

BOOST_AUTO_TEST_CASE(hook_allows_and_takes_out) {
  EmptyRoot root;
  const ChildResult result = root.Run({"/jobwarden-hook", "gitlab", "pre-build"});
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.out == "unset -v JOBWARDEN_ID_TOKEN\nunset -v PYPI_STAGING_ID_TOKEN\n");
  BOOST_TEST(Has(result.err, "jobwarden: allowed by rule \"shop deploys\" (decision "));
}

BOOST_AUTO_TEST_CASE(hook_denies) {
  EmptyRoot root;
  const ChildResult result =
      root.Run({"/jobwarden-hook", "gitlab", "pre-build"}, ForkMergeRequestDeploy());
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(result.out == "");
  BOOST_TEST(Has(result.err, " FORK_DENIED: "));
}

BOOST_AUTO_TEST_CASE(driver_answers) {
  EmptyRoot root;
  const ChildResult result = root.Run({"/jobwarden-executor", "--version"});
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(result.out, "jobwarden-executor "));
}

BOOST_AUTO_TEST_CASE(driver_finds_users_in_the_password_file_alone) {
  EmptyRoot root;
  const std::string config = std::string(kConfig) + "[executor]\nrun_as = [\"ci-job-1\"]\n";
  root.folder().Write("etc/jobwarden/jobwarden.toml", config);
  const ChildResult none = root.Run({"/jobwarden-executor", "config"});
  BOOST_TEST(Has(none.err, "no user \"ci-job-1\""));
  root.folder().Write("etc/passwd", "root:x:0:0::/:\nci-job-1:x:5001:5001::/home/ci-job-1:\n");
  const ChildResult found = root.Run({"/jobwarden-executor", "config"});
  BOOST_TEST(Lacks(found.err, "no user"));
}

BOOST_AUTO_TEST_SUITE_END()
