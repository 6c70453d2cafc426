// The job token, `secrets:` and what rules name: where they are, and where not.

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/e2e/harness.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

// Says of each of these variables whether it is there: `A=yes B=no`. Names them in no way that
// counts as a use.
std::string Which(const std::vector<std::string>& names) {
  std::string script;
  for (const std::string& name : names) {
    const std::string split = name.substr(0, 1) + "''" + name.substr(1);
    script += "{ env || :; } | grep -q ^" + split + "= && echo " + split + "=yes || echo " + split +
              "=no; ";
  }
  return script + "true";
}

const std::vector<std::string> kNames = {"CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD",
                                         "CI_REPOSITORY_URL"};

// A machine on whose checkouts get_sources leaves these files.
struct Host : RunnerHost {
  explicit Host(std::map<std::string, std::string> files) {
    options.before_call = [this, files = std::move(files)](const CallAhead& call) {
      if (call.name != "build_script") return;
      for (const auto& [name, text] : files) {
        const fs::path path = fs::path(Path("builds/t1-abc/0/shop/checkout")) / name;
        fs::create_directories(path.parent_path());
        folder.Write(fs::relative(path, folder.path()).string(), text);
      }
    };
  }
};

std::string TokenSize() {
  return std::to_string(ProtectedDeploy().job_token.size());
}

// The job with a secret that the runner resolved, and one that is as short as a branch's name.
RunnerJob WithSecrets(const Job& job, const Signer& signer) {
  RunnerJob sent = Send(job, signer);
  sent.response["secrets"] = {{"DB_PASSWORD", {{"vault", nullptr}, {"file", false}}},
                              {"DB_FILE", {{"vault", nullptr}, {"file", true}}},
                              {"STAGE", {{"vault", nullptr}, {"file", false}}}};
  sent.secrets = {{"DB_PASSWORD", "S3cr3t-from-vault", false, true},
                  {"DB_FILE", "{\"key\": \"S3cr3t-of-a-file\"}", true, true},
                  {"STAGE", "main", false, true}};
  return sent;
}

nlohmann::json Audited(const RunnerHost& host) {
  const std::string audit = host.audit();
  const auto last = audit.rfind('\n', audit.size() - 2);
  return nlohmann::json::parse(audit.substr(last == audit.npos ? 0 : last + 1));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(job_token)

BOOST_AUTO_TEST_CASE(a_job_that_does_not_use_its_token_is_without_it) {
  RunnerHost host;
  host.config += "[exposure]\naliases = \"strip\"\n";
  Job job = JobThat({Which(kNames)});
  job.after_script = {Which(kNames)};
  job.variables = {{"TOKEN_FILE", "$CI_JOB_TOKEN", true}};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  for (const char* stage : {"build_script", "after_script"}) {
    for (const std::string& name : kNames) BOOST_TEST(Has(Out(run, stage), "\n" + name + "=no\n"));
  }
  BOOST_TEST(Lacks(ReadFiles(host.Path("builds")), job.job_token));
  BOOST_TEST(Has(run.Find("prepare")->result.log, "CI_JOB_TOKEN, CI_REGISTRY_PASSWORD"));
}

BOOST_AUTO_TEST_CASE(names_of_the_job_token_are_kept_one_by_one) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({Which(kNames), "test -n \"$CI_REGISTRY_PASSWORD\""}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run), "\nCI_JOB_TOKEN=no\n"));
  BOOST_TEST(Has(Out(run), "\nCI_REGISTRY_PASSWORD=yes\n"));
  BOOST_TEST(Has(Out(run), "\nCI_REPOSITORY_URL=no\n"));
}

