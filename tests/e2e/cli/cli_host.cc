#include "tests/e2e/cli/cli_host.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/support/places.h"

namespace jobwarden::testing {

CliHost::CliHost() {
  folder.Write("keys.json", signer.KeySetJson());
  folder.Write("jobwarden.toml",
               "version = 1\nstate_dir = \"" + (folder / "state") +
                   "\"\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\nurl = \"" +
                   job.server + "\"\naudience = \"" + kRunnerAudience +
                   "\"\nalgorithms = [\"EdDSA\"]\n[issuer.keys]\nfile = \"" + keys_path() +
                   "\"\n[[allow]]\nname = \"deploys\"\n"
                   "claims = { project_path = \"shop/**\", ref_protected = true }\n");
  token = TokenText(job, job.Token("JOBWARDEN_ID_TOKEN"), signer, kIssuedAt);
}

ChildResult CliHost::Run(std::vector<std::string> words, const std::string& input) const {
  ChildOptions options;
  options.command = {Program("jobwarden")};
  options.command.insert(options.command.end(), words.begin(), words.end());
  options.environment = environment;
  options.input = input;
  ChildResult result = RunChild(options);
  BOOST_TEST(!result.hung);
  return result;
}

ChildResult CliHost::Verify(std::vector<std::string> more) const {
  std::vector<std::string> words = {"verify",   "--token-stdin",
                                    "--now",    std::to_string(kIssuedAt + 60),
                                    "--config", config_path()};
  words.insert(words.end(), more.begin(), more.end());
  return Run(words, token);
}

nlohmann::json CliHost::VerifyJson(std::vector<std::string> more, int exit_code) const {
  more.emplace_back("--json");
  const ChildResult result = Verify(more);
  BOOST_TEST(result.exit_code == exit_code, result.log);
  return OneLineOfJson(result);
}

nlohmann::json OneLineOfJson(const ChildResult& result) {
  const bool one_line =
      result.out.ends_with('\n') && std::count(result.out.begin(), result.out.end(), '\n') == 1;
  BOOST_TEST(one_line, "expected one line, got " << result.log);
  auto json = nlohmann::json::parse(result.out, nullptr, false);
  BOOST_TEST(!json.is_discarded(), "expected JSON, got " << result.log);
  return json.is_discarded() ? nlohmann::json() : json;
}

std::string CodesOf(const nlohmann::json& record) {
  std::string codes;
  for (const auto& finding : record.value("findings", nlohmann::json::array())) {
    codes += (codes.empty() ? "" : " ") + finding.value("code", "?");
  }
  return codes;
}

}  // namespace jobwarden::testing
