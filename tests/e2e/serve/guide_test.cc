// The steps of JWTShield's guide for GitHub Actions and GitLab CI, with the real curl, python3 and
// jq: a script that calls JWTShield calls this, with another URL.

#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/e2e/serve/serve_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;

namespace {

// The job's step, as GitLab CI runs it: the body by python3, the answer's `valid` by jq.
constexpr const char* kGitLabStep = R"sh(
set -euo pipefail
python3 - <<'PY' > body.json
import json, os
print(json.dumps({
    "token": os.environ["JWTSHIELD_ID_TOKEN"],
    "provider": "gitlab",
    "expected_project_path": os.environ["CI_PROJECT_PATH"],
    "expected_ref_protected": "true",
}))
PY
curl --fail-with-body --silent --show-error \
  -X POST "$JWTSHIELD_URL/v1/validate/ci-oidc" \
  -H "Authorization: Bearer $JWTSHIELD_API_KEY" \
  -H "Content-Type: application/json" \
  --data @body.json > result.json
jq . result.json
jq -e '.valid == true' result.json > /dev/null
)sh";

// The same by jq and a pipe, as a GitHub Actions step.
constexpr const char* kGitHubStep = R"sh(
set -euo pipefail
jq -n --arg token "$JWTSHIELD_ID_TOKEN" --arg repo "$GITHUB_REPOSITORY" --arg ref "$GITHUB_REF" \
  '{token: $token, provider: "github_actions", expected_repository: $repo, expected_ref: $ref}' |
curl -sS -X POST "$JWTSHIELD_URL/v1/validate/ci-oidc" \
  -H "Authorization: Bearer $JWTSHIELD_API_KEY" -H "Content-Type: application/json" -d @- \
  -o result.json
cat result.json
python3 -c 'import json,sys; sys.exit(0 if json.load(open("result.json"))["valid"] else 1)'
)sh";

struct Steps {
  ServeHost host;
  Environment environment{
      {"PATH", getenv("PATH")},           {"HOME", "/nonexistent"},
      {"JWTSHIELD_URL", host.url()},      {"JWTSHIELD_API_KEY", "jws_live_0123456789abcdef"},
      {"JWTSHIELD_ID_TOKEN", host.token}, {"CI_PROJECT_PATH", "shop/checkout"},
      {"GITHUB_REPOSITORY", "octo/app"},  {"GITHUB_REF", "refs/heads/main"}};

  ChildResult Run(const char* script) const {
    ChildOptions options;
    options.command = {"/bin/bash", "-c", script};
    options.environment = environment;
    options.folder = host.folder.path();
    return RunChild(options);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(guide, Steps)

BOOST_AUTO_TEST_CASE(gitlab_step_passes_with_the_job_s_own_token) {
  const ChildResult result = Run(kGitLabStep);
  BOOST_TEST(result.exit_code == 0, result.log);
  BOOST_TEST(Has(result.out, "\"valid\": true"));
}

BOOST_AUTO_TEST_CASE(gitlab_step_fails_for_another_project_and_says_both) {
  environment["CI_PROJECT_PATH"] = "shop/other";
  const ChildResult result = Run(kGitLabStep);
  BOOST_TEST(result.exit_code != 0);
  BOOST_TEST(Has(result.out, "GITLAB_PROJECT_MISMATCH"));
  BOOST_TEST(Has(result.out, "\"token_project_path\": \"shop/checkout\""));
  BOOST_TEST(Has(result.out, "\"expected_project_path\": \"shop/other\""));
  BOOST_TEST(Has(result.out, "Token is NOT valid: "));
}

BOOST_AUTO_TEST_CASE(step_with_a_text_that_is_no_token_fails_by_the_status) {
  environment["JWTSHIELD_ID_TOKEN"] = "abc";
  const ChildResult result = Run(kGitLabStep);
  BOOST_TEST(result.exit_code != 0);
  BOOST_TEST(Has(result.err, "400"));
  BOOST_TEST(Has(Slurp(host.folder / "result.json"), "MALFORMED_TOKEN"));
}

BOOST_AUTO_TEST_CASE(github_step_passes_and_fails_with_the_repository) {
  const Signer signer("EdDSA", "github-1");
  host.folder.Write("github.json", signer.KeySetJson());
  const std::string config = Slurp(host.config_path());
  host.folder.Write("jobwarden.toml",
                    config.substr(0, config.find("[[allow]]")) +
                        "[[issuer]]\nname = \"github\"\nprovider = \"github\"\n"
                        "url = \"https://token.actions.githubusercontent.com\"\n"
                        "audience = \"ci\"\nalgorithms = [\"EdDSA\"]\n[issuer.keys]\nfile = \"" +
                        (host.folder / "github.json") +
                        "\"\n[[allow]]\nname = \"a\"\nissuer = \"gitlab\"\n"
                        "claims = { project_path = \"shop/**\" }\n");
  host.Signal(SIGHUP);
  BOOST_REQUIRE(host.Logged("the configuration was reloaded"));
  const std::time_t now = std::time(nullptr);
  nlohmann::json claims = {{"iss", "https://token.actions.githubusercontent.com"},
                           {"aud", "ci"},
                           {"iat", now},
                           {"exp", now + 300},
                           {"repository", "Octo/App"},
                           {"ref", "refs/heads/main"},
                           {"sha", "4be1c0de5f00d4be1c0de5f00d4be1c0de5f00d4"},
                           {"run_id", "7"},
                           {"run_attempt", "1"},
                           {"event_name", "push"}};
  environment["JWTSHIELD_ID_TOKEN"] = signer.Sign(claims.dump());
  const ChildResult good = Run(kGitHubStep);
  BOOST_TEST(good.exit_code == 0, good.log);
  environment["GITHUB_REF"] = "refs/heads/other";
  environment["GITHUB_REPOSITORY"] = "octo/other";
  const ChildResult bad = Run(kGitHubStep);
  BOOST_TEST(bad.exit_code == 1);
  BOOST_TEST(Has(bad.out, "GITHUB_REPO_MISMATCH"));
  BOOST_TEST(Has(bad.out, "GITHUB_REF_MISMATCH"));
  // A token of one provider is not the other's.
  environment["JWTSHIELD_ID_TOKEN"] = host.token;
  BOOST_TEST(Has(Run(kGitHubStep).out, "ISSUER_MISMATCH"));
}

BOOST_AUTO_TEST_SUITE_END()
