#include "verifier/config/config.h"

#include "tests/support/has.h"
#include "tests/verifier/config/support.h"
#include "verifier/base/encoding.h"

using namespace jobwarden;
using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(smallest_configuration_has_the_documented_defaults) {
  const auto result = Parse(kGood);
  BOOST_REQUIRE(result);
  const Config& config = *result;
  BOOST_TEST(config.path == "c.toml");
  BOOST_TEST((config.mode == Mode::kEnforce));
  BOOST_TEST(config.help == "");
  BOOST_TEST(config.state_dir == "/var/lib/jobwarden");
  BOOST_REQUIRE(config.issuers.size() == 1U);
  const Issuer& issuer = config.issuers[0];
  BOOST_TEST(issuer.name == "gitlab");
  BOOST_TEST((issuer.provider == Provider::kGitLab));
  BOOST_TEST(issuer.url == "https://gitlab.example.com");
  BOOST_TEST(issuer.server_url == issuer.url);
  BOOST_TEST(issuer.audiences == std::vector<std::string>{"runner"});
  BOOST_TEST((issuer.algorithms == std::vector{Algorithm::kRS256}));
  BOOST_TEST(issuer.leeway.count() == 30);
  BOOST_TEST(issuer.max_lifetime.count() == 86400);
  BOOST_TEST(issuer.keys.url == "");
  BOOST_TEST(issuer.keys.file == "");
  BOOST_TEST(issuer.keys.timeout.count() == 5);
  BOOST_TEST(issuer.keys.max_age.count() == 86400);
  BOOST_TEST(issuer.keys.stale_for.count() == 86400);
  BOOST_TEST(issuer.keys.cooldown.count() == 10);
  BOOST_TEST(config.policy.allow.empty());
  BOOST_TEST(config.policy.deny.empty());
  BOOST_TEST((config.policy.fork == ForkAction::kDeny));
  BOOST_TEST((config.exposure.unused == ExposureAction::kStrip));
  BOOST_TEST((config.exposure.legacy == ExposureAction::kStrip));
  BOOST_TEST(config.exposure.KeepsAliases());
  BOOST_TEST(config.exposure.job_may_keep);
  BOOST_TEST(!config.exposure.report_only);
  BOOST_TEST((config.exposure.consumers == KnownConsumers()));
  BOOST_TEST((config.executor.shell == Shell::kBash));
  BOOST_TEST(config.executor.builds_dir == "/var/lib/jobwarden/builds");
  BOOST_TEST(config.executor.cache_dir == "/var/lib/jobwarden/cache");
  BOOST_TEST(!config.executor.shared_user);
  BOOST_TEST(config.audit.file == "");
  BOOST_TEST(config.audit.required);
  BOOST_TEST(config.policy_sha256 == Sha256Hex(kGood));
}

BOOST_AUTO_TEST_CASE(github_has_its_documented_defaults_and_takes_every_key) {
  const auto defaults = Parse(kGood);
  BOOST_REQUIRE(defaults);
  BOOST_TEST((defaults->github.on_deny == OnDeny::kStopJob));
  BOOST_TEST((defaults->github.step_tokens == StepAccess::kAny));
  BOOST_TEST((defaults->github.sweep == SweepMode::kReport));
  BOOST_TEST(!defaults->github.strip_git_credentials);
  BOOST_TEST(!defaults->github.shared_user);
  const auto config = Parse(kGood + R"([github]
on_deny = "fail-step"
step_tokens = "listed"
keep_steps = ["mint", "__run_2"]
container_hooks = ["/home/runner/k8s/index.js", "--quiet"]
sweep = false
git_credentials = "strip"
shared_user = true
)");
  BOOST_REQUIRE(config);
  BOOST_TEST((config->github.on_deny == OnDeny::kFailStep));
  BOOST_TEST((config->github.step_tokens == StepAccess::kListed));
  BOOST_TEST(config->github.keep_steps == (std::vector<std::string>{"mint", "__run_2"}));
  BOOST_TEST(config->github.container_hooks ==
             (std::vector<std::string>{"/home/runner/k8s/index.js", "--quiet"}));
  BOOST_TEST((config->github.sweep == SweepMode::kOff));
  BOOST_TEST(config->github.strip_git_credentials);
  BOOST_TEST(config->github.shared_user);
}

BOOST_AUTO_TEST_CASE(github_sweep_is_true_false_or_the_word_remove) {
  const auto parsed = [](const std::string& value) {
    return Parse(kGood + "[github]\nsweep = " + value + "\n");
  };
  BOOST_TEST((parsed("true")->github.sweep == SweepMode::kReport));
  BOOST_TEST((parsed("\"remove\"")->github.sweep == SweepMode::kRemove));
  for (const char* value : {"\"report\"", "\"true\"", "1", "[true]"}) {
    const auto refused = parsed(value);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(Has(refused.findings().front().message,
                   "github.sweep: expected true, false or \"remove\""));
  }
}

