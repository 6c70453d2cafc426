#include "verifier/cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace jobwarden {
namespace {

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

std::string_view NumberOf(Color color) {
  switch (color) {
    case Color::kRed:
      return "31";
    case Color::kYellow:
      return "33";
    case Color::kGreen:
      return "32";
    case Color::kBold:
      return "1";
    case Color::kFaint:
      break;
  }
  return "2";
}

}  // namespace

Terminal::Terminal(int fd)
    : colored_(isatty(fd) == 1 && Variable("NO_COLOR").empty() && !Variable("TERM").empty() &&
               Variable("TERM") != "dumb") {}

std::string Terminal::In(Color color, std::string_view text) const {
  return colored_ ? fmt::format("\x1b[{}m{}\x1b[0m", NumberOf(color), text) : std::string(text);
}

}  // namespace jobwarden
