// How fast a job's log is masked, in memory, beside sed, which knows the plain values only.
//
// Each benchmark goes over the same log, in pieces as a pipe gives them, with so many values in
// all their forms.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/ci_log.h"
#include "tests/support/temp_folder.h"
#include "tests/verifier/unsigned_jwt.h"
#include "verifier/mask/masker.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

constexpr std::size_t kPieceBytes = 512 << 10;
const std::vector<std::string> kIssuers{"https://gitlab.example.com"};

const std::string& Log() {
  static const std::string log = CiLog(64 << 20);
  return log;
}

std::vector<std::string_view> Views(const std::vector<std::string>& values) {
  return {values.begin(), values.end()};
}

void Mask(benchmark::State& state) {
  const auto values =
      CiSecrets(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  const MaskSet set(Views(values), kIssuers);
  std::string_view rest = Log();
  Masker masker(set);
  std::size_t out = 0;
  for (auto _ : state) {
    // As read from a pipe: a copy into memory that stays in the cache.
    for (rest = Log(); !rest.empty(); rest.remove_prefix(std::min(rest.size(), kPieceBytes))) {
      for (const auto piece : masker.Feed(rest.substr(0, kPieceBytes))) out += piece.size();
    }
  }
  benchmark::DoNotOptimize(out);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * Log().size()));
}
BENCHMARK(Mask)
    ->ArgNames({"values", "shortest"})
    ->Args({10, 12})
    ->Args({100, 12})
    ->Args({500, 12})
    ->Args({10, 8})
    ->Args({100, 8})
    ->Args({500, 8});

// The least that anything in its place does: it moves the bytes.
void Copy(benchmark::State& state) {
  std::string buffer(kPieceBytes, '\0');
  for (auto _ : state) {
    for (std::size_t at = 0; at < Log().size(); at += kPieceBytes) {
      Log().copy(buffer.data(), kPieceBytes, at);
      benchmark::DoNotOptimize(buffer.data());
      benchmark::ClobberMemory();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * Log().size()));
}
BENCHMARK(Copy);

// The same values, plain, by sed.
void Sed(benchmark::State& state) {
  const TempFolder folder;
  const std::string log = folder / "log";
  const std::string script = folder / "script";
  std::ofstream(log, std::ios::binary) << Log();
  std::ofstream commands(script, std::ios::binary);
  for (const auto& value : CiSecrets(static_cast<std::size_t>(state.range(0)), 12)) {
    commands << "s/";
    for (const char c : value)
      commands << (std::string_view("/.*[]^$\\&").find(c) != std::string_view::npos ? "\\" : "")
               << c;
    commands << "/[MASKED]/g\n";
  }
  commands.close();
  const std::string command = fmt::format("LC_ALL=C sed -f {} {} >/dev/null", script, log);
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    if (std::system(command.c_str()) != 0) std::abort();
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * Log().size()));
}
BENCHMARK(Sed)->ArgName("values")->Arg(10)->Arg(100)->UseManualTime()->Iterations(1);

// What each stage pays before it starts.
void Build(benchmark::State& state) {
  const auto values = CiSecrets(static_cast<std::size_t>(state.range(0)), 12);
  for (auto _ : state) benchmark::DoNotOptimize(MaskSet(Views(values), kIssuers).forms().size());
}
BENCHMARK(Build)->ArgName("values")->Arg(10)->Arg(100)->Arg(500)->Unit(benchmark::kMicrosecond);

void BuildOfTenTokens(benchmark::State& state) {
  std::mt19937_64 random(1);
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789";
  std::vector<std::string> values;
  while (values.size() < 10) {
    values.push_back(Jwt(RandomText(random, 780, kLetters), RandomText(random, 256, kLetters)));
  }
  for (auto _ : state) benchmark::DoNotOptimize(MaskSet(Views(values), kIssuers).forms().size());
}
BENCHMARK(BuildOfTenTokens)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
