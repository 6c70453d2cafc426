#include "verifier/review/test_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/config/problem.h"

namespace jobwarden {
namespace {

constexpr std::pair<std::string_view, TestFormat> kFormats[] = {
    {"text", TestFormat::kText},     {"junit", TestFormat::kJunit}, {"github", TestFormat::kGitHub},
    {"gitlab", TestFormat::kGitLab}, {"tap", TestFormat::kTap},     {"json", TestFormat::kJson}};

std::string Escaped(std::string_view text,
                    std::initializer_list<std::pair<char, std::string_view>> escapes) {
  std::string escaped;
  for (const char c : text) {
    const auto* const found = std::find_if(escapes.begin(), escapes.end(),
                                           [c](const auto& each) { return each.first == c; });
    if (found == escapes.end()) {
      escaped += c;
    } else {
      escaped += found->second;
    }
  }
  return escaped;
}

// Characters that XML does not allow have been escaped by Visible before.
std::string Xml(std::string_view text) {
  return Escaped(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}});
}

std::string GitHubData(std::string_view text) {
  return Escaped(text, {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}});
}

std::string GitHubProperty(std::string_view text) {
  return Escaped(GitHubData(text), {{':', "%3A"}, {',', "%2C"}});
}

std::string At(const CaseResult& result) {
  return fmt::format("{}:{}", result.file, result.place.line);
}

std::string CoverageText(const TestOutcome& outcome) {
  std::string text;
  for (const Coverage* coverage : outcome.coverage) {
    for (const auto& rule : coverage->rules()) {
      const std::string what =
          fmt::format("{} rule {}", rule.is_deny ? "deny" : "allow", Quote(rule.name));
      if (!rule.touched) {
        text += fmt::format("{}: {}: no case is about a job to which it applies\n",
                            PlaceText(coverage->files(), rule.place), what);
      }
      for (const auto& condition : rule.conditions) {
        if (condition.touched) continue;
        text += fmt::format("{}: {}: in no case {} alone keeps it from applying\n",
                            PlaceText(coverage->files(), condition.place), what, condition.name);
      }
    }
  }
  text += fmt::format("coverage: {} %", outcome.percent());
  if (outcome.min_coverage) text += fmt::format(", expected {} %", *outcome.min_coverage);
  return text + "\n";
}

std::string Text(const TestOutcome& outcome) {
  std::string text;
  for (const CaseResult& each : outcome.results) {
    if (each.differences.empty()) continue;
    text += fmt::format("FAILED {} ({})\n", Quote(each.name), At(each));
    for (const std::string& one : each.differences) text += fmt::format("  {}\n", one);
    for (const std::string& one : each.reasons) text += fmt::format("    {}\n", one);
  }
  if (!outcome.coverage.empty()) text += CoverageText(outcome);
  return text + fmt::format("{} passed, {} failed\n", outcome.results.size() - outcome.failed(),
                            outcome.failed());
}

std::string Junit(const TestOutcome& outcome) {
  std::map<std::string, std::vector<const CaseResult*>> suites;
  for (const CaseResult& each : outcome.results) suites[each.file].push_back(&each);
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"jobwarden policy test\" "
      "tests=\"{}\" failures=\"{}\">\n",
      outcome.results.size(), outcome.failed());
  for (const auto& [file, cases] : suites) {
    const auto failed = std::count_if(cases.begin(), cases.end(), [](const CaseResult* each) {
      return !each->differences.empty();
    });
    const std::string shown = Xml(Visible(file));
    text += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n",
        shown, cases.size(), failed);
    for (const CaseResult* each : cases) {
      text += fmt::format(
          "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"0\"",
          Xml(Visible(each->name)), shown, shown, each->place.line);
      if (each->differences.empty()) {
        text += "/>\n";
        continue;
      }
      text += fmt::format(
          ">\n      <failure message=\"{}\" type=\"decision\">{}\n{}</failure>\n"
          "    </testcase>\n",
          Xml(each->differences.front()), Xml(Join(each->differences, "\n")),
          Xml(Join(each->reasons, "\n")));
    }
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

std::string GitHub(const TestOutcome& outcome) {
  std::string text;
  for (const CaseResult& each : outcome.results) {
    if (each.differences.empty()) continue;
    std::vector<std::string> lines = each.differences;
    lines.insert(lines.end(), each.reasons.begin(), each.reasons.end());
    text += fmt::format("::error file={},line={},title={}::{}\n",
                        GitHubProperty(Visible(each.file)), each.place.line,
                        GitHubProperty(Visible(each.name)), GitHubData(Join(lines, "\n")));
  }
  if (!outcome.coverage.empty()) {
    const bool low = outcome.min_coverage && outcome.percent() < *outcome.min_coverage;
    text += fmt::format("::{} title=policy coverage::{}\n", low ? "error" : "notice",
                        GitHubData(CoverageText(outcome)));
  }
  return text + fmt::format("{} passed, {} failed\n", outcome.results.size() - outcome.failed(),
                            outcome.failed());
}

