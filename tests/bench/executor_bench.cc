// What jobwarden-executor costs a job, as ratios to what cannot be less. Usage:
//   bench_executor [RUNS [CAPTURED_JOBS]]
// CAPTURED_JOBS is a folder with jobs as tests/support/captured_job.h reads them.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tests/bench/compare.h"
#include "tests/support/captured_job.h"
#include "tests/support/gitlab_job.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_users.h"
#include "verifier/base/encoding.h"
#include "verifier/base/json.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;

void Put(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// One job's folder as GitLab Runner makes it, a configuration that allows the job, and a key set.
class Bench {
 public:
  // `executor`: how jobs run, as lines of the configuration.
  Bench(const RunnerJob& job, const Signer& signer, const fs::path& driver,
        const std::string& executor = "shared_user = true\n")
      : driver_(driver), response_(job.response.dump()) {
    fs::create_directory(Path("job"));
    fs::permissions(Path("job"), fs::perms::owner_all);
    fs::permissions(folder_.path(), fs::perms(0711));
    Put(Path("keys.json"), signer.KeySetJson());
    Put(Path("jobwarden.toml"),
        fmt::format("version = 1\nstate_dir = \"{0}/state\"\n"
                    "[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\n"
                    "url = \"https://gitlab.example.com\"\naudience = \"{1}\"\n"
                    "[issuer.keys]\nfile = \"{0}/keys.json\"\n"
                    "[[allow]]\nname = \"deploys\"\n"
                    "claims = {{ project_path = \"*/**\", ref_protected = true, "
                    "ref = [\"main\", \"release/*\"] }}\n"
                    "[executor]\nbuilds_dir = \"{0}/builds\"\ncache_dir = \"{0}/cache\"\n"
                    "{2}[audit]\nfile = \"{0}/audit.jsonl\"\n",
                    folder_.path(), kRunnerAudience, executor));
    environment_ = {{"PATH", std::getenv("PATH")},
                    {"HOME", folder_.path()},
                    {"TMPDIR", Path("job")},
                    {"JOB_RESPONSE_FILE", Path("response.json")},
                    {"BUILD_EXIT_CODE_FILE", Path("exit_code")}};
    for (const auto& [name, value] : CustomEnvironment(job, Folders())) {
      environment_[fmt::format("CUSTOM_ENV_{}", name)] = value;
    }
  }

  std::string Path(const std::string& name) const { return folder_ / name; }

  Command Config() const {
    return {{driver_, "--config", Path("jobwarden.toml"), "config"}, environment_, [this] {
              Put(Path("response.json"), response_);
            }};
  }
  Command Prepare() const {
    return {{driver_, "--config", Path("jobwarden.toml"), "prepare"}, environment_, [this] {
              Put(Path("response.json"), response_);
            }};
  }
  Command RunStage(const std::string& stage, const std::string& script) const {
    return {{driver_, "--config", Path("jobwarden.toml"), "run", Path("script"), stage},
            environment_,
            [this, script] { Put(Path("script"), script); }};
  }
  Command Shell(const std::string& script) const {
    return {{"/bin/bash", Path("script")}, {{"PATH", std::getenv("PATH")}}, [this, script] {
              Put(Path("script"), script);
            }};
  }

 private:
  TempFolder folder_;
  std::string driver_;
  std::string response_;
  std::map<std::string, std::string> environment_;
};

std::string FloorInput(const Signer& signer) {
  const auto key = ParseJson(signer.Jwk(), {.max_bytes = 65536}, Code::kMalformedToken, "key");
  const std::string text(1400, 'x');
  const auto member = [&](std::string_view name) {
    return EncodeHex(*DecodeBase64Url(*key->Find(name)->AsString()));
  };
  return fmt::format("{}\n{}\n{}\n{}\n", member("n"), member("e"),
                     EncodeHex(signer.SignBytes(text)), EncodeHex(text));
}

// The build script of a job with these commands.
std::string BuildScript(RunnerJob job, const std::string& commands, const fs::path& folder) {
  for (auto& step : job.response["steps"]) {
    if (step["name"] == "script") step["script"] = nlohmann::ordered_json::array({commands});
  }
  const Folders folders{folder / "builds", folder / "cache"};
  fs::create_directories(ProjectDir(job, folders));
  return ScriptOf(job, folders, "build_script");
}

void MeasureMemory(const fs::path& captured, const fs::path& driver) {
  long prepare_peak = 0;
  for (const auto& job : LoadCapturedJobs(captured)) {
    const Signer signer("RS256", "key-1");
    const Bench bench(job.job, signer, driver);
    // Denied, for the captured tokens have long expired, after all the work was done.
    prepare_peak = std::max(prepare_peak, Run(bench.Prepare(), 1).peak_kib);
  }
  fmt::print("{:<34} {:>9.1f} MiB (16 or less)\n", "prepare, captured jobs: peak memory",
             static_cast<double>(prepare_peak) / 1024);
}

}  // namespace
}  // namespace jobwarden::testing

int main(int argc, char** argv) {
  using namespace jobwarden::testing;  // NOLINT(google-build-using-namespace): a bench's own
  const int runs = argc > 1 ? std::atoi(argv[1]) : 200;
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path driver = here / "jobwarden-executor";

  const Signer signer("RS256", "key-1");
  const RunnerJob job = Send(ProtectedDeploy(), signer);
  const Bench bench(job, signer, driver);
  Put(bench.Path("floor"), FloorInput(signer));

  const Command prepare = bench.Prepare();
  Compare("prepare, against one RSA verify", runs, prepare,
          {{here / "bench_floor", bench.Path("floor")}, {}}, "1.20 or less");

  const std::string script = BuildScript(job, ":", bench.Path(""));
  Compare("run, against the shell alone", runs, bench.RunStage("build_script", script),
          bench.Shell(script), "+6 ms or less");
  if (geteuid() == 0) {
    const TestUsers user(1);
    const std::string run_as = "run_as = " + user.List() + "\n";
    for (const auto& [what, executor, target] :
         {std::tuple("run as another user", run_as, "+6 ms or less"),
          std::tuple("run as another user, in a sandbox", run_as + "sandbox = \"bwrap\"\n", "")}) {
      const Bench other(job, signer, driver, executor);
      Run(other.Config());
      Run(other.Prepare());
      // The one stage that goes to no folder.
      const std::string echo = ScriptOf(job, {}, "prepare_script");
      Compare(what, runs, other.RunStage("prepare_script", echo), bench.Shell(echo), target);
    }
  }
  const std::string much =
      BuildScript(job,
                  "awk 'BEGIN { while (i++ < 1600000) "
                  "print \"a line of a log, as long as such lines mostly are, which is 62\" }'",
                  bench.Path(""));
  Compare("run with 100 MB of output", std::max(runs / 10, 5), bench.RunStage("build_script", much),
          bench.Shell(much), "1.05 or less");

  Run(prepare);
  fmt::print("{:<34} {:>9.1f} MiB (16 or less)\n", "prepare: peak memory",
             static_cast<double>(Run(prepare).peak_kib) / 1024);
  fmt::print("{:<34} {:>9.1f} MiB (16 or less)\n", "run: peak memory",
             static_cast<double>(Run(bench.RunStage("build_script", script)).peak_kib) / 1024);
  if (argc > 2) MeasureMemory(argv[2], driver);
}
