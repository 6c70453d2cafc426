// What an administrator waits for: `policy check` of 1,000 rules, one decision over them, and
// `policy diff` of two policies of 200 rules.

#include <benchmark/benchmark.h>

#include <string>

#include "verifier/config/config.h"
#include "verifier/policy/decision.h"
#include "verifier/review/access_diff.h"
#include "verifier/review/check.h"

namespace jobwarden {
namespace {

std::string Rules(int count = 1000, const std::string& suffix = "/**") {
  const char* const refs[] = {"\"main\"", "[\"main\", \"release/*\"]", "{ regex = \"v[0-9]+\" }",
                              "{ not = \"dev/**\" }"};
  std::string text =
      "version = 1\n[[issuer]]\nname = \"ci\"\nprovider = \"gitlab\"\nurl = "
      "\"https://ci.example.com\"\naudience = \"runner\"\n";
  for (int i = 0; i < count; ++i) {
    text += std::string(i % 10 == 0 ? "[[deny]]" : "[[allow]]") + "\nname = \"rule " +
            std::to_string(i) + "\"\nclaims = { project_path = \"group" + std::to_string(i % 50) +
            "/app" + std::to_string(i) + suffix + "\", ref = " + refs[i % 4] +
            ", ref_protected = true }\n";
  }
  return text;
}

void Check(benchmark::State& state) {
  const std::string text = Rules();
  for (auto _ : state) benchmark::DoNotOptimize(ReviewConfig({{"c.toml", text}}).remarks.size());
}
BENCHMARK(Check)->Unit(benchmark::kMillisecond);

void OneDecision(benchmark::State& state) {
  const Config config = ReadConfig({{"c.toml", Rules()}}).config;
  const Object claims{
      {"project_path", "group49/app999/x"}, {"ref", "devel"}, {"ref_protected", "false"}};
  const Object facts{{"fork", false}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(Decide(config.policy, {"ci", &claims, &facts, {}}, {}).outcome());
  }
}
BENCHMARK(OneDecision)->Unit(benchmark::kMicrosecond);

// The same rules, and rules that are all wider.
void Diff(benchmark::State& state, const std::string& suffix) {
  const Config before = ReadConfig({{"old.toml", Rules(200)}}).config;
  const Config after = ReadConfig({{"new.toml", Rules(200, suffix)}}).config;
  std::size_t changes = 0;
  for (auto _ : state) {
    changes =
        FindNewAccess(after, before).changes.size() + FindNewAccess(before, after).changes.size();
  }
  state.counters["changes"] = static_cast<double>(changes);
}
BENCHMARK_CAPTURE(Diff, same, "/**")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Diff, wider, "**")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace jobwarden

BENCHMARK_MAIN();
