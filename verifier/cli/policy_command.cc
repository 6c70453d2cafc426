#include "verifier/cli/policy_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/cli/print.h"
#include "verifier/cli/terminal.h"
#include "verifier/config/config.h"
#include "verifier/os/fd.h"
#include "verifier/review/check.h"
#include "verifier/review/excerpt.h"

namespace jobwarden {
namespace {

std::string Counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string Json(const std::string& path, const Review& review, bool good) {
  Array all;
  for (const Remark& each : review.remarks) {
    all.emplace_back(Object{{"code", each.code},
                            {"severity", each.is_mistake ? "error" : "warning"},
                            {"file", review.files[each.place.file]},
                            {"line", std::int64_t{each.place.line}},
                            {"column", std::int64_t{each.place.column}},
                            {"message", each.message},
                            {"hint", each.hint},
                            {"rule", each.rule.empty() ? Value() : Value(each.rule)}});
  }
  return WriteJson(Object{{"format", 1},
                          {"config", path},
                          {"ok", good},
                          {"rules", static_cast<std::int64_t>(review.rules)},
                          {"silenced", static_cast<std::int64_t>(review.silenced)},
                          {"findings", std::move(all)}});
}

std::string Text(const Review& review, const std::vector<ConfigFile>& files,
                 const Terminal& terminal) {
  std::string text;
  for (const Remark& each : review.remarks) {
    const std::string kind = each.is_mistake ? terminal.In(Color::kRed, "error")
                                             : terminal.In(Color::kYellow, "warning");
    text += fmt::format("{}: {}: {} [{}]\n",
                        terminal.In(Color::kBold, PlaceText(review.files, each.place)), kind,
                        each.message, each.code);
    text += Excerpt(files[each.place.file].bytes, each.place);
    if (!each.hint.empty()) text += fmt::format("  hint: {}\n", each.hint);
  }
  return text;
}

std::string Summary(const Review& review) {
  std::string text = Counted(review.rules, "rule");
  if (review.mistakes() > 0) text = Counted(review.mistakes(), "mistake");
  if (review.warnings() > 0) text += ", " + Counted(review.warnings(), "warning");
  if (review.silenced > 0) text += fmt::format(", {} silenced", review.silenced);
  return text;
}

}  // namespace

int RunPolicyCheck(const std::string& config_path, const PolicyCheckOptions& options) {
  const auto files = ReadConfigFiles(config_path);
  if (!files) return Fail(files.findings(), options.json);
  const Review review = ReviewConfig(*files);
  const bool good = review.mistakes() == 0 && (!options.strict || review.warnings() == 0);
  const Outcome outcome = good ? Outcome::kAllow : Outcome::kUsage;
  if (options.json) return Answer(Json(config_path, review, good) + "\n", outcome);
  Say(STDERR_FILENO, Text(review, *files, Terminal(STDERR_FILENO)));
  const std::string summary = fmt::format("jobwarden: {}: {}{}\n", config_path,
                                          review.mistakes() == 0 ? "ok, " : "", Summary(review));
  if (good) return Answer(summary, outcome);
  Say(STDERR_FILENO, summary);
  return ExitCodeOf(outcome);
}

}  // namespace jobwarden