// What the wild does with it; each says how long the token was that arrived.
BOOST_AUTO_TEST_CASE(jobs_that_use_their_token_have_it) {
  const std::string size = TokenSize();
  const std::string last = "last() { for x; do :; done; printf %s \"$x\" | wc -c; }; ";
  for (const std::string& line : std::vector<std::string>{
           "docker() { wc -c; }; printf %s \"$CI_REGISTRY_PASSWORD\" | docker login -u "
           "\"$CI_REGISTRY_USER\" --password-stdin \"$CI_REGISTRY\"",
           last +
               "docker() { last \"$@\"; }; docker login -u x $CI_REGISTRY -p $CI_REGISTRY_PASSWORD",
           last + "git() { last \"$(printf %s \"$2\" | sed 's/.*token:\\(.*\\)@.*/\\1/')\"; }; "
                  "git push https://gitlab-ci-token:${CI_JOB_TOKEN}@gitlab.example.com/a.git",
           last + "git() { last \"$(printf %s \"$2\" | sed 's/.*token:\\(.*\\)@.*/\\1/')\"; }; "
                  "git clone $CI_REPOSITORY_URL",
           last +
               "curl() { last \"${2#JOB-TOKEN: }\"; }; curl --header \"JOB-TOKEN: $CI_JOB_TOKEN\"",
           std::string("sh -c 'printf %s \"$CI_JOB_TOKEN\" | wc -c'"),
           std::string("bash -c 'n=CI_JOB_TOKEN; printf %s \"${!n}\" | wc -c'"),
           std::string("printenv CI_JOB_TOKEN | tr -d '\\n' | wc -c"),
           last + "glab() { last \"$(env | sed -n 's/^CI_JOB''_TOKEN=//p')\"; }; glab release "
                  "create v1",
           last + "release-cli() { last \"$(env | sed -n 's/^CI_JOB''_TOKEN=//p')\"; }; "
                  "release-cli create --name v1"}) {
    RunnerHost host;
    const JobRun run = host.Play(JobThat({line}));
    BOOST_TEST(Has(Out(run), "\n" + size + "\n"), line);
  }
}

BOOST_AUTO_TEST_CASE(variables_of_the_job_that_hold_its_token_are_used_by_their_names) {
  RunnerHost host;
  host.config += "[exposure]\naliases = \"strip\"\n";
  Job job = JobThat({"printf %s \"$NPM_TOKEN\" | wc -c", Which({"CI_JOB_TOKEN", "UNUSED"}),
                     "terraform() { :; }; terraform apply", Which({"TF_HTTP_PASSWORD"})});
  job.variables = {{"NPM_TOKEN", "${CI_JOB_TOKEN}"},
                   {"UNUSED", "$CI_JOB_TOKEN"},
                   {"TF_HTTP_PASSWORD", "$CI_JOB_TOKEN"}};
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\n" + TokenSize() + "\n"));
  BOOST_TEST(Has(Out(run), "\nCI_JOB_TOKEN=no\nUNUSED=no\n"));
  BOOST_TEST(Has(Out(run), "\nTF_HTTP_PASSWORD=yes\n"));
}

BOOST_AUTO_TEST_CASE(files_of_the_checkout_use_it) {
  for (const auto& [name, text] : std::map<std::string, std::string>{
           {"Makefile", "deploy:\n\tcurl -H \"JOB-TOKEN: $$CI_JOB_TOKEN\"\n"},
           {".npmrc", "//gitlab.example.com/:_authToken=${CI_JOB_TOKEN}\n"},
           {"pip.conf", "extra-index-url = https://gitlab-ci-token:${CI_JOB_TOKEN}@g/simple\n"},
           {"ci/settings.xml", "<value>${env.CI_JOB_TOKEN}</value>\n"},
           {"gradle.properties", "x = System.getenv(\"CI_JOB_TOKEN\")\n"}}) {
    Host host(std::map<std::string, std::string>{{name, text}});
    const JobRun run = host.Play(JobThat({Which(kNames)}));
    BOOST_TEST(Has(Out(run), "\nCI_JOB_TOKEN=yes\n"), name);
    BOOST_TEST(Has(Out(run), "\nCI_REGISTRY_PASSWORD=no\n"), name);
  }
}