std::string GitLab(const TestOutcome& outcome) {
  Array issues;
  for (const CaseResult& each : outcome.results) {
    if (each.differences.empty()) continue;
    issues.emplace_back(Object{
        {"description", fmt::format("{}: {}", Visible(each.name), Join(each.differences, "; "))},
        {"check_name", "jobwarden-policy-test"},
        {"fingerprint", Sha256Hex(each.file + '\n' + each.name)},
        {"severity", "major"},
        {"location", Object{{"path", each.file},
                            {"lines", Object{{"begin", std::int64_t{each.place.line}}}}}}});
  }
  return WriteJson(Value(std::move(issues))) + "\n";
}

std::string Tap(const TestOutcome& outcome) {
  std::string text = fmt::format("TAP version 14\n1..{}\n", outcome.results.size());
  for (std::size_t i = 0; i < outcome.results.size(); ++i) {
    const CaseResult& each = outcome.results[i];
    const bool passed = each.differences.empty();
    text += fmt::format("{} {} - {}\n", passed ? "ok" : "not ok", i + 1,
                        Escaped(Visible(each.name), {{'#', "\\#"}, {'\\', "\\\\"}}));
    if (passed) continue;
    text += fmt::format("  ---\n  message: {}\n  at: {}\n  ...\n",
                        Quote(Join(each.differences, "; ")), Quote(At(each)));
  }
  return text;
}

Value CoverageValue(const TestOutcome& outcome) {
  Array rules;
  for (const Coverage* coverage : outcome.coverage) {
    for (const auto& rule : coverage->rules()) {
      Array conditions;
      for (const auto& each : rule.conditions) {
        conditions.emplace_back(Object{{"name", each.name},
                                       {"place", PlaceText(coverage->files(), each.place)},
                                       {"touched", each.touched}});
      }
      rules.emplace_back(Object{{"rule", rule.name},
                                {"kind", rule.is_deny ? "deny" : "allow"},
                                {"place", PlaceText(coverage->files(), rule.place)},
                                {"touched", rule.touched},
                                {"conditions", std::move(conditions)}});
    }
  }
  return Object{{"percent", std::int64_t{outcome.percent()}}, {"rules", std::move(rules)}};
}

std::string Json(const TestOutcome& outcome) {
  Array cases;
  for (const CaseResult& each : outcome.results) {
    cases.emplace_back(
        Object{{"name", each.name},
               {"file", each.file},
               {"line", std::int64_t{each.place.line}},
               {"passed", each.differences.empty()},
               {"decision", each.decision},
               {"differences", Array(each.differences.begin(), each.differences.end())},
               {"reasons", Array(each.reasons.begin(), each.reasons.end())}});
  }
  Object answer{{"format", 1},
                {"ok", outcome.good()},
                {"passed", static_cast<std::int64_t>(outcome.results.size() - outcome.failed())},
                {"failed", static_cast<std::int64_t>(outcome.failed())},
                {"cases", std::move(cases)}};
  if (!outcome.coverage.empty()) answer.Set("coverage", CoverageValue(outcome));
  return WriteJson(answer) + "\n";
}

}  // namespace

std::optional<TestFormat> TestFormatFromName(std::string_view name) {
  for (const auto& [word, format] : kFormats) {
    if (word == name) return format;
  }
  return std::nullopt;
}

std::size_t TestOutcome::failed() const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(),
                    [](const CaseResult& each) { return !each.differences.empty(); }));
}

unsigned TestOutcome::percent() const {
  std::size_t total = 0;
  std::size_t touched = 0;
  for (const Coverage* each : coverage) {
    total += each->total();
    touched += each->touched();
  }
  return total == 0 ? 100 : static_cast<unsigned>(100 * touched / total);
}

std::string WriteTests(const TestOutcome& outcome, TestFormat format) {
  switch (format) {
    case TestFormat::kJunit:
      return Junit(outcome);
    case TestFormat::kGitHub:
      return GitHub(outcome);
    case TestFormat::kGitLab:
      return GitLab(outcome);
    case TestFormat::kTap:
      return Tap(outcome);
    case TestFormat::kJson:
      return Json(outcome);
    case TestFormat::kText:
      break;
  }
  return Text(outcome);
}

}  // namespace jobwarden
