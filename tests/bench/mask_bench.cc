// How fast a job's log is masked, in memory, beside sed, which knows the plain values only.
//
// Each benchmark goes over the same log, in pieces as a pipe gives them, with so many values in
// all their forms; the ratios stand at the end.

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_folder.h"
#include "tests/verifier/unsigned_jwt.h"
#include "verifier/mask/masker.h"

using namespace jobwarden;

namespace {

constexpr std::size_t kLogBytes = 64 << 20;
constexpr std::size_t kPieceBytes = 512 << 10;
const std::vector<std::string> kIssuers{"https://gitlab.example.com"};

std::string Random(std::mt19937_64& random, std::size_t size, std::string_view letters) {
  std::string text;
  while (text.size() < size) text += letters[random() % letters.size()];
  return text;
}

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kPrintable =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=!@#%&*()";

// Half of them tokens of 1.5 KB, the others API keys, digests and passwords; `shortest` is one's
// size.
std::vector<std::string> Values(std::size_t count, std::size_t shortest) {
  std::mt19937_64 random(1);
  std::vector<std::string> values{Random(random, shortest, kPrintable)};
  while (values.size() < count) {
    switch (values.size() % 6) {
      case 0:
        values.push_back("glpat-" + Random(random, 20, kAlphanumeric));
        break;
      case 1:
        values.push_back(Random(random, 40, kHex));
        break;
      case 2:
        values.push_back(Random(random, 24, kPrintable));
        break;
      default:
        values.push_back(testing::Jwt(fmt::format(R"({{"iss":"{}","sub":"{}"}})", kIssuers[0],
                                                  Random(random, 600, kAlphanumeric)),
                                      Random(random, 256, kPrintable)));
    }
  }
  return values;
}

// What a job prints: compilers, package managers, image layers, tests, progress bars.
const std::string& Log() {
  static const std::string log = [] {
    std::mt19937_64 random(2);
    const auto word = [&] {
      static constexpr std::string_view kWords[] = {
          "parser", "config", "token",  "Makefile", "release", "build", "Job",      "node_modules",
          "lib",    "server", "client", "index",    "types",   "utils", "platform", "README"};
      return kWords[random() % std::size(kWords)];
    };
    std::string text;
    while (text.size() < kLogBytes) {
      switch (random() % 8) {
        case 0:
          text += fmt::format("[{:3}%] Building CXX object {}/CMakeFiles/{}.dir/{}/{}.cc.o\n",
                              random() % 100, word(), word(), word(), word());
          break;
        case 1:
          text +=
              fmt::format("g++ -DNDEBUG -I/builds/group/{}/include -O2 -Wall -c {}/{}.cc -o {}.o\n",
                          word(), word(), word(), word());
          break;
        case 2:
          text += fmt::format("{}: Pull complete sha256:{}\n", Random(random, 12, kHex),
                              Random(random, 64, kHex));
          break;
        case 3:
          text +=
              fmt::format("npm WARN deprecated {}@{}.{}.{}: this library is no longer supported\n",
                          word(), random() % 9, random() % 30, random() % 9);
          break;
        case 4:
          text += fmt::format("2026-11-22T10:{:02}:{:02}.{:06}Z INFO  [{}] {} took {} ms\n",
                              random() % 60, random() % 60, random() % 1000000, word(), word(),
                              random() % 5000);
          break;
        case 5:
          text += fmt::format("\x1b[32;1m$ cargo test --package {} --lib {}::tests\x1b[0;m\n",
                              word(), word());
          break;
        case 6:
          text += fmt::format("    integrity: sha512-{}==\n", Random(random, 86, kAlphanumeric));
          break;
        case 7:
          text += fmt::format("\rDownloading {}-{}.tar.gz {:3}% [{:<40}]", word(), random() % 10,
                              random() % 100, std::string(random() % 40, '='));
          break;
      }
    }
    text.resize(kLogBytes);
    return text;
  }();
  return log;
}

std::vector<std::string_view> Views(const std::vector<std::string>& values) {
  return {values.begin(), values.end()};
}

void Mask(benchmark::State& state) {
  const auto values =
      Values(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
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
  const testing::TempFolder folder;
  const std::string log = folder / "log";
  const std::string script = folder / "script";
  std::ofstream(log, std::ios::binary) << Log();
  std::ofstream commands(script, std::ios::binary);
  for (const auto& value : Values(static_cast<std::size_t>(state.range(0)), 12)) {
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
  const auto values = Values(static_cast<std::size_t>(state.range(0)), 12);
  for (auto _ : state) benchmark::DoNotOptimize(MaskSet(Views(values), kIssuers).forms().size());
}
BENCHMARK(Build)->ArgName("values")->Arg(10)->Arg(100)->Arg(500)->Unit(benchmark::kMicrosecond);

void BuildOfTenTokens(benchmark::State& state) {
  std::vector<std::string> values;
  std::mt19937_64 random(1);
  while (values.size() < 10)
    values.push_back(
        testing::Jwt(Random(random, 780, kAlphanumeric), Random(random, 256, kPrintable)));
  for (auto _ : state) benchmark::DoNotOptimize(MaskSet(Views(values), kIssuers).forms().size());
}
BENCHMARK(BuildOfTenTokens)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
