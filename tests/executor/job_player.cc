#include "tests/executor/job_player.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <tuple>

#include "executor/foretell.h"
#include "executor/job_input.h"
#include "executor/stage_exposure.h"
#include "tests/support/gitlab_job.h"
#include "tests/support/runner_job.h"
#include "tests/support/temp_folder.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

WrittenJob ReadJob(const Json& line) {
  WrittenJob job;
  job.id = line.at("id");
  for (const auto& [name, value] : line.at("variables").items()) {
    const bool plain = value.is_string();
    job.variables.push_back({name, plain ? value : value.at("value"),
                             !plain && value.value("file", false),
                             !plain && value.value("raw", false)});
  }
  job.id_tokens = line.at("id_tokens").get<std::vector<std::string>>();
  job.secrets = line.at("secrets").get<std::map<std::string, std::string>>();
  job.agent = line.at("agent");
  job.google = line.at("identity") == "google_cloud";
  job.files = line.at("files").get<std::map<std::string, std::string>>();
  job.unused = line.at("unused").get<Names>();
  const Json& uses = line.at("uses");
  for (const auto& [field, stage, name] :
       {std::tuple("script", "build_script", "build_script"),
        std::tuple("after_script", "after_script", "after_script"),
        std::tuple("release_script", "step_release", "release")}) {
    const auto lines = line.at(field).get<std::vector<std::string>>();
    if (lines.empty()) continue;
    job.stages.push_back(
        {stage, lines, uses.contains(name) ? uses.at(name).get<Names>() : Names()});
  }
  return job;
}

// The job as GitLab sends it to the runner.
RunnerJob Sent(const WrittenJob& job, const Signer& signer) {
  Job ours = ProtectedDeploy();
  ours.id_tokens = {{"JOBWARDEN_ID_TOKEN", {kRunnerAudience}}};
  for (const std::string& name : job.id_tokens)
    ours.id_tokens.push_back({name, {"aud-of-" + name}});
  ours.predefined = {{"CI_DEPENDENCY_PROXY_PASSWORD", ours.job_token},
                     {"CI_REGISTRY_IMAGE", "registry.example.com/shop/checkout"}};
  if (job.agent) {
    ours.predefined.push_back(
        {"KUBECONFIG", "users:\n- token: ci:7:" + ours.job_token + "\n", true});
  }
  if (job.google) {
    const std::string token = TokenText(ours, {"", {"google"}}, signer);
    for (const char* name :
         {"GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE"}) {
      ours.predefined.push_back({name, "{\"file\":\"" + token + "\"}", true});
    }
  }
  ours.variables = job.variables;
  ours.script.clear();
  for (const WrittenJob::Stage& stage : job.stages) {
    (stage.name == "build_script"   ? ours.script
     : stage.name == "after_script" ? ours.after_script
                                    : ours.release) = stage.lines;
  }
  RunnerJob sent = Send(ours, signer);
  for (const auto& [name, token] : job.secrets) {
    sent.response["secrets"][name] = {
        {"vault", {{"server", {{"auth", {{"data", {{"jwt", "$" + token}}}}}}}}}, {"file", true}};
    for (const Json& variable : sent.response["variables"]) {
      if (variable.at("key") != token) continue;
      sent.response["secrets"][name]["vault"]["server"]["auth"]["data"]["jwt"] =
          variable.at("value");
    }
    sent.secrets.push_back({name, "the-value-of-" + name, true});
  }
  return sent;
}

JobResponse Response(const std::string& bytes) {
  auto response = JobResponse::Parse(bytes);
  BOOST_REQUIRE(response);
  return std::move(*response);
}

}  // namespace

std::vector<WrittenJob> ReadJobs(const std::string& path) {
  std::ifstream file(path);
  std::vector<WrittenJob> jobs;
  for (std::string line; std::getline(file, line);) jobs.push_back(ReadJob(Json::parse(line)));
  return jobs;
}

JobPlayer::JobPlayer(const std::string& exposure) {
  auto config = ParseConfig({{"jobwarden.toml",
                              "version = 1\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\n"
                              "url = \"https://gitlab.example.com\"\naudience = \"" +
                                  std::string(kRunnerAudience) +
                                  "\"\n[[allow]]\nname = \"all\"\nclaims = { ref = \"main\" }\n"
                                  "[exposure]\n" +
                                  exposure}});
  BOOST_REQUIRE(config);
  config_ = std::move(*config);
}

std::map<std::string, Left> JobPlayer::Play(const WrittenJob& job) {
  const TempFolder folder;
  const Folders folders{.builds_dir = folder / "builds", .cache_dir = folder / "cache"};
  config_.executor.builds_dir = folders.builds_dir;
  const RunnerJob sent = Sent(job, signer_);
  for (const auto& [name, text] : job.files) {
    const fs::path path = fs::path(ProjectDir(sent, folders)) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  fs::create_directories(ProjectDir(sent, folders));

  jobwarden::Environment::Variables environment;
  environment.emplace("TMPDIR", Secret(folder.path()));
  for (const auto& [name, value] : CustomEnvironment(sent, folders)) {
    environment.emplace("CUSTOM_ENV_" + name, Secret(value));
  }
  jobwarden::Call call{{}, jobwarden::Environment(std::move(environment)), {}};
  const std::string path = folder.Write("response.json", sent.response.dump());
  const Record verdict = Prepare(path, call);
  const JobResponse response = Response(Slurp(path));

  std::map<std::string, Left> left;
  for (const WrittenJob::Stage& stage : job.stages) {
    call.arguments.stage = stage.name;
    auto exposed =
        ExposeStage(Secret(ScriptOf(sent, folders, stage.name)), call, config_, response, verdict);
    BOOST_REQUIRE_MESSAGE(exposed, job.id << "/" << stage.name);
    for (const Token& token : exposed->inventory.tokens) {
      const bool needed =
          std::any_of(token.names.begin(), token.names.end(),
                      [&](const std::string& name) { return stage.uses.contains(name); });
      for (const std::string& name : token.names) {
        if (exposed->dropped.contains(name)) continue;
        left[stage.name].names.insert(name);
        if (!needed && job.unused.contains(name)) left[stage.name].surplus.insert(name);
      }
    }
  }
  return left;
}

// What `prepare` leaves of an allowed job.
Record JobPlayer::Prepare(const std::string& path, const jobwarden::Call& call) const {
  const JobResponse response = Response(Slurp(path));
  Inventory inventory = TakeJobInventory(response.variables(), response, call.environment, config_);
  AddLocations(response, inventory);
  Record verdict;
  verdict.outcome = Outcome::kAllow;
  for (const Token& token : inventory.tokens) {
    verdict.tokens.push_back({std::string(TokenKindName(token.kind)), token.sha256, token.names,
                              token.audiences, token.locations});
  }
  verdict.exposure = Foretell(inventory, response, call, config_);
  BOOST_REQUIRE(FilterJobResponse(path, response, inventory, verdict.exposure));
  return verdict;
}

}  // namespace jobwarden::testing
