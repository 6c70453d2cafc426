#include "verifier/cli/choose_runner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <optional>

#include "verifier/base/text.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

std::string List(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    list += fmt::format("\n  {}  {}", i + 1, Quote(names[i]));
  }
  return list;
}

std::optional<std::size_t> Find(const std::vector<std::string>& names, const std::string& choice) {
  if (std::count(names.begin(), names.end(), choice) == 1) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), choice) - names.begin());
  }
  std::size_t number = 0;
  const char* end = choice.data() + choice.size();
  const auto parsed = std::from_chars(choice.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < 1 || number > names.size()) {
    return std::nullopt;
  }
  return number - 1;
}

}  // namespace

Result<std::size_t> ChooseRunner(const std::vector<std::string>& names, const std::string& choice) {
  std::string answer = choice;
  if (answer.empty()) {
    if (names.size() == 1) return std::size_t{0};
    if (isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1) {
      Say(STDERR_FILENO, fmt::format("which runner?{}\nnumber or name: ", List(names)));
      std::getline(std::cin, answer);
    }
  }
  // Nobody means a runner without a name by an empty answer.
  if (const auto found = answer.empty() ? std::nullopt : Find(names, answer)) return *found;
  return Finding{Code::kConfigInvalid,
                 answer.empty()
                     ? std::string("there are several runners, and none was chosen")
                     : fmt::format("expected one runner, got {}, which is {}", Quote(answer),
                                   std::count(names.begin(), names.end(), answer) > 1
                                       ? "the name of several"
                                       : "not the name or the number of one"),
                 "choose by --runner, with the name or the number:" + List(names)};
}

}  // namespace jobwarden