BOOST_AUTO_TEST_CASE(git_has_it_where_it_has_to_ask_for_it) {
  for (const char* on : {"true", "false"}) {
    RunnerHost host;
    Job job = JobThat({Which(kNames), "git() { :; }; git fetch"});
    job.variables = {{"FF_GIT_URLS_WITHOUT_TOKENS", on}};
    const std::string expected = on == std::string("true") ? "yes" : "no";
    BOOST_TEST(Has(Out(host.Play(job)), "\nCI_JOB_TOKEN=" + expected + "\n"));
  }
}

BOOST_AUTO_TEST_CASE(runner_s_own_stages_have_it_and_lose_the_id_tokens) {
  RunnerHost host;
  RunnerJob sent = Send(JobThat({"true"}), host.signer);
  const Folders folders{host.Path("builds"), host.Path("cache"), true};
  ScriptWriter writer(sent.runner, sent.shell, AllVariables(sent, folders));
  writer.Variables(AllVariables(sent, folders), TemporaryDir(sent, folders));
  writer.Line("mkdir -p " + ProjectDir(sent, folders));
  writer.Line(Which({"CI_JOB_TOKEN", "VAULT_ID_TOKEN"}));
  sent.response["cache"] = {{{"key", "k"}, {"paths", {"vendor"}}}};
  sent.response["artifacts"] = {{{"paths", {"out"}}}};
  const std::vector<std::string> stages = {"get_sources", "restore_cache", "archive_cache",
                                           "upload_artifacts_on_success", "cleanup_file_variables"};
  for (const std::string& stage : stages) sent.scripts[stage] = writer.Script();
  const JobRun run = host.Play(sent);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  for (const std::string& stage : stages) {
    BOOST_TEST(Has(Out(run, stage), "\nCI_JOB_TOKEN=yes\nVAULT_ID_TOKEN=no\n"), stage);
  }
}

// All that a script of the same user can look into, but for the job response, which has the job
// token for the stages after it.
BOOST_AUTO_TEST_CASE(attacker_finds_no_token_that_was_taken_out) {
  RunnerHost host;
  host.config += "[exposure]\naliases = \"strip\"\n";
  const std::string dump = host.Path("dump");
  const std::string look =
      "( env; set; export -p; cat /proc/$$/environ /proc/$PPID/environ "
      "/proc/[0-9]*/cmdline; cat /proc/[0-9]*/environ; "
      "grep -r . \"$TMPDIR\" '" +
      host.Path("builds") + "' ) 2>/dev/null >'" + dump + "' || true";
  const std::string response = "cat \"$TMPDIR\"/../response.json >'" + dump + ".response'";
  Job job = JobThat({look, response});
  // No other test that runs at the same time has it.
  job.job_token = "glcbt-61_" + fs::path(host.folder.path()).filename().string();
  job.variables = {{"VAULT_FILE", "$VAULT_ID_TOKEN", true},
                   {"JOB_FILE", "$CI_JOB_TOKEN", true},
                   {"HEADER", "Bearer $PYPI_STAGING_ID_TOKEN"}};
  RunnerJob sent = Send(job, host.signer);
  const std::string vault = TokenText(job, job.Token("VAULT_ID_TOKEN"), host.signer);
  for (auto& variable : sent.response["variables"]) {
    if (variable["key"] == "VAULT_ID_TOKEN") variable["value"] = vault;
  }
  sent.response["secrets"] = {
      {"DB", {{"vault", {{"server", {{"auth", {{"data", {{"jwt", vault}}}}}}}}}, {"file", false}}}};
  const JobRun run = host.Play(sent);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  const std::string found = Slurp(dump);
  const std::string left = Slurp(dump + ".response");
  BOOST_TEST(Has(found, "CI_PROJECT_PATH=shop/checkout"));
  BOOST_TEST(Has(left, "CI_PROJECT_PATH"));
  BOOST_TEST((found.find(job.job_token) == found.npos));
  for (const auto& variable : sent.response["variables"]) {
    const std::string key = variable["key"];
    if (!key.ends_with("_ID_TOKEN")) continue;
    const std::string value = variable["value"];
    const std::string signature = value.substr(value.rfind('.') + 1);
    BOOST_TEST((found.find(signature) == found.npos), key);
    BOOST_TEST((left.find(signature) == left.npos), key);
  }
}

