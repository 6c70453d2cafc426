// Every job that was captured from a real runner, played as it was: its job response, its scripts,
// its variables. Only the id_tokens are signed again, and the folders are ours.

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <iterator>
#include <regex>

#include "tests/e2e/harness.h"
#include "tests/support/captured_job.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;
using Json = nlohmann::ordered_json;

namespace {

std::string Decode(const std::string& base64url) {
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : base64url) {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    buffer = buffer << 6 | static_cast<unsigned>(kLetters.find(c));
    if ((bits += 6) >= 8) bytes += static_cast<char>(buffer >> (bits -= 8) & 0xff);
  }
  return bytes;
}

// The id_tokens in a text, each with what to put in its place.
std::map<std::string, std::string> Replacements(const std::string& text, const Signer& signer) {
  static const std::regex kToken(R"(eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+)");
  const auto moved = std::time(nullptr) - 1'795'341'600;
  std::map<std::string, std::string> replacements;
  for (std::sregex_iterator it(text.begin(), text.end(), kToken), end; it != end; ++it) {
    Json claims = Json::parse(Decode((*it)[1]));
    if (claims.value("iss", "") != "https://gitlab.example.com") continue;
    for (const char* time : {"iat", "nbf", "exp"}) claims[time] = claims[time].get<long>() + moved;
    replacements[it->str()] = signer.Sign(claims.dump());
  }
  return replacements;
}

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// What the scripts call and a test machine need not have: git makes the folder that it is told to
// initialize, pwsh shows the script that it is given, the others do nothing.
void WriteStandIns(const std::string& folder) {
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/pwsh") << "#!/bin/sh\ncat\n";
  chmod((folder + "/pwsh").c_str(), 0700);
  for (const char* name : {"git", "glab", "aws", "gitlab-runner"}) {
    const std::string path = folder + "/" + name;
    std::ofstream(path) << "#!/bin/sh\n[ \"$1\" != init ] || mkdir -p \"$2\"\n";
    chmod(path.c_str(), 0700);
  }
}

RunnerJob AsCaptured(const CapturedJob& captured, const RunnerHost& host) {
  RunnerJob job = captured.job;
  std::string response = job.response.dump();
  const auto replacements = Replacements(response, host.signer);
  for (const auto& [from, to] : replacements) ReplaceAll(response, from, to);
  job.response = Json::parse(response);
  job.scripts = captured.scripts;
  for (auto& [stage, script] : job.scripts) {
    for (const auto& [from, to] : replacements) ReplaceAll(script, from, to);
    ReplaceAll(script, "/builds", host.Path("builds"));
  }
  return job;
}

std::string OwnToken(const RunnerJob& job) {
  for (const Json& variable : job.response["variables"]) {
    if (variable["key"] == "JOBWARDEN_ID_TOKEN" || variable["key"] == "TOKEN_0") {
      return variable["value"];
    }
  }
  std::abort();
}

// Plays each job on a machine of its own, made ready by `set_up`, and then looks.
void PlayAll(const std::function<void(RunnerHost&, const CapturedJob&)>& set_up,
             const std::function<void(const RunnerHost&, const RunnerJob&, const JobRun&)>& look) {
  const auto jobs = LoadCapturedJobs(InShared("fixtures/gitlab-runner"));
  BOOST_TEST(jobs.size() >= 35U);
  for (const CapturedJob& captured : jobs) {
    BOOST_TEST_CONTEXT(captured.name) {
      RunnerHost host;
      WriteStandIns(host.Path("bin"));
      host.options.environment["PATH"] = host.Path("bin") + ":" + std::getenv("PATH");
      Change(host.config, "project_path = \"shop/**\", ref_protected = true", "ref = \"**\"");
      // This job's tokens name services alone.
      if (captured.name.ends_with("many-tokens")) {
        Change(host.config, kRunnerAudience, "https://svc0.example.com");
      }
      set_up(host, captured);
      const RunnerJob job = AsCaptured(captured, host);
      const JobRun run = host.Play(job);
      if (captured.name.find("fork") != captured.name.npos) {
        BOOST_TEST(Denied(run, "FORK_DENIED"));
        continue;
      }
      BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
      // The runner's own token has served; no script of these names it.
      const std::string own = OwnToken(job);
      BOOST_TEST(Lacks(run.log(), own));
      BOOST_TEST(Lacks(ReadFiles(host.folder.path()), own));
      look(host, job, run);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(captured_jobs)

BOOST_AUTO_TEST_CASE(every_captured_job_comes_out_as_it_should) {
  PlayAll(
      [](RunnerHost& host, const CapturedJob& captured) {
        if (captured.job.shell == Shell::kSh) Change(host.config, "\"bash\"", "\"sh\"");
        if (captured.job.shell == Shell::kPwsh) Change(host.config, "\"bash\"", "\"pwsh\"");
      },
      [](const RunnerHost&, const RunnerJob&, const JobRun&) {});
}

// The driver writes down what it gets: that the token is in no file of the host speaks of all that.
BOOST_AUTO_TEST_CASE(every_captured_job_runs_under_a_wrapped_driver) {
  PlayAll(
      [](RunnerHost& host, const CapturedJob&) {
        std::filesystem::create_directory(host.Path("driver"));
        host.Wrap(WrapCommands("\"" + InCheckout("tests/support/recording_driver") + "\", \"" +
                               host.Path("driver") + "\""));
      },
      [](const RunnerHost& host, const RunnerJob& job, const JobRun& run) {
        BOOST_TEST(static_cast<std::size_t>(std::distance(
                       std::filesystem::directory_iterator(host.Path("driver/calls")), {})) ==
                   run.calls.size());
        const Files recorded = ReadFiles(host.Path("driver/calls"));
        const std::string token = job.response["token"];
        for (const auto& [name, text] : recorded) {
          if (name.ends_with("-prepare/response.json")) BOOST_TEST(Has(text, token));
        }
      });
}

BOOST_AUTO_TEST_SUITE_END()
