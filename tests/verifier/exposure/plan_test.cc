#include "verifier/exposure/plan.h"

#include <boost/test/unit_test.hpp>

#include "tests/verifier/exposure/tokens.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

const std::string kJobToken = "glcbt-64_185d980986ac24601c48";
const std::string kVault = IdToken("https://vault.example.com");
const std::string kOurs = IdToken("https://ci-runners.example.com");
const std::string kLegacy = Jwt("{\"iss\":\"gitlab.example.com\"}");

std::vector<Issuer> Issuers() {
  std::vector<Issuer> issuers = OurIssuers();
  issuers[0].audiences = {"https://ci-runners.example.com"};
  return issuers;
}

// The tokens of a job, with secrets named S….
Inventory Carried(const std::vector<NameAndValue>& more = {},
                  const std::vector<ExposureRule>& rules = {}) {
  std::vector<NameAndValue> given{{"CI_JOB_TOKEN", kJobToken},
                                  {"CI_JOB_JWT", kLegacy},
                                  {"OUR_ID_TOKEN", kOurs},
                                  {"VAULT_ID_TOKEN", kVault},
                                  {"ALIAS", kVault}};
  given.insert(given.end(), more.begin(), more.end());
  return TakeInventory(Variables(given), kJobToken, Issuers(), {{"S_DB", "S_STAGE"}, rules});
}

using Names = std::set<std::string>;

// Nothing is a use because the job declared it.
ExposureSettings Strict() {
  ExposureSettings settings;
  settings.aliases = ExposureAction::kStrip;
  return settings;
}

ExposureSettings OfScripts() {
  ExposureSettings settings;
  settings.usage = Usage::kScript;
  return settings;
}

StageUse Uses(std::string_view commands, std::string_view keep = "") {
  return {commands, keep};
}

StageUse RunnerMade(std::string_view commands) {
  StageUse use = Uses(commands);
  use.runner_made = true;
  return use;
}

Names Masked(const Plan& plan) {
  Names names;
  for (const PlanEntry& entry : plan.entries) {
    if (entry.action == ExposureAction::kMask) names.insert(entry.name);
  }
  return names;
}

ExposureAction ActionOf(const Plan& plan, const std::string& name) {
  for (const PlanEntry& entry : plan.entries) {
    if (entry.name == name) return entry.action;
  }
  BOOST_FAIL("no such name: " << name);
  return ExposureAction::kStrip;
}

std::string Why(const Plan& plan, const std::string& name) {
  for (const PlanEntry& entry : plan.entries) {
    if (entry.name == name) return entry.why;
  }
  return "no such name";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plan)

