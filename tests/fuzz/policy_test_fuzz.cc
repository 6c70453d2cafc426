// Any bytes as a file of policy tests: mistakes are at places of the file, one line each, and what
// is read can be run and written in each format.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "verifier/config/config.h"
#include "verifier/review/test_file.h"
#include "verifier/review/test_report.h"
#include "verifier/review/test_run.h"

namespace {

const jobwarden::Config& Rules() {
  static const jobwarden::Config kConfig =
      jobwarden::ReadConfig(
          {{"c.toml",
            "version = 1\n[[issuer]]\nname = \"a\"\nprovider = \"gitlab\"\nurl = \"https://a\"\n"
            "audience = \"b\"\n[[allow]]\nname = \"r\"\nclaims.ref = [\"main\", \"v*\"]\n"
            "[[deny]]\nname = \"d\"\nfacts.image = { not = \"x\" }\n"}})
          .config;
  return kConfig;
}

void Check(const std::vector<jobwarden::Problem>& problems, std::uint32_t lines) {
  for (const auto& each : problems) {
    const bool one_line = std::none_of(each.finding.message.begin(), each.finding.message.end(),
                                       [](char c) { return c >= 0 && c < ' '; });
    if (!one_line || each.place.line > lines) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const jobwarden::TestFile file =
      jobwarden::ReadTestFile("t.toml", text, [](const std::string& path) {
        return path == "claims.json" ? jobwarden::Result<std::string>("{\"ref\":\"main\"}")
                                     : jobwarden::Finding{jobwarden::Code::kConfigInvalid, "no"};
      });
  Check(file.problems, lines);
  if (!file.problems.empty()) return 0;
  jobwarden::TestRun run(Rules());
  Check(run.Run("t.toml", file), lines);
  const jobwarden::TestOutcome outcome{run.results(), {&run.coverage()}, 50};
  for (const auto format : {jobwarden::TestFormat::kText, jobwarden::TestFormat::kJunit,
                            jobwarden::TestFormat::kGitHub, jobwarden::TestFormat::kGitLab,
                            jobwarden::TestFormat::kTap, jobwarden::TestFormat::kJson}) {
    if (jobwarden::WriteTests(outcome, format).empty()) std::abort();
  }
  return 0;
}
