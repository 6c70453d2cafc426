#include "verifier/admission/admit.h"

#include <boost/test/unit_test.hpp>
#include <map>

#include "tests/support/signer.h"
#include "verifier/base/encoding.h"
#include "verifier/base/json.h"

using namespace jobwarden;
using jobwarden::testing::Signer;

namespace {

constexpr std::int64_t kNow = 1795341700;
constexpr const char* kOurs = "https://ci-runners.example.com";
constexpr const char* kVault = "https://vault.example.com";

const Signer& Key() {
  static const Signer signer("EdDSA", "key-1");
  return signer;
}

class MapKeys final : public KeySource {
 public:
  MapKeys() {
    sets.emplace("gitlab", *KeySet::Parse(Key().KeySetJson(), Code::kKeysUnavailable, "keys"));
  }
  Result<Keys> Get(const Issuer& issuer, std::string_view /*kid*/) override {
    ++asked;
    const auto set = sets.find(issuer.name);
    if (set == sets.end()) {
      return Finding{Code::kKeysUnavailable, "connection refused"};
    }
    return Keys{set->second, warnings};
  }
  std::map<std::string, KeySet> sets;
  Findings warnings;
  int asked = 0;
};

Object GoodClaims() {
  return {{"iss", "https://gitlab.example.com"},
          {"aud", kOurs},
          {"sub", "project_path:platform/app:ref_type:branch:ref:main"},
          {"jti", "jti-1"},
          {"iat", kNow - 100},
          {"nbf", kNow - 105},
          {"exp", kNow + 3500},
          {"project_id", "20"},
          {"project_path", "platform/app"},
          {"namespace_id", "72"},
          {"namespace_path", "platform"},
          {"user_id", "1"},
          {"user_login", "sam"},
          {"pipeline_id", "574"},
          {"pipeline_source", "push"},
          {"job_id", "401"},
          {"ref", "main"},
          {"ref_type", "branch"},
          {"ref_path", "refs/heads/main"},
          {"ref_protected", "true"},
          {"runner_id", 12},
          {"runner_environment", "self-hosted"},
          {"sha", "9f2c41d7a3b05e6f8c1d2e3f4a5b6c7d8e9f0a1b"}};
}

Job GoodJob() {
  Job job;
  job.server_url = "https://gitlab.example.com";
  job.job_id = "401";
  job.pipeline_id = "574";
  job.runner_id = "12";
  job.project_id = "20";
  job.project_path = "platform/app";
  job.user_id = "1";
  job.sha = "9f2c41d7a3b05e6f8c1d2e3f4a5b6c7d8e9f0a1b";
  job.ref = "main";
  job.ref_type = "branch";
  job.ref_protected = true;
  return job;
}

Config GoodConfig() {
  Config config;
  Issuer issuer;
  issuer.name = "gitlab";
  issuer.url = issuer.server_url = "https://gitlab.example.com";
  issuer.audiences = {kOurs};
  issuer.algorithms = {Algorithm::kEdDSA};
  config.issuers.push_back(issuer);
  config.policy.allow.push_back(
      {"platform", "", {{"project_path", *Condition::Make("platform/**")}}, {}, {}});
  config.policy_sha256 = "cd34";
  return config;
}

// One admission; a test changes one thing of it.
struct Case {
  Config config = GoodConfig();
  Job job = GoodJob();
  MapKeys keys;
  std::vector<Variable> variables;
  std::string job_token = "glcbt-64_0123456789abcdef";