BOOST_AUTO_TEST_CASE(github_server_follows_from_the_url_of_its_tokens) {
  const auto server = [](const std::string& url) {
    const auto config =
        Parse("version = 1\n[[issuer]]\nname = \"g\"\nprovider = \"github\"\nurl = \"" + url +
              "\"\naudience = \"runner\"\n");
    return config ? config->issuers[0].server_url : "refused";
  };
  BOOST_TEST(server("https://token.actions.githubusercontent.com") == "https://github.com");
  BOOST_TEST(server("https://token.actions.githubusercontent.com/octo") == "https://github.com");
  BOOST_TEST(server("https://token.actions.octo.ghe.com") == "https://octo.ghe.com");
  BOOST_TEST(server("https://ghes.example.com/_services/token") == "https://ghes.example.com");
  BOOST_TEST(server("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
}

BOOST_AUTO_TEST_CASE(every_key_of_this_version_reaches_its_setting) {
  const auto result = Parse(R"(version = 1
mode = "report"
help = "ask #ci-platform"
state_dir = "/srv/jw"

[[issuer]]
name = "gitlab"
provider = "gitlab"
url = "https://gitlab.example.com/ci"
audience = ["a", "b"]
algorithms = ["ES256", "EdDSA"]
leeway = "1m"
max_lifetime = "2h"
server_url = "http://gitlab.internal:8080"
[issuer.keys]
url = "https://gitlab.example.com/keys"
ca_file = "/etc/ssl/corp.pem"
proxy = "http://proxy.example.com:3128"
timeout = "7s"
max_age = "3d"
stale_for = "0s"
cooldown = "20s"

[[issuer]]
name = "github"
provider = "github"
url = "https://token.actions.githubusercontent.com"
audience = "a"
keys.file = "/etc/jobwarden/keys/github.json"

[[allow]]
name = "deploys"
issuer = "gitlab"
claims = { project_path = "platform/**", "/job_config/url" = { exists = true } }
facts = { image = "registry.example.com/**" }
audiences = ["https://vault.example.com"]

[[allow]]
name = "no token"
tokenless = true
facts = { project_path = "infra/*" }

[[deny]]
name = "no schedules"
claims = { pipeline_source = "schedule" }
mode = "report"

[fork]
action = "allow"
events = { merge_group = "own", push = "fork" }

[exposure]
unused = "keep"
usage = "script"
aliases = "keep"
legacy = "keep"
job_may_keep = false
mode = "report"
[exposure.consumers]
NPM_ID_TOKEN = ["our-publisher", "npm"]
MY_TOKEN = ["deploy", "npm publish", "a b c"]

[executor]
driver = "local"
shell = "sh"
builds_dir = "/srv/builds"
cache_dir = "/srv/cache"
sandbox = "none"
shared_user = true

[audit]
file = "/var/log/jobwarden/audit.jsonl"
required = false
syslog = false
)");
  if (!result) {
    for (const auto& finding : result.findings()) BOOST_ERROR(finding.message);
    return;
  }
  const Config& config = *result;
  BOOST_TEST((config.mode == Mode::kReport));
  BOOST_TEST(config.help == "ask #ci-platform");
  BOOST_TEST(config.state_dir == "/srv/jw");
  BOOST_REQUIRE(config.issuers.size() == 2U);
  const Issuer& gitlab = config.issuers[0];
  BOOST_TEST(gitlab.url == "https://gitlab.example.com/ci");
  BOOST_TEST(gitlab.audiences == (std::vector<std::string>{"a", "b"}));
  BOOST_TEST((gitlab.algorithms == std::vector{Algorithm::kES256, Algorithm::kEdDSA}));
  BOOST_TEST(gitlab.leeway.count() == 60);
  BOOST_TEST(gitlab.max_lifetime.count() == 7200);
  BOOST_TEST(gitlab.server_url == "http://gitlab.internal:8080");
  BOOST_TEST(gitlab.keys.url == "https://gitlab.example.com/keys");
  BOOST_TEST(gitlab.keys.ca_file == "/etc/ssl/corp.pem");
  BOOST_TEST(gitlab.keys.proxy == "http://proxy.example.com:3128");
  BOOST_TEST(gitlab.keys.timeout.count() == 7);
  BOOST_TEST(gitlab.keys.max_age.count() == 3 * 86400);
  BOOST_TEST(gitlab.keys.stale_for.count() == 0);
  BOOST_TEST(gitlab.keys.cooldown.count() == 20);
  const Issuer& github = config.issuers[1];
  BOOST_TEST((github.provider == Provider::kGitHub));
  BOOST_TEST(github.server_url == "https://github.com");
  BOOST_TEST(github.keys.file == "/etc/jobwarden/keys/github.json");

  BOOST_REQUIRE(config.policy.allow.size() == 2U);
  const Rule& deploys = config.policy.allow[0];
  BOOST_TEST(deploys.name == "deploys");
  BOOST_TEST(deploys.issuer == "gitlab");
  BOOST_TEST(deploys.claims.size() == 2U);
  BOOST_TEST(deploys.facts.size() == 1U);
  BOOST_TEST(deploys.audiences.has_value());
  BOOST_TEST(!deploys.tokenless);
  BOOST_TEST(!deploys.report_only);
  BOOST_TEST(config.policy.allow[1].tokenless);
  BOOST_TEST(config.policy.allow[1].issuer == "");
  BOOST_REQUIRE(config.policy.deny.size() == 1U);
  BOOST_TEST(config.policy.deny[0].report_only);
  BOOST_TEST((config.policy.fork == ForkAction::kAllow));
  BOOST_TEST((config.own_events == OwnEvents{{"merge_group", true}, {"push", false}}));

  BOOST_TEST((config.exposure.unused == ExposureAction::kKeep));
  BOOST_TEST((config.exposure.legacy == ExposureAction::kKeep));
  BOOST_TEST(config.exposure.KeepsAliases());
  BOOST_TEST(!config.exposure.job_may_keep);
  BOOST_TEST(config.exposure.report_only);
  auto publishers = KnownConsumers().at("NPM_ID_TOKEN");
  publishers.emplace_back("our-publisher");
  BOOST_TEST(config.exposure.consumers.at("NPM_ID_TOKEN") == publishers);
  BOOST_TEST(config.exposure.consumers.at("MY_TOKEN") ==
             (std::vector<std::string>{"deploy", "npm publish", "a b c"}));
  BOOST_TEST(config.exposure.consumers.count("PYPI_ID_TOKEN") == 1U);

  BOOST_TEST((config.executor.shell == Shell::kSh));
  BOOST_TEST(config.executor.builds_dir == "/srv/builds");
  BOOST_TEST(config.executor.cache_dir == "/srv/cache");
  BOOST_TEST(config.executor.shared_user);
  BOOST_TEST(config.audit.file == "/var/log/jobwarden/audit.jsonl");
  BOOST_TEST(!config.audit.required);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_with_its_place_and_the_nearest_key) {
  BOOST_TEST(RefusalWith("[[allow]]\nname = \"a\"\nfacts = { ref = \"x\" }\n  claimz = {}\n") ==
             "c.toml:10:3: unknown key \"claimz\" in [[allow]] | did you mean \"claims\"?");
}

BOOST_AUTO_TEST_CASE(an_empty_list_of_audiences_permits_none) {
  const auto config =
      Parse(kGood + "[[allow]]\nname = \"a\"\nclaims = { ref = \"main\" }\naudiences = []\n");
  BOOST_REQUIRE(config);
  const Rule& rule = config->policy.allow.front();
  BOOST_REQUIRE(rule.audiences.has_value());
  const Value vault("https://vault.example.com");
  BOOST_TEST(!rule.audiences->Matches(&vault));
}

BOOST_AUTO_TEST_CASE(an_issuer_on_plain_http_is_accepted_with_a_warning_where_its_keys_are_pinned) {
  std::string text = kGood;
  text.replace(text.find("https://"), 8, "http://");
  BOOST_TEST(!Parse(text));
  BOOST_TEST(!Parse(text + "[issuer.keys]\nurl = \"https://gitlab.example.com/keys\"\n"));
  const auto config = Parse(text + "[issuer.keys]\nfile = \"/etc/jobwarden/keys/gitlab.json\"\n");
  BOOST_REQUIRE(config);
  BOOST_TEST(config->issuers.front().url == "http://gitlab.example.com");
  BOOST_TEST(config->issuers.front().server_url == "http://gitlab.example.com");
  BOOST_REQUIRE(config->warnings.size() == 1U);
  BOOST_TEST(CodeName(config->warnings.front().code) == "PLAIN_HTTP");
  BOOST_TEST(config->warnings.front().message.starts_with(
      "issuer \"gitlab\": \"http://gitlab.example.com\" is not encrypted: "));

  BOOST_TEST(Parse(kGood + "[issuer.keys]\nfile = \"/etc/gitlab.json\"\n")->warnings.empty());
  text.replace(text.find("gitlab.example.com"), 18, "127.0.0.1:8080");
  BOOST_TEST(Parse(text)->warnings.empty());
}

BOOST_AUTO_TEST_SUITE_END()
