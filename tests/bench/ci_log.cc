#include "tests/bench/ci_log.h"

#include <fmt/format.h>

#include "tests/verifier/unsigned_jwt.h"

namespace jobwarden::testing {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kPrintable =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=!@#%&*()";

}  // namespace

std::string RandomText(std::mt19937_64& random, std::size_t size, std::string_view letters) {
  std::string text;
  while (text.size() < size) text += letters[random() % letters.size()];
  return text;
}

std::string CiLog(std::size_t bytes) {
  std::mt19937_64 random(2);
  const auto word = [&] {
    static constexpr std::string_view kWords[] = {
        "parser", "config", "token",  "Makefile", "release", "build", "Job",      "node_modules",
        "lib",    "server", "client", "index",    "types",   "utils", "platform", "README"};
    return kWords[random() % std::size(kWords)];
  };
  std::string text;
  while (text.size() < bytes) {
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
        text += fmt::format("{}: Pull complete sha256:{}\n", RandomText(random, 12, kHex),
                            RandomText(random, 64, kHex));
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
        text += fmt::format("\x1b[32;1m$ cargo test --package {} --lib {}::tests\x1b[0;m\n", word(),
                            word());
        break;
      case 6:
        text += fmt::format("    integrity: sha512-{}==\n", RandomText(random, 86, kAlphanumeric));
        break;
      case 7:
        text += fmt::format("\rDownloading {}-{}.tar.gz {:3}% [{:<40}]", word(), random() % 10,
                            random() % 100, std::string(random() % 40, '='));
        break;
    }
  }
  text.resize(bytes);
  return text;
}

std::vector<std::string> CiSecrets(std::size_t count, std::size_t shortest) {
  std::mt19937_64 random(1);
  std::vector<std::string> values{RandomText(random, shortest, kPrintable)};
  while (values.size() < count) {
    switch (values.size() % 6) {
      case 0:
        values.push_back("glpat-" + RandomText(random, 20, kAlphanumeric));
        break;
      case 1:
        values.push_back(RandomText(random, 40, kHex));
        break;
      case 2:
        values.push_back(RandomText(random, 24, kPrintable));
        break;
      default:
        values.push_back(Jwt(fmt::format(R"({{"iss":"https://gitlab.example.com","sub":"{}"}})",
                                         RandomText(random, 600, kAlphanumeric)),
                             RandomText(random, 256, kPrintable)));
    }
  }
  return values;
}

}  // namespace jobwarden::testing