  Case& With(const char* name, const Object& claims) {
    return WithText(name, Key().Sign(WriteJson(claims)));
  }
  Case& WithText(const char* name, std::string value) {
    variables.push_back({name, Secret(std::move(value)), false});
    return *this;
  }
  Record Run() {
    return Admit(job, TakeInventory(variables, job_token, config.issuers), config, keys,
                 [] { return std::chrono::sys_seconds(std::chrono::seconds(kNow)); });
  }
};

Object Changed(std::string_view name, Value value) {
  Object claims = GoodClaims();
  claims.Set(name, std::move(value));
  return claims;
}

std::string Codes(const Record& record) {
  std::string codes;
  for (const Finding& finding : record.findings) {
    codes += (codes.empty() ? "" : " ") + std::string(CodeName(finding.code));
  }
  return codes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admit)

BOOST_AUTO_TEST_CASE(a_good_token_of_this_job_is_allowed_by_the_rule) {
  const Record record = Case().With("JOBWARDEN_ID_TOKEN", GoodClaims()).Run();
  BOOST_TEST(Codes(record) == "");
  BOOST_TEST((record.outcome == Outcome::kAllow));
  BOOST_TEST(record.rule == "platform");
  BOOST_TEST(record.issuer == "gitlab");
  BOOST_TEST(record.bound);
  BOOST_TEST(record.enforced);
  BOOST_REQUIRE(record.token.has_value());
  BOOST_TEST(record.token->kid == "key-1");
  BOOST_TEST(record.token->expires_at == kNow + 3500);
  BOOST_TEST(record.job_id == "401");
}

BOOST_AUTO_TEST_CASE(a_record_holds_no_token) {
  Case one;
  one.With("JOBWARDEN_ID_TOKEN", GoodClaims()).WithText("CI_JOB_TOKEN", one.job_token);
  const std::string line = WriteRecord(one.Run());
  BOOST_TEST(line.find("eyJ") == std::string::npos);
  BOOST_TEST(line.find("glcbt-") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_job_without_a_token_is_told_that_it_is_missing) {
  const Record record = Case().Run();
  BOOST_TEST(Codes(record) == "TOKEN_MISSING");
  BOOST_TEST((record.outcome == Outcome::kDeny));
  BOOST_TEST(!record.bound);
}

BOOST_AUTO_TEST_CASE(a_tokenless_rule_lets_a_job_without_a_token_run) {
  Case one;
  Rule rule{"lint", "", {}, {{"project_path", *Condition::Make("platform/app")}}, {}};
  rule.tokenless = true;
  one.config.policy.allow.push_back(rule);
  BOOST_TEST(one.Run().rule == "lint");
}

BOOST_AUTO_TEST_CASE(a_bad_token_never_falls_back_to_tokenless) {
  Case one;
  Rule rule{"lint", "", {}, {{"project_path", *Condition::Make("platform/app")}}, {}};
  rule.tokenless = true;
  one.config.policy.allow.push_back(rule);
  std::string token = Key().Sign(WriteJson(GoodClaims()));
  token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
  const Record record = one.WithText("T", token).Run();
  BOOST_TEST(Codes(record) == "SIGNATURE_INVALID");
  BOOST_TEST((record.outcome == Outcome::kDeny));
}

BOOST_AUTO_TEST_CASE(a_token_of_another_job_is_no_token_of_this_one) {
  const Record record = Case().With("T", Changed("job_id", "402")).Run();
  BOOST_TEST(Codes(record) == "JOB_MISMATCH");
  BOOST_TEST(record.findings.front().message.starts_with("T: "));
}

BOOST_AUTO_TEST_CASE(one_foreign_token_among_good_ones_denies_the_job) {
  Object foreign = Changed("job_id", "402");
  foreign.Set("aud", kVault);
  const Record record = Case().With("T", GoodClaims()).With("VAULT", foreign).Run();
  BOOST_TEST(Codes(record) == "JOB_MISMATCH");
}

BOOST_AUTO_TEST_CASE(an_expired_token_from_a_wrong_branch_shows_both) {
  Case one;
  one.config.policy.allow[0].claims.push_back({"ref", *Condition::Make("release/*")});
  const Record record = one.With("T", Changed("exp", kNow - 60)).Run();
  BOOST_TEST(Codes(record) == "TOKEN_EXPIRED NO_RULE_ALLOWS");
}

BOOST_AUTO_TEST_CASE(a_token_for_somebody_else_alone_is_a_wrong_audience) {
  const Record record = Case().With("VAULT", Changed("aud", kVault)).Run();
  BOOST_TEST(Codes(record) == "TOKEN_MISSING AUDIENCE_MISMATCH");
  BOOST_TEST((record.outcome == Outcome::kDeny));
}

BOOST_AUTO_TEST_CASE(other_audiences_are_held_against_the_rule) {
  Case one;
  one.config.policy.allow[0].audiences = *Condition::Make("https://registry.example.com");
  one.With("T", GoodClaims()).With("VAULT", Changed("aud", kVault));
  BOOST_TEST(Codes(one.Run()) == "AUDIENCE_MISMATCH");
  one.config.policy.allow[0].audiences = *Condition::Make(kVault);
  BOOST_TEST((one.Run().outcome == Outcome::kAllow));
}

BOOST_AUTO_TEST_CASE(what_the_job_s_own_token_names_beside_us_is_held_against_the_rule_too) {
  Case one;
  one.config.policy.allow[0].audiences = *Condition::Make("https://registry.example.com");
  one.With("T", Changed("aud", Array{kOurs, kVault}));
  BOOST_TEST(Codes(one.Run()) == "AUDIENCE_MISMATCH");
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_be_had_are_an_error_and_no_denial) {
  Case one;
  one.keys.sets.clear();
  const Record record = one.With("T", GoodClaims()).Run();
  BOOST_TEST(Codes(record) == "KEYS_UNAVAILABLE");
  BOOST_TEST((record.outcome == Outcome::kError));
}

BOOST_AUTO_TEST_CASE(keys_are_asked_for_once_for_all_tokens_of_one_key) {
  Case one;
  for (const char* name : {"A", "B", "C"}) one.With(name, Changed("jti", name));
  BOOST_TEST((one.Run().outcome == Outcome::kAllow));
  BOOST_TEST(one.keys.asked == 1);
}

// Each answer about an unknown key may have waited for a cooldown.
BOOST_AUTO_TEST_CASE(unknown_keys_are_asked_for_once_however_many_a_job_names) {
  const auto of_key = [](const std::string& kid) {
    return Signer("EdDSA", kid).Sign(WriteJson(GoodClaims()));
  };
  Case one;
  one.With("T", GoodClaims());
  for (const char* kid : {"a", "b", "c"}) one.WithText(kid, of_key(kid));
  const Record record = one.Run();
  BOOST_TEST(Codes(record) == "KEY_UNKNOWN KEY_UNKNOWN KEY_UNKNOWN");
  BOOST_TEST(one.keys.asked == 2);

  Case down;
  down.keys.sets.clear();
  for (const char* kid : {"a", "b", "c"}) down.WithText(kid, of_key(kid));
  BOOST_TEST(Codes(down.Run()) == "KEYS_UNAVAILABLE");
  BOOST_TEST(down.keys.asked == 1);
}

BOOST_AUTO_TEST_CASE(stale_keys_warn_and_do_not_deny) {
  Case one;
  one.keys.warnings = {{Code::kKeysStale, "old"}};
  const Record record = one.With("T", GoodClaims()).Run();
  BOOST_TEST(Codes(record) == "KEYS_STALE");
  BOOST_TEST((record.outcome == Outcome::kAllow));
}

BOOST_AUTO_TEST_CASE(a_job_token_that_is_a_jwt_of_our_issuer_is_no_candidate) {
  Case one;
  one.job_token = "glcbt-" + Key().Sign(WriteJson(Changed("job_id", "999")));
  one.With("T", GoodClaims()).WithText("CI_JOB_TOKEN", one.job_token);
  one.WithText("CI_REPOSITORY_URL",
               "https://gitlab-ci-token:" + one.job_token + "@gitlab.example.com/a.git");
  BOOST_TEST((one.Run().outcome == Outcome::kAllow));
}

BOOST_AUTO_TEST_CASE(a_legacy_token_warns_and_is_no_candidate) {
  const Record record = Case()
                            .With("T", GoodClaims())
                            .With("CI_JOB_JWT_V2", Changed("aud", "https://gitlab.example.com"))
                            .Run();
  BOOST_TEST(Codes(record) == "LEGACY_TOKEN");
  BOOST_TEST((record.outcome == Outcome::kAllow));
}

BOOST_AUTO_TEST_CASE(an_id_token_under_a_legacy_name_is_held_against_the_rule) {
  Case one;
  one.config.policy.allow.front().audiences = *Condition::Make(kOurs);
  const Record record =
      one.With("T", GoodClaims()).With("CI_JOB_JWT", Changed("aud", kVault)).Run();
  BOOST_TEST(Codes(record) == "AUDIENCE_MISMATCH");
}

BOOST_AUTO_TEST_CASE(a_name_that_imitates_a_line_of_the_log_is_quoted) {
  const Record record = Case()
                            .With("X\njobwarden: allowed", Changed("job_id", "999"))
                            .With("Y\njobwarden: allowed", Changed("aud", kVault))
                            .With("CI_JOB_JWT", Changed("aud", Value()))
                            .Run();
  BOOST_TEST(!record.findings.empty());
  for (const Finding& finding : record.findings) {
    BOOST_TEST(finding.message.find('\n') == std::string::npos, finding.message);
  }
}

BOOST_AUTO_TEST_CASE(jwts_of_unknown_issuers_are_left_alone) {
  const Record record = Case()
                            .With("T", GoodClaims())
                            .With("OTHER", Changed("iss", "https://elsewhere.example.com"))
                            .Run();
  BOOST_TEST((record.outcome == Outcome::kAllow));
  for (const auto& token : record.tokens) {
    for (const auto& name : token.names) BOOST_TEST(name != "OTHER");
  }
}

BOOST_AUTO_TEST_CASE(the_login_key_signs_no_job_tokens) {
  Object login{{"iss", "https://gitlab.example.com"},
               {"aud", kOurs},
               {"sub", "1"},
               {"iat", kNow - 1},
               {"exp", kNow + 100}};
  const Record record = Case().With("T", login).Run();
  BOOST_TEST(Codes(record).starts_with("REQUIRED_CLAIM_MISSING"));
  BOOST_TEST((record.outcome == Outcome::kDeny));
}

BOOST_AUTO_TEST_CASE(a_fork_is_denied_however_good_its_token_is) {
  Case one;
  one.job.merge_request_source_project_id = "99";
  one.job.ref = "refs/merge-requests/7/head";
  one.job.merge_request_source_branch = "main";
  BOOST_TEST(Codes(one.With("T", GoodClaims()).Run()) == "FORK_DENIED");
}

BOOST_AUTO_TEST_CASE(with_two_servers_a_job_of_the_other_one_is_refused) {
  Case one;
  Issuer second = one.config.issuers[0];
  second.name = "second";
  second.url = second.server_url = "https://gitlab.second.example.com";
  one.config.issuers.push_back(second);
  one.With("T", GoodClaims());
  BOOST_TEST((one.Run().outcome == Outcome::kAllow));
  one.job.server_url = "https://gitlab.second.example.com";
  BOOST_TEST(Codes(one.Run()) == "ISSUER_MISMATCH");
}

BOOST_AUTO_TEST_CASE(two_issuers_of_one_url_are_told_apart_by_audience) {
  Case one;
  Issuer second = one.config.issuers[0];
  second.name = "second";
  second.audiences = {"https://other-runners.example.com"};
  one.config.issuers.push_back(second);
  one.keys.sets.emplace("second", one.keys.sets.at("gitlab"));
  BOOST_TEST(one.With("T", Changed("aud", "https://other-runners.example.com")).Run().issuer ==
             "second");
}

BOOST_AUTO_TEST_CASE(report_mode_records_the_denial_and_does_not_enforce_it) {
  Case one;
  one.config.mode = Mode::kReport;
  const Record record = one.Run();
  BOOST_TEST((record.outcome == Outcome::kDeny));
  BOOST_TEST(!record.enforced);
  BOOST_TEST(record.Runs());
}

BOOST_AUTO_TEST_CASE(a_job_that_cannot_be_bound_is_judged_and_says_so) {
  Case one;
  one.job = Job();
  one.job.bindable = false;
  const Record record = one.With("T", GoodClaims()).Run();
  BOOST_TEST((record.outcome == Outcome::kAllow));
  BOOST_TEST(!record.bound);
}

BOOST_AUTO_TEST_CASE(the_clock_is_read_once_and_after_the_keys) {
  Case one;
  one.With("A", GoodClaims()).With("B", GoodClaims());
  int reads = 0;
  Admit(one.job, TakeInventory(one.variables, one.job_token, one.config.issuers), one.config,
        one.keys, [&] {
          ++reads;
          BOOST_TEST(one.keys.asked == 1);
          return std::chrono::sys_seconds(std::chrono::seconds(kNow));
        });
  BOOST_TEST(reads == 1);
}

// CheckIdTokens: no rule is asked.

Findings Checked(const Object& claims, KeySource& keys, const Job& job = GoodJob()) {
  Config config = GoodConfig();
  config.policy = {};
  return CheckIdTokens(job, InventoryOf(Secret(Key().Sign(WriteJson(claims))), config.issuers[0]),
                       config, keys,
                       [] { return std::chrono::sys_seconds(std::chrono::seconds(kNow)); });
}

BOOST_AUTO_TEST_CASE(a_token_is_checked_without_a_rule) {
  MapKeys keys;
  BOOST_TEST(Checked(GoodClaims(), keys).empty());
  Job fork = GoodJob();
  fork.fork = true;
  BOOST_TEST(Checked(GoodClaims(), keys, fork).empty());
  keys.warnings = {{Code::kKeysStale, "old"}};
  const Findings stale = Checked(GoodClaims(), keys);
  BOOST_TEST(stale.size() == 1U);
  BOOST_TEST((OutcomeOf(stale) == Outcome::kAllow));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_checked_is_of_this_job_this_time_and_its_issuer) {
  struct Case {
    const char* claim;
    Value value;
    Code code;
  };
  for (const Case& each :
       {Case{"job_id", "402", Code::kJobMismatch}, Case{"exp", kNow - 31, Code::kTokenExpired},
        Case{"iss", "https://other.example.com", Code::kIssuerMismatch},
        Case{"aud", kVault, Code::kAudienceMismatch},
        Case{"aud", Array{kOurs, kVault}, Code::kAudienceMismatch},
        Case{"pipeline_id", nullptr, Code::kRequiredClaimMissing}}) {
    MapKeys keys;
    Object claims = GoodClaims();
    claims.Set(each.claim, each.value);
    const Findings findings = Checked(claims, keys);
    BOOST_REQUIRE(!findings.empty());
    BOOST_TEST((findings.front().code == each.code));
    BOOST_TEST((OutcomeOf(findings) == Outcome::kDeny));
  }
  MapKeys keys;
  const Config config = GoodConfig();
  const auto check = [&](const Inventory& inventory) {
    return CheckIdTokens(GoodJob(), inventory, config, keys,
                         [] { return std::chrono::sys_seconds(std::chrono::seconds(kNow)); });
  };
  const std::string forged = Signer("EdDSA", "key-1").Sign(WriteJson(GoodClaims()));
  BOOST_TEST((check(InventoryOf(Secret(forged), config.issuers[0])).at(0).code ==
              Code::kSignatureInvalid));
  BOOST_TEST(
      (check(InventoryOf(Secret("a.b"), config.issuers[0])).at(0).code == Code::kMalformedToken));
  BOOST_TEST((check({}).at(0).code == Code::kTokenMissing));
  keys.sets.clear();
  BOOST_TEST((OutcomeOf(Checked(GoodClaims(), keys)) == Outcome::kError));
}

BOOST_AUTO_TEST_SUITE_END()
