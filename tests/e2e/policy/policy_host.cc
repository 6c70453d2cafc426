#include "tests/e2e/policy/policy_host.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/places.h"

namespace jobwarden::testing {

namespace fs = std::filesystem;

const char* const kOtherPublicKey = "RWQxkTEaus/TRKP030LUjtzEYmMeL8kkGffen4GcnHjSWZEtu4cLKNUd";
const char* const kOtherSecretKey =
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMZExGrrP00S43QL2Hugmqd"
    "qJ41SA17r9nAoHMkI7uON7yummGTWT76P030LUjtzEYmMeL8kkGffen4GcnHjSWZEtu4cLKNUdAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAA=\n";

const char* const kRules =
    "[[allow]]\nname = \"fleet deploys\"\n"
    "claims = { project_path = \"shop/**\", ref_protected = true }\n";
const char* const kTests =
    "[[case]]\nname = \"a deploy\"\nprovider = \"gitlab\"\n"
    "claims = { project_path = \"shop/web\", ref_protected = \"true\" }\nexpect = \"allow\"\n"
    "rule = \"fleet deploys\"\n";

PolicyHost::PolicyHost(const std::string& keys) {
  folder.Write("server.pem", certificate.certificate);
  folder.Write("keys.json", signer.KeySetJson());
  Configure(keys);
  fs::create_directories(folder / "repo/rules.d");
  fs::create_directories(folder / "repo/tests");
  const std::string issuer =
      "version = 1\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\n"
      "url = \"https://gitlab.example.com\"\naudience = \"a\"\n";
  Edit("jobwarden.toml", issuer);
  Edit("rules.d/fleet.toml", kRules);
  Edit("tests/fleet.test.toml", kTests);
}

void PolicyHost::Configure(const std::string& keys, const std::string& more) {
  folder.Write("jobwarden.toml",
               "version = 1\nstate_dir = \"" + (folder / "state") +
                   "\"\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\nurl = \"" +
                   ProtectedDeploy().server + "\"\naudience = \"" + kRunnerAudience +
                   "\"\nalgorithms = [\"EdDSA\"]\n[issuer.keys]\nfile = \"" +
                   (folder / "keys.json") + "\"\n[policy.pull]\nurl = \"" + url() + "\"\nkeys = " +
                   keys + "\nca_file = \"" + (folder / "server.pem") + "\"\n" + more);
}

void PolicyHost::Edit(const std::string& path, const std::string& text) const {
  folder.Write("repo/" + path, text);
}

ChildResult PolicyHost::Sign(std::vector<std::string> more, const std::string& key,
                             const std::string& password) const {
  std::vector<std::string> words = {"policy",
                                    "sign",
                                    folder / "repo",
                                    "--key",
                                    folder.Write("secret.key", key),
                                    "--out",
                                    folder / "policy.tar.gz"};
  words.insert(words.end(), more.begin(), more.end());
  return Jobwarden(words, password);
}

void PolicyHost::Publish() const {
  const std::string bundle = Slurp(folder / "policy.tar.gz");
  const std::string etag = "\"" + std::to_string(std::hash<std::string>()(bundle)) + "\"";
  server.SetAnswer("/policy.tar.gz", Answer{.body = bundle, .headers = {{"ETag", etag}}});
  server.SetAnswer("/policy.tar.gz.minisig",
                   Answer{.body = Slurp(folder / "policy.tar.gz.minisig")});
}

void PolicyHost::SignAndPublish(const std::string& serial) const {
  const ChildResult signed_now = Sign({"--valid-days", "30", "--serial", serial});
  BOOST_TEST_REQUIRE(signed_now.exit_code == kAllow, signed_now.log);
  Publish();
}

ChildOptions PolicyHost::PullCall() const {
  ChildOptions call;
  call.command = {Program("jobwarden"), "policy", "pull", "--config", config()};
  return call;
}

ChildResult PolicyHost::Pull(std::vector<std::string> more) const {
  more.insert(more.begin(), {"policy", "pull", "--config", config()});
  return Jobwarden(more);
}

ChildResult PolicyHost::Verify() const {
  Job job = ProtectedDeploy();
  return Jobwarden({"verify", "--token-stdin", "--json", "--config", config()},
                   TokenText(job, job.Token("JOBWARDEN_ID_TOKEN"), signer));
}

ChildResult PolicyHost::Jobwarden(std::vector<std::string> words, const std::string& input) const {
  ChildOptions options;
  options.command = {Program("jobwarden")};
  options.command.insert(options.command.end(), words.begin(), words.end());
  options.input = input;
  ChildResult result = RunChild(options);
  BOOST_TEST(!result.hung);
  return result;
}

std::string PolicyHost::InForce() const {
  std::error_code error;
  return fs::read_symlink(store() + "/current", error).string();
}

void PolicyHost::Expire() const {
  const std::string path = store() + "/" + InForce() + "/pulled.json";
  auto note = nlohmann::ordered_json::parse(Slurp(path));
  note["expires_at"] = 1'000'000'000;
  std::ofstream(path) << note.dump();
}

}  // namespace jobwarden::testing
