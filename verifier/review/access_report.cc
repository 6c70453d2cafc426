#include "verifier/review/access_report.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

Array Texts(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

std::string ExampleText(const AccessExample& example, const AccessWords& words) {
  const Witness& job = example.job;
  std::string text;
  const auto line = [&text](std::string_view name, const std::string& value) {
    text += fmt::format("    {:<10}{}\n", name, value);
  };
  if (job.claims) {
    line("issuer", example.issuer.empty() ? "none that is configured" : example.issuer);
    line("claims", WriteJson(*job.claims));
  } else {
    line("token", "none");
  }
  line("facts", WriteJson(job.facts));
  if (job.refusing_fork) {
    line("", fmt::format("fork is {} for {}", *job.refusing_fork, words.refusing));
  }
  if (!job.other_audiences.empty()) line("audiences", QuoteAll(job.other_audiences));
  if (!job.disputed.empty()) {
    line("disputed", Join(job.disputed, ", ") + ": the job's own words about it differ");
  }
  for (const Finding& each : example.refusals) {
    text += fmt::format("    {} refuses it: {}: {}\n", words.refusing, CodeName(each.code),
                        each.message);
  }
  if (!job.is_usual) {
    text +=
        "    no known CI server makes such a job: a value in it has an unusual type, or is "
        "disputed\n";
  }
  return text;
}

Value ExampleValue(const AccessExample& example) {
  const Witness& job = example.job;
  Array refusals;
  for (const Finding& each : example.refusals) {
    refusals.emplace_back(
        Object{{"code", CodeName(each.code)}, {"message", each.message}, {"hint", each.hint}});
  }
  Object value{{"issuer", example.issuer.empty() ? Value() : Value(example.issuer)},
               {"claims", job.claims ? Value(*job.claims) : Value()},
               {"facts", job.facts},
               {"audiences", Texts(job.other_audiences)},
               {"disputed", Texts(job.disputed)},
               {"usual", job.is_usual},
               {"refusals", std::move(refusals)}};
  if (job.refusing_fork) value.Set("refusing_fork", *job.refusing_fork);
  return value;
}

}  // namespace

std::string AccessText(const Access& access, const AccessWords& words) {
  if (access.IsNone()) return fmt::format("no {}\n", words.kind);
  std::string text;
  if (!access.changes.empty()) text += fmt::format("{}:\n", words.kind);
  for (const AccessChange& each : access.changes) {
    text += each.rule.empty() ? fmt::format("  {}: {}\n", each.setting, each.message)
                              : fmt::format("  rule {} ({}) allows, for example\n",
                                            Quote(each.rule), PlaceText(words.files, each.place));
    if (each.example) text += ExampleText(*each.example, words);
  }
  if (access.undecided.empty()) return text;
  text += fmt::format("{}: not decided{}:\n", words.kind, access.changes.empty() ? "" : " as well");
  for (const std::string& each : access.undecided) text += fmt::format("  {}\n", each);
  return text;
}

Value AccessValue(const Access& access, const AccessWords& words) {
  Array changes;
  for (const AccessChange& each : access.changes) {
    Object change;
    if (each.rule.empty()) {
      change.Set("setting", each.setting);
      change.Set("message", each.message);
    } else {
      change.Set("rule", each.rule);
      change.Set("file", words.files[each.place.file]);
      change.Set("line", std::int64_t{each.place.line});
    }
    change.Set("example", each.example ? ExampleValue(*each.example) : Value());
    changes.emplace_back(std::move(change));
  }
  return Object{{"answer", !access.changes.empty() ? "found"
                           : access.IsNone()       ? "none"
                                                   : "not decided"},
                {"changes", std::move(changes)},
                {"undecided", Texts(access.undecided)}};
}

}  // namespace jobwarden