BOOST_AUTO_TEST_CASE(job_token_stays_in_the_job_response) {
  RunnerHost host;
  std::string response;
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name == "cleanup") response = Slurp(call.job_response);
  };
  const Job job = JobThat({"true"});
  BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
  const auto left = nlohmann::json::parse(response);
  BOOST_TEST(left.at("token") == job.job_token);
  BOOST_TEST(left.at("credentials")[0].at("password") == job.job_token);
  BOOST_TEST(Lacks(response, "_ID_TOKEN\""));
}

BOOST_AUTO_TEST_CASE(secrets_stay_unless_the_administrator_takes_them_out) {
  const std::vector<std::string> names = {"DB_PASSWORD", "DB_FILE", "STAGE", "CI_COMMIT_BRANCH"};
  for (const auto& [setting, expected] :
       std::map<std::string, std::string>{{"mask", "yes"}, {"keep", "yes"}, {"strip", "no"}}) {
    RunnerHost host;
    host.config += "[exposure]\nsecrets = \"" + setting + "\"\n";
    const JobRun run = host.Play(WithSecrets(JobThat({Which(names)}), host.signer));
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    for (const char* name : {"DB_PASSWORD", "DB_FILE", "STAGE"}) {
      BOOST_TEST(Has(Out(run), "\n" + std::string(name) + "=" + expected + "\n"), setting);
    }
    BOOST_TEST(Has(Out(run), "\nCI_COMMIT_BRANCH=yes\n"), setting);
  }
}

BOOST_AUTO_TEST_CASE(secret_that_is_used_is_there_and_the_others_are_not) {
  RunnerHost host;
  host.config += "[exposure]\nsecrets = \"strip\"\n";
  const JobRun run = host.Play(WithSecrets(
      JobThat({"grep -c of-a-file \"$DB_FILE\"", Which({"DB_PASSWORD"})}), host.signer));
  BOOST_TEST(Has(Out(run), "\n1\n"));
  BOOST_TEST(Has(Out(run), "\nDB_PASSWORD=no\n"));
}

BOOST_AUTO_TEST_CASE(what_is_to_be_kept_is_not_masked) {
  const std::vector<std::string> lines = {"echo \"<$DB_PASSWORD>\"", "echo \"<$DEPLOY_KEY>\""};
  const auto play = [&](const std::string& exposure) {
    RunnerHost host;
    host.config += exposure;
    Job job = JobThat(lines);
    job.variables = {{"DEPLOY_KEY", "0123456789abcdef"}};
    return Out(host.Play(WithSecrets(job, host.signer)));
  };
  const std::string by_default = play("");
  BOOST_TEST(Has(by_default, "\n<[MASKED]>\n"));
  BOOST_TEST(Has(by_default, "\n<0123456789abcdef>\n"));
  const std::string otherwise = play(
      "[exposure]\nsecrets = \"keep\"\n[[exposure.rule]]\n"
      "variable = \"DEPLOY_*\"\naction = \"mask\"\n");
  BOOST_TEST(Has(otherwise, "\n<S3cr3t-from-vault>\n"));
  BOOST_TEST(Has(otherwise, "\n<[MASKED]>\n"));
}

