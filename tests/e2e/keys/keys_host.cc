#include "tests/e2e/keys/keys_host.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/fake_issuer.h"
#include "tests/support/places.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;

}  // namespace

KeysHost::KeysHost(const std::string& issuer_url, const std::string& settings)
    : url(issuer_url), programs(fs::path(Program("jobwarden-executor")).parent_path()) {
  fs::create_directory(folder / "jobs");
  Configure(settings);
}

void KeysHost::Configure(const std::string& settings) {
  folder.Write("jobwarden.toml",
               "version = 1\nstate_dir = \"" + (folder / "state") +
                   "\"\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\nurl = \"" + url +
                   "\"\naudience = \"" + kRunnerAudience + "\"\n[issuer.keys]\n" + settings +
                   "\n[[allow]]\nname = \"deploys\"\nissuer = \"" + allowed +
                   "\"\nclaims = { project_path = \"shop/**\" }\n" + "[executor]\nshared_user = " +
                   (shared_user ? "true" : "false") + "\n" + more_config);
}

ChildResult KeysHost::Jobwarden(std::vector<std::string> words, const std::string& input) const {
  ChildOptions options;
  options.command = as;
  options.command.push_back(programs + "/jobwarden");
  options.command.insert(options.command.end(), words.begin(), words.end());
  options.command.insert(options.command.end(), {"--config", folder / "jobwarden.toml"});
  options.environment = environment;
  options.input = input;
  ChildResult result = RunChild(options);
  BOOST_TEST(!result.hung);
  return result;
}

ChildResult KeysHost::Refresh(std::vector<std::string> more) const {
  more.insert(more.begin(), {"keys", "refresh"});
  return Jobwarden(std::move(more));
}

ChildResult KeysHost::Verify(const Signer& by) const {
  Job job = ProtectedDeploy();
  job.server = url;
  return Jobwarden({"verify", "--token-stdin"},
                   TokenText(job, job.Token("JOBWARDEN_ID_TOKEN"), by));
}

ChildOptions KeysHost::PrepareCall(const Signer& by) const {
  Job job = ProtectedDeploy();
  job.server = url;
  const RunnerJob sent = Send(job, by);
  ChildOptions options;
  options.command = as;
  options.command.insert(options.command.end(), {programs + "/jobwarden-executor", "--config",
                                                 folder / "jobwarden.toml", "prepare"});
  options.environment = environment;
  for (const auto& [variable, value] : CustomEnvironment(sent, Folders())) {
    options.environment["CUSTOM_ENV_" + variable] = value;
  }
  options.environment["BUILD_FAILURE_EXIT_CODE"] = std::to_string(kBuildFailure);
  options.environment["SYSTEM_FAILURE_EXIT_CODE"] = std::to_string(kSystemFailure);
  options.environment["JOB_RESPONSE_FILE"] = folder.Write("response.json", sent.response.dump());
  return Again(options);
}

ChildOptions KeysHost::Again(ChildOptions call) const {
  const std::string job = "jobs/" + std::to_string(++jobs_);
  fs::create_directory(folder / job);
  std::string& response = call.environment["JOB_RESPONSE_FILE"];
  response = folder.Write(job + "/response.json", Slurp(response));
  call.environment["TMPDIR"] = folder / job;
  // As GitLab Runner makes it; but another user may be the one who runs it.
  fs::permissions(folder / job, as.empty() ? fs::perms::owner_all : fs::perms(0777));
  fs::permissions(response, as.empty() ? fs::perms(0600) : fs::perms(0666));
  return call;
}

ChildResult KeysHost::Prepare(const Signer& by) const {
  ChildResult result = RunChild(PrepareCall(by));
  BOOST_TEST(!result.hung);
  return result;
}

void KeysHost::Age(std::chrono::seconds time, const std::string& issuer) const {
  const std::string name = "state/keys/" + issuer + ".json";
  auto keys = nlohmann::ordered_json::parse(Slurp(folder / name));
  for (const char* at : {"fetched_at", "fresh_until"}) {
    keys[at] = keys[at].get<std::int64_t>() - time.count();
  }
  folder.Write(name, keys.dump());
}

void KeysHost::ForgetAttempt() const {
  fs::remove(folder / "state/keys/gitlab.lock");
}

void KeysHost::ForgetAll() const {
  fs::remove_all(folder / "state");
}

std::vector<std::string> KeysHost::StoredKids() const {
  std::vector<std::string> kids;
  const auto keys = nlohmann::json::parse(stored(), nullptr, false);
  BOOST_TEST(!keys.is_discarded(), "torn: " << stored());
  if (keys.is_discarded()) return kids;
  for (const auto& key : keys["keys"]["keys"]) kids.push_back(key.value("kid", ""));
  return kids;
}

std::string UrlOfNobody() {
  return FakeIssuer().url();
}

}  // namespace jobwarden::testing
