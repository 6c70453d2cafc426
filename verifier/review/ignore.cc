#include "verifier/review/ignore.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/base/text.h"
#include "verifier/policy/lint_code.h"

namespace jobwarden {
namespace {

constexpr std::string_view kMark = "# jobwarden: ignore ";
constexpr std::string_view kBetween = " \t\r,";

}  // namespace

IgnoreComments::IgnoreComments(const std::vector<ConfigFile>& files) {
  for (std::size_t file = 0; file < files.size(); ++file) Read(file, files[file].bytes);
}

void IgnoreComments::Read(std::size_t file, std::string_view text) {
  std::vector<std::string> waiting;  // codes of comments that stand alone, for the next line
  for (std::uint32_t line = 1; !text.empty(); ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const std::size_t begin = one.find_first_not_of(" \t\r");
    const bool is_comment = begin != one.npos && one[begin] == '#';
    std::vector<std::string> codes;
    const std::size_t mark = one.find(kMark);
    for (std::size_t at = mark == one.npos ? mark
                                           : one.find_first_not_of(kBetween, mark + kMark.size());
         at != one.npos;) {
      const std::size_t end = std::min(one.find_first_of(kBetween, at), one.size());
      const std::string code(one.substr(at, end - at));
      if (IsLintCode(code)) {
        codes.push_back(code);
      } else {
        const std::string nearest = NearestWord(code, {kLintCodes.begin(), kLintCodes.end()});
        unknown_.push_back({{file, line, static_cast<std::uint32_t>(at + 1)},
                            std::string(lint::kUnknownCode),
                            fmt::format("no warning has the code {}", Quote(code)),
                            nearest.empty() ? "" : fmt::format("did you mean {}?", nearest)});
      }
      at = one.find_first_not_of(kBetween, end);
    }
    if (is_comment) {
      waiting.insert(waiting.end(), codes.begin(), codes.end());
      continue;
    }
    if (begin == one.npos) continue;
    codes.insert(codes.end(), waiting.begin(), waiting.end());
    waiting.clear();
    for (std::string& code : codes) codes_.insert({{file, line}, std::move(code)});
  }
}

bool IgnoreComments::Silences(const Remark& warning) const {
  return Has(warning.place, warning.code) ||
         (!warning.rule.empty() && Has(warning.rule_place, warning.code));
}

}  // namespace jobwarden
