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

Inventory Carried(const std::vector<NameAndValue>& more = {}) {
  std::vector<NameAndValue> given{{"CI_JOB_TOKEN", kJobToken},
                                  {"CI_JOB_JWT", kLegacy},
                                  {"OUR_ID_TOKEN", kOurs},
                                  {"VAULT_ID_TOKEN", kVault},
                                  {"ALIAS", kVault}};
  given.insert(given.end(), more.begin(), more.end());
  return TakeInventory(Variables(given), kJobToken, OurIssuers());
}

using Names = std::set<std::string>;

std::string Why(const Plan& plan, const std::string& name) {
  for (const PlanEntry& entry : plan.entries) {
    if (entry.name == name) return entry.why;
  }
  return "no such name";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plan)

BOOST_AUTO_TEST_CASE(unused_tokens_go_and_the_job_token_stays) {
  const Plan plan = MakePlan(Carried(), {"make\n", ""}, {});
  BOOST_TEST((plan.Stripped() == Names{"ALIAS", "CI_JOB_JWT", "OUR_ID_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST((plan.Kept() == Names{"CI_JOB_TOKEN"}));
  BOOST_TEST((plan.Gone() == Names{Sha256Hex(kOurs), Sha256Hex(kVault), Sha256Hex(kLegacy)}));
  BOOST_TEST(Why(plan, "ALIAS") == "no command of this stage names it");
  BOOST_TEST(Why(plan, "CI_JOB_TOKEN") == "job tokens are kept");
}

BOOST_AUTO_TEST_CASE(each_name_is_decided_for_itself) {
  const Plan plan = MakePlan(Carried(), {"curl -H \"$ALIAS\"\n", ""}, {});
  BOOST_TEST((plan.Stripped() == Names{"CI_JOB_JWT", "OUR_ID_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST((plan.Kept() == Names{"ALIAS", "CI_JOB_TOKEN"}));
  BOOST_TEST((plan.Gone() == Names{Sha256Hex(kOurs), Sha256Hex(kLegacy)}));
  BOOST_TEST(Why(plan, "ALIAS") == "this stage's commands name it");
}

BOOST_AUTO_TEST_CASE(a_legacy_token_that_is_used_stays) {
  const Plan plan = MakePlan(Carried(), {"vault login jwt=$CI_JOB_JWT\n", ""}, {});
  BOOST_TEST(plan.Kept().contains("CI_JOB_JWT"));
}

BOOST_AUTO_TEST_CASE(jobwarden_keep_lists_names) {
  for (const char* keep :
       {"VAULT_ID_TOKEN ALIAS", "VAULT_ID_TOKEN,ALIAS", " ALIAS ,\n\tVAULT_ID_TOKEN,"}) {
    const Plan plan = MakePlan(Carried(), {"", keep}, {});
    BOOST_TEST((plan.Kept() == Names{"ALIAS", "CI_JOB_TOKEN", "VAULT_ID_TOKEN"}), keep);
    BOOST_TEST(Why(plan, "ALIAS") == "JOBWARDEN_KEEP lists it");
  }
  ExposureSettings settings;
  settings.job_may_keep = false;
  BOOST_TEST((MakePlan(Carried(), {"", "ALIAS"}, settings).Kept() == Names{"CI_JOB_TOKEN"}));
  BOOST_TEST((MakePlan(Carried(), {"", "*"}, {}).Kept() == Names{"CI_JOB_TOKEN"}));
}

BOOST_AUTO_TEST_CASE(a_consumer_uses_the_variable_that_it_reads) {
  const Inventory inventory = Carried({{"SIGSTORE_ID_TOKEN", IdToken("sigstore")}});
  const Plan plan = MakePlan(inventory, {"/usr/local/bin/cosign sign x\n", ""}, {});
  BOOST_TEST((plan.Kept() == Names{"CI_JOB_TOKEN", "SIGSTORE_ID_TOKEN"}));
  BOOST_TEST(Why(plan, "SIGSTORE_ID_TOKEN") == "this stage's commands call cosign");
  BOOST_TEST((MakePlan(inventory, {"# cosign\n", ""}, {}).Kept() == Names{"CI_JOB_TOKEN"}));
  ExposureSettings settings;
  settings.consumers = {{"ALIAS", {"deploy-tool"}}};
  BOOST_TEST((MakePlan(inventory, {"deploy-tool\n", ""}, settings).Kept() ==
              Names{"ALIAS", "CI_JOB_TOKEN"}));
}

BOOST_AUTO_TEST_CASE(a_value_that_the_runner_wrote_into_the_stage_is_used) {
  const Plan plan = MakePlan(Carried(), {"login " + kVault + "\n", ""}, {});
  BOOST_TEST((plan.Kept() == Names{"ALIAS", "CI_JOB_TOKEN", "VAULT_ID_TOKEN"}));
  BOOST_TEST(Why(plan, "ALIAS") == "the runner wrote its value into this stage");
}

BOOST_AUTO_TEST_CASE(a_variable_with_several_tokens_stays_when_one_keeps_it) {
  const Inventory inventory =
      Carried({{"PAIR", kVault + ":" + kOurs}, {"WITH_JOB_TOKEN", kJobToken + ":" + kOurs}});
  const Plan plan = MakePlan(inventory, {"login " + kVault + "\n", ""}, {});
  BOOST_TEST((plan.Stripped() == Names{"CI_JOB_JWT", "OUR_ID_TOKEN"}));
  BOOST_TEST((plan.Gone() == Names{Sha256Hex(kLegacy)}));
  BOOST_TEST(Why(plan, "WITH_JOB_TOKEN") == "job tokens are kept");
}

BOOST_AUTO_TEST_CASE(the_configuration_can_keep_unused_tokens) {
  ExposureSettings settings;
  settings.unused = ExposureAction::kKeep;
  BOOST_TEST((MakePlan(Carried(), {"", ""}, settings).Stripped() == Names{"CI_JOB_JWT"}));
  settings.legacy = ExposureAction::kKeep;
  BOOST_TEST(MakePlan(Carried(), {"", ""}, settings).Stripped().empty());
  BOOST_TEST(Why(MakePlan(Carried(), {"", ""}, settings), "CI_JOB_JWT") ==
             "[exposure] legacy is \"keep\"");
}

BOOST_AUTO_TEST_CASE(no_plan_holds_a_value) {
  for (const PlanEntry& entry : MakePlan(Carried(), {"x " + kVault, "ALIAS"}, {}).entries) {
    BOOST_TEST((entry.name + entry.why).find("eyJ") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