BOOST_AUTO_TEST_CASE(unused_tokens_go_the_job_token_too) {
  const Plan plan = MakePlan(Carried(), Uses("make\n"), Strict());
  BOOST_TEST((plan.Stripped() ==
              Names{"ALIAS", "CI_JOB_JWT", "CI_JOB_TOKEN", "OUR_ID_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST(plan.Kept().empty());
  BOOST_TEST(Masked(plan).empty());
  BOOST_TEST(Why(plan, "ALIAS") == "nothing names it");
}

BOOST_AUTO_TEST_CASE(commands_of_the_runner_keep_the_job_token_alone) {
  const Inventory inventory =
      Carried({{"CI_REGISTRY_PASSWORD", kJobToken}, {"S_DB", "S3cr3t-from-vault"}});
  const Plan plan = MakePlan(inventory, RunnerMade("gitlab-runner artifacts-uploader\n"), Strict());
  BOOST_TEST((plan.Kept() == Names{"CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD"}));
  BOOST_TEST((plan.Stripped() == Names{"ALIAS", "CI_JOB_JWT", "OUR_ID_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST(Why(plan, "CI_JOB_TOKEN") == "the runner's own commands need it");
  BOOST_TEST((MakePlan(inventory, RunnerMade("vault $ALIAS\n"), Strict()).Stripped() ==
              Names{"CI_JOB_JWT", "OUR_ID_TOKEN", "VAULT_ID_TOKEN"}));
}

// A variable may be what git or the cache needs.
BOOST_AUTO_TEST_CASE(commands_of_the_runner_keep_secrets_and_named_values) {
  ExposureSettings settings = Strict();
  settings.secrets = ExposureAction::kStrip;
  settings.rules = {{Glob("DEPLOY_*"), ExposureAction::kStrip}};
  const Inventory inventory =
      Carried({{"S_DB", "S3cr3t-from-vault"}, {"DEPLOY_KEY", "key"}}, settings.rules);
  BOOST_TEST(
      (Masked(MakePlan(inventory, RunnerMade(""), settings)) == Names{"DEPLOY_KEY", "S_DB"}));
  BOOST_TEST(Masked(MakePlan(inventory, Uses(""), settings)).empty());
}

BOOST_AUTO_TEST_CASE(each_name_is_decided_for_itself) {
  const Plan plan = MakePlan(Carried(), Uses("curl -H \"$ALIAS\"\n"), Strict());
  BOOST_TEST(
      (plan.Stripped() == Names{"CI_JOB_JWT", "CI_JOB_TOKEN", "OUR_ID_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST((plan.Kept() == Names{"ALIAS"}));
  BOOST_TEST(Why(plan, "ALIAS") == "a command names it");
}

BOOST_AUTO_TEST_CASE(a_legacy_token_that_is_used_stays) {
  BOOST_TEST(MakePlan(Carried(), Uses("vault login jwt=$CI_JOB_JWT\n"), Strict())
                 .Kept()
                 .contains("CI_JOB_JWT"));
}

BOOST_AUTO_TEST_CASE(jobwarden_keep_lists_names) {
  for (const char* keep :
       {"VAULT_ID_TOKEN ALIAS", "VAULT_ID_TOKEN,ALIAS", " ALIAS ,\n\tVAULT_ID_TOKEN,"}) {
    const Plan plan = MakePlan(Carried(), Uses("", keep), Strict());
    BOOST_TEST((plan.Kept() == Names{"ALIAS", "VAULT_ID_TOKEN"}), keep);
    BOOST_TEST(Why(plan, "ALIAS") == "JOBWARDEN_KEEP lists it");
  }
  ExposureSettings settings = Strict();
  settings.job_may_keep = false;
  BOOST_TEST(MakePlan(Carried(), Uses("", "ALIAS"), settings).Kept().empty());
  BOOST_TEST(MakePlan(Carried(), Uses("", "*"), Strict()).Kept().empty());
}

BOOST_AUTO_TEST_CASE(a_consumer_uses_the_variable_that_it_reads) {
  const Inventory inventory = Carried({{"SIGSTORE_ID_TOKEN", IdToken("sigstore")}});
  const Plan plan = MakePlan(inventory, Uses("/usr/local/bin/cosign sign x\n"), Strict());
  BOOST_TEST((plan.Kept() == Names{"SIGSTORE_ID_TOKEN"}));
  BOOST_TEST(Why(plan, "SIGSTORE_ID_TOKEN") == "the command cosign reads it");
  BOOST_TEST(MakePlan(inventory, Uses("# cosign\n"), Strict()).Kept().empty());
  BOOST_TEST((MakePlan(inventory, Uses("release-cli create\n"), Strict()).Kept() ==
              Names{"CI_JOB_TOKEN"}));
  ExposureSettings settings = Strict();
  settings.consumers = {{"ALIAS", {"deploy-tool"}}};
  BOOST_TEST((MakePlan(inventory, Uses("deploy-tool\n"), settings).Kept() == Names{"ALIAS"}));
}

BOOST_AUTO_TEST_CASE(a_consumer_uses_the_variables_that_it_finds_by_a_pattern) {
  const Inventory inventory = Carried({{"TF_VAR_jwt", kVault},
                                       {"MY_TF_VAR_jwt", kVault},
                                       {"GIT_CONFIG_KEY_0", "url.https://x:" + kJobToken + "@git/"},
                                       {"UV_INDEX_SHOP_PASSWORD", kJobToken}});
  const auto kept = [&](const char* commands) {
    return MakePlan(inventory, Uses(commands), Strict()).Kept();
  };
  BOOST_TEST((kept("terragrunt apply\n") == Names{"TF_VAR_jwt"}));
  BOOST_TEST((kept("git fetch\n") == Names{"GIT_CONFIG_KEY_0"}));
  BOOST_TEST((kept("uv sync\n") == Names{"GIT_CONFIG_KEY_0", "UV_INDEX_SHOP_PASSWORD"}));
  BOOST_TEST(WordsToLookFor(inventory, Uses(""), Strict()).contains("tofu"));
}

BOOST_AUTO_TEST_CASE(git_asks_for_the_job_token_where_its_urls_have_none) {
  StageUse use = Uses("git fetch\n");
  BOOST_TEST(MakePlan(Carried(), use, Strict()).Kept().empty());
  use.git_asks = true;
  const Plan plan = MakePlan(Carried({{"CI_REGISTRY_PASSWORD", kJobToken}}), use, Strict());
  BOOST_TEST((plan.Kept() == Names{"CI_JOB_TOKEN"}));
  BOOST_TEST(Why(plan, "CI_JOB_TOKEN") == "the command git reads it");
  use.commands = "go build ./...\n";
  BOOST_TEST((MakePlan(Carried(), use, Strict()).Kept() == Names{"CI_JOB_TOKEN"}));
  use.commands = "make\n";
  BOOST_TEST(MakePlan(Carried(), use, Strict()).Kept().empty());
  BOOST_TEST(WordsToLookFor(Carried(), use, Strict()).contains("git"));
}

BOOST_AUTO_TEST_CASE(a_value_that_the_runner_wrote_into_the_stage_is_used) {
  const std::string commands = "login " + kVault + "\n";
  const Plan plan = MakePlan(Carried(), Uses(commands), Strict());
  BOOST_TEST((plan.Kept() == Names{"ALIAS", "VAULT_ID_TOKEN"}));
  BOOST_TEST(Why(plan, "ALIAS") == "its value stands in the commands");
}

BOOST_AUTO_TEST_CASE(a_variable_with_several_tokens_stays_when_one_keeps_it) {
  const Inventory inventory =
      Carried({{"PAIR", kVault + ":" + kOurs}, {"WITH_JOB_TOKEN", kJobToken + ":" + kOurs}});
  const std::string commands = "login " + kVault + "\n";
  const Plan plan = MakePlan(inventory, Uses(commands), Strict());
  BOOST_TEST((plan.Kept() == Names{"ALIAS", "PAIR", "VAULT_ID_TOKEN"}));
  BOOST_TEST((MakePlan(inventory, RunnerMade(""), Strict()).Kept() ==
              Names{"CI_JOB_TOKEN", "WITH_JOB_TOKEN"}));
}

BOOST_AUTO_TEST_CASE(the_checkout_keeps_what_it_names_but_our_own_token) {
  const Inventory inventory = Carried({{"SIGSTORE_ID_TOKEN", IdToken("sigstore")}});
  StageUse use = Uses("make deploy $ALIAS\n");
  const Words wanted = WordsToLookFor(inventory, use, Strict());
  for (const char* word : {"VAULT_ID_TOKEN", "CI_JOB_TOKEN", "CI_JOB_JWT", "cosign", "glab"}) {
    BOOST_TEST(wanted.contains(word), word);
  }
  BOOST_TEST(!wanted.contains("OUR_ID_TOKEN"));
  BOOST_TEST(!wanted.contains("ALIAS"));
  const Words found = {"VAULT_ID_TOKEN", "OUR_ID_TOKEN", "cosign"};
  use.checkout = &found;
  const Plan plan = MakePlan(inventory, use, Strict());
  BOOST_TEST((plan.Kept() == Names{"ALIAS", "SIGSTORE_ID_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST(Why(plan, "VAULT_ID_TOKEN") == "a file of the checkout names it");
  BOOST_TEST(Why(plan, "SIGSTORE_ID_TOKEN") ==
             "a file of the checkout names cosign, which reads it");
  BOOST_TEST(WordsToLookFor(inventory, use, OfScripts()).empty());
  BOOST_TEST(WordsToLookFor(inventory, RunnerMade(""), Strict()).empty());
}

BOOST_AUTO_TEST_CASE(what_could_not_be_searched_keeps_all_but_our_own_token) {
  StageUse use = Uses("make\n");
  use.unseen = "too large";
  const Plan plan = MakePlan(Carried(), use, Strict());
  BOOST_TEST((plan.Stripped() == Names{"OUR_ID_TOKEN"}));
  BOOST_TEST(Why(plan, "ALIAS") == "the checkout was not searched for it");
  BOOST_TEST(
      MakePlan(Carried(), Uses("", "OUR_ID_TOKEN"), Strict()).Kept().contains("OUR_ID_TOKEN"));
  BOOST_TEST(MakePlan(Carried(), Uses("$OUR_ID_TOKEN"), Strict()).Kept().contains("OUR_ID_TOKEN"));
}

BOOST_AUTO_TEST_CASE(the_configuration_can_leave_unused_tokens) {
  ExposureSettings settings = Strict();
  settings.unused = ExposureAction::kMask;
  const Plan masked = MakePlan(Carried(), Uses("use $ALIAS"), settings);
  BOOST_TEST((masked.Stripped() == Names{"CI_JOB_JWT"}));
  BOOST_TEST((Masked(masked) == Names{"CI_JOB_TOKEN", "OUR_ID_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST((masked.Kept() == Names{"ALIAS"}));
  BOOST_TEST(Why(masked, "VAULT_ID_TOKEN") == "nothing names it; [exposure] has unused = \"mask\"");
  settings.unused = ExposureAction::kKeep;
  BOOST_TEST((MakePlan(Carried(), Uses(""), settings).Stripped() == Names{"CI_JOB_JWT"}));
  settings.legacy = ExposureAction::kKeep;
  BOOST_TEST(MakePlan(Carried(), Uses(""), settings).Stripped().empty());
  BOOST_TEST(Why(MakePlan(Carried(), Uses(""), settings), "CI_JOB_JWT") ==
             "nothing names it; [exposure] has legacy = \"keep\"");
}

BOOST_AUTO_TEST_CASE(a_secret_that_nothing_names_is_as_the_configuration_says) {
  const Inventory inventory =
      Carried({{"S_DB", "S3cr3t-from-vault"}, {"S_STAGE", "main"}, {"CI_COMMIT_BRANCH", "main"}});
  ExposureSettings settings = Strict();
  for (const ExposureAction action :
       {ExposureAction::kMask, ExposureAction::kStrip, ExposureAction::kKeep}) {
    settings.secrets = action;
    const Plan plan = MakePlan(inventory, Uses("git push origin main"), settings);
    BOOST_TEST((ActionOf(plan, "S_DB") == action));
    BOOST_TEST((ActionOf(plan, "S_STAGE") == action));
    BOOST_TEST(!plan.Stripped().contains("CI_COMMIT_BRANCH"));
    BOOST_TEST(
        (ActionOf(MakePlan(inventory, Uses("$S_DB"), settings), "S_DB") == ExposureAction::kKeep));
  }
}

BOOST_AUTO_TEST_CASE(the_first_rule_for_a_name_wins) {
  ExposureSettings settings = Strict();
  settings.rules = {{Glob("CI_JOB_TOKEN"), ExposureAction::kKeep},
                    {Glob("*_ID_TOKEN"), ExposureAction::kMask},
                    {Glob("VAULT_*"), ExposureAction::kStrip},
                    {Glob("DEPLOY_*"), ExposureAction::kStrip}};
  const Inventory inventory = Carried(
      {{"DEPLOY_KEY", "0123456789abcdef"}, {"KEY_ALIAS", "0123456789abcdef"}}, settings.rules);
  const Plan plan = MakePlan(inventory, Uses(""), settings);
  BOOST_TEST((plan.Kept() == Names{"CI_JOB_TOKEN"}));
  BOOST_TEST((Masked(plan) == Names{"OUR_ID_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST((plan.Stripped() == Names{"ALIAS", "CI_JOB_JWT", "DEPLOY_KEY", "KEY_ALIAS"}));
  BOOST_TEST(Why(plan, "CI_JOB_TOKEN") == "nothing names it; [exposure] has a rule: \"keep\"");
}

BOOST_AUTO_TEST_CASE(tokens_are_masked_whatever_is_done_to_them) {
  ExposureSettings settings = Strict();
  settings.unused = ExposureAction::kKeep;
  settings.legacy = ExposureAction::kKeep;
  settings.rules = {{Glob("CI_JOB_TOKEN"), ExposureAction::kKeep},
                    {Glob("S_STAGE"), ExposureAction::kKeep},
                    {Glob("DEPLOY_*"), ExposureAction::kMask}};
  const Inventory inventory =
      Carried({{"S_DB", "S3cr3t-from-vault"}, {"S_STAGE", "staging"}, {"DEPLOY_KEY", "deploy"}},
              settings.rules);
  const auto masked = [&] {
    const auto views = ValuesToMask(inventory, settings);
    return Names(views.begin(), views.end());
  };
  BOOST_TEST((masked() == Names{kJobToken, kLegacy, kOurs, kVault, "S3cr3t-from-vault", "deploy"}));
  settings.secrets = ExposureAction::kKeep;
  BOOST_TEST((masked() == Names{kJobToken, kLegacy, kOurs, kVault, "deploy"}));
}

BOOST_AUTO_TEST_CASE(a_name_that_a_person_made_from_a_token_is_a_declared_use) {
  const Inventory inventory = Carried({{"GITLAB_TOKEN", kJobToken},
                                       {"CI_REGISTRY_PASSWORD", kJobToken},
                                       {"OUR_ALIAS", kOurs},
                                       {"LEGACY_ALIAS", kLegacy}});
  const Plan plan = MakePlan(inventory, Uses("make\n"), {});
  BOOST_TEST((plan.Kept() == Names{"ALIAS", "GITLAB_TOKEN", "LEGACY_ALIAS"}));
  BOOST_TEST(Why(plan, "ALIAS") == "the job made it from a token");
  // Not in the runner's own stages, which need none of them but the job token's.
  BOOST_TEST(MakePlan(inventory, RunnerMade(""), {}).Stripped().contains("ALIAS"));
  // Not against a rule, nor where the script's own lines alone count.
  ExposureSettings settings;
  settings.rules = {{Glob("GITLAB_*"), ExposureAction::kStrip}};
  BOOST_TEST(MakePlan(inventory, Uses(""), settings).Stripped().contains("GITLAB_TOKEN"));
  BOOST_TEST(MakePlan(inventory, Uses(""), OfScripts()).Kept().empty());
  settings = OfScripts();
  settings.aliases = ExposureAction::kKeep;
  BOOST_TEST(MakePlan(inventory, Uses(""), settings).Kept().contains("ALIAS"));
}

BOOST_AUTO_TEST_CASE(declared_id_tokens_are_told_from_aliases_where_the_order_tells_nothing) {
  StageUse use = Uses("make\n");
  const Words declared = {"ALIAS"};
  use.declared = &declared;
  BOOST_TEST((MakePlan(Carried(), use, {}).Kept() == Names{"VAULT_ID_TOKEN"}));
}

BOOST_AUTO_TEST_CASE(values_of_other_variables_are_text_of_the_job) {
  const Inventory inventory = Carried();
  StageUse use = Uses("eval \"$LOGIN\"\n");
  const std::vector<VariableView> variables = {{"LOGIN", "$NESTED", false},
                                               {"NESTED", "vault login $VAULT_ID_TOKEN", false},
                                               {"OTHER", "docker login -p $CI_JOB_TOKEN", false},
                                               {"HEADER", "Bearer $OUR_ID_TOKEN", false},
                                               {"CI_COMMIT_MESSAGE", "CI_JOB_JWT is gone", false},
                                               {"JOBWARDEN_KEEP", "CI_JOB_JWT", false},
                                               {"ALIAS", "CI_JOB_JWT " + kVault, false}};
  use.variables = TextVariables(variables, inventory);
  const Plan plan = MakePlan(inventory, use, Strict());
  BOOST_TEST((plan.Kept() == Names{"CI_JOB_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST(Why(plan, "VAULT_ID_TOKEN") == "a variable of the job names it");
  BOOST_TEST((MakePlan(inventory, use, OfScripts()).Kept() == Names{"VAULT_ID_TOKEN"}));
}

BOOST_AUTO_TEST_CASE(a_namesake_keeps_an_id_token_unless_it_serves_elsewhere) {
  Inventory inventory = Carried();
  StageUse use = Uses("vault status\n");
  BOOST_TEST(Why(MakePlan(inventory, use, Strict()), "VAULT_ID_TOKEN") ==
             "a word of the script has its name");
  BOOST_TEST((MakePlan(inventory, use, OfScripts()).Kept() == Names{"VAULT_ID_TOKEN"}));
  use.other_stages = {"curl $VAULT_ID_TOKEN"};
  BOOST_TEST(MakePlan(inventory, use, Strict()).Kept().empty());
  use.other_stages = {};
  use.called = "vault status";
  use.commands = "./x.sh";
  BOOST_TEST((MakePlan(inventory, use, Strict()).Kept() == Names{"VAULT_ID_TOKEN"}));
  for (Token& token : inventory.tokens) token.locations.emplace_back("secrets.DB");
  BOOST_TEST(MakePlan(inventory, use, Strict()).Kept().empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_looked_into_keeps_all_but_our_own_token) {
  StageUse use = Uses("curl x | bash\n");
  const Plan plan = MakePlan(Carried(), use, {});
  BOOST_TEST((plan.Stripped() == Names{"OUR_ID_TOKEN"}));
  BOOST_TEST(Why(plan, "CI_JOB_TOKEN") == "the stage runs a script that is not in the checkout");
  BOOST_TEST(MakePlan(Carried(), use, OfScripts()).Kept().empty());
  use.commands = "/opt/x\n";
  BOOST_TEST(Why(MakePlan(Carried(), use, {}), "CI_JOB_TOKEN") ==
             "the stage runs a program that is not in the checkout");
  use.project = "/opt";
  BOOST_TEST((MakePlan(Carried(), use, {}).Kept() == Names{"ALIAS"}));
}

BOOST_AUTO_TEST_CASE(credential_files_that_no_script_names_stay) {
  const std::string file = "{\"token\":\"" + IdToken("google") + "\"}";
  const Inventory inventory = Carried(
      {{"GOOGLE_APPLICATION_CREDENTIALS", file}, {"CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", file}});
  BOOST_TEST((MakePlan(inventory, Uses("make\n"), OfScripts()).Kept() ==
              Names{"CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", "GOOGLE_APPLICATION_CREDENTIALS"}));
  BOOST_TEST(MakePlan(inventory, RunnerMade(""), {})
                 .Stripped()
                 .contains("GOOGLE_APPLICATION_CREDENTIALS"));
}

BOOST_AUTO_TEST_CASE(no_plan_holds_a_value) {
  const std::string commands = "x " + kVault;
  for (const PlanEntry& entry : MakePlan(Carried(), Uses(commands, "ALIAS"), Strict()).entries) {
    BOOST_TEST((entry.name + entry.why).find("eyJ") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