BOOST_AUTO_TEST_CASE(rules_for_names_win_over_the_defaults) {
  RunnerHost host;
  host.config +=
      "[[exposure.rule]]\nvariable = \"CI_JOB_TOKEN\"\naction = \"keep\"\n"
      "[[exposure.rule]]\nvariable = \"DEPLOY_*\"\naction = \"strip\"\n"
      "[[exposure.rule]]\nvariable = \"PYPI_*\"\naction = \"mask\"\n";
  Job job = JobThat({Which({"CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD", "DEPLOY_KEY", "DEPLOY_FILE",
                            "KEY_ALIAS", "PYPI_STAGING_ID_TOKEN"})});
  job.variables = {{"DEPLOY_KEY", "0123456789abcdef"},
                   {"DEPLOY_FILE", "-----BEGIN KEY-----\n0123456789\n", true},
                   {"KEY_ALIAS", "key=$DEPLOY_KEY"}};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run),
                 "\nCI_JOB_TOKEN=yes\nCI_REGISTRY_PASSWORD=no\nDEPLOY_KEY=no\nDEPLOY_FILE=no\n"
                 "KEY_ALIAS=no\nPYPI_STAGING_ID_TOKEN=yes\n"));
}

BOOST_AUTO_TEST_CASE(unused_tokens_may_be_left_where_they_are) {
  RunnerHost host;
  host.config += "[exposure]\nunused = \"mask\"\n";
  const JobRun run = host.Play(JobThat({Which({"CI_JOB_TOKEN", "PYPI_STAGING_ID_TOKEN"})}));
  BOOST_TEST(Has(Out(run), "\nCI_JOB_TOKEN=yes\nPYPI_STAGING_ID_TOKEN=yes\n"));
  BOOST_TEST(Lacks(run.Find("prepare")->result.log, "takes out"));
  const auto exposure = Audited(host).at("exposure");
  BOOST_TEST(exposure.at("stripped").empty());
  BOOST_TEST(exposure.at("masked").size() == 6U);
}

BOOST_AUTO_TEST_CASE(audit_says_what_each_name_is_and_why_it_goes_or_stays) {
  RunnerHost host;
  Job job = JobThat({"test -n \"$VAULT_ID_TOKEN\"", "cosign() { :; }; cosign sign"});
  job.id_tokens.push_back({"SIGSTORE_ID_TOKEN", {"sigstore"}});
  host.Play(WithSecrets(job, host.signer));
  const auto record = Audited(host);
  const auto& why = record.at("exposure").at("why");
  BOOST_TEST(why.at("VAULT_ID_TOKEN") == "a command names it");
  BOOST_TEST(why.at("SIGSTORE_ID_TOKEN") == "the command cosign reads it");
  BOOST_TEST(why.at("CI_JOB_TOKEN") == "no command names it; a file of the checkout may");
  BOOST_TEST(why.at("JOBWARDEN_ID_TOKEN") == "nothing names it");
  BOOST_TEST(why.at("DB_PASSWORD") == "nothing names it; [exposure] has secrets = \"mask\"");
  std::map<std::string, nlohmann::json> tokens;
  for (const auto& token : record.at("tokens")) tokens[token.at("names")[0]] = token;
  BOOST_TEST(tokens.at("CI_JOB_TOKEN").at("kind") == "job_token");
  BOOST_TEST((tokens.at("CI_JOB_TOKEN").at("places") ==
              nlohmann::json{"variables", "token", "git_info.repo_url", "credentials"}));
  BOOST_TEST((tokens.at("VAULT_ID_TOKEN").at("audiences") == nlohmann::json{kVaultAudience}));
  BOOST_TEST(tokens.at("DB_PASSWORD").at("kind") == "secret");
  // Who has the log could find the secret from it.
  BOOST_TEST(tokens.at("DB_PASSWORD").at("sha256").is_null());
  BOOST_TEST((tokens.at("DB_FILE").at("places") == nlohmann::json{"file variables"}));
  BOOST_TEST(Lacks(host.audit(), "S3cr3t"));
}

BOOST_AUTO_TEST_SUITE_END()
