#include "verifier/review/explain_report.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/policy/matching.h"
#include "verifier/token/algorithm.h"

namespace jobwarden {
namespace {

struct ProofWords {
  std::string_view word;  // in JSON
  std::string_view text;
};

ProofWords WordsOf(Proof proof) {
  switch (proof) {
    case Proof::kVerified:
      return {"verified", "the token is verified"};
    case Proof::kDecoded:
      return {"decoded", "the token is only decoded: nobody has verified what it says"};
    case Proof::kRecorded:
      return {"recorded", "claims and facts are those of the audit line"};
    case Proof::kUnsigned:
      break;
  }
  return {"unsigned", "claims and facts are as they were given: nobody has signed them"};
}

std::string_view ActionWord(ExposureAction action) {
  switch (action) {
    case ExposureAction::kStrip:
      return "strip";
    case ExposureAction::kMask:
      return "mask";
    case ExposureAction::kKeep:
      break;
  }
  return "keep";
}

std::string_view DefaultWord(const Explanation::Variable& variable,
                             const ExposureSettings& settings) {
  if (variable.setting == "legacy") return ActionWord(settings.legacy);
  if (variable.setting == "secrets") return ActionWord(settings.secrets);
  return ActionWord(settings.unused);
}

std::string OutcomeText(Outcome outcome, const std::string& rule) {
  if (outcome == Outcome::kAllow) return fmt::format("allowed by rule {}", Quote(rule));
  return outcome == Outcome::kDeny ? "denied" : "not decided";
}

// The whole of a text that may come from an audit file, which a job may have been able to write.
std::string Whole(std::string_view text) {
  return Visible(text, text.size());
}

std::string FindingLines(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("  {}{}: {}\n", Forbids(finding) ? "" : "warning: ", CodeName(finding.code),
                        Whole(finding.message));
    if (!finding.hint.empty()) text += fmt::format("    hint: {}\n", Whole(finding.hint));
  }
  return text;
}

std::string TextOf(const Value& object, std::string_view name) {
  const Value* value = object.Find(name);
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  return text == nullptr ? "" : *text;
}

// A step's request for an id_token, as its audit line has it.
std::string RequestLine(const Value& request) {
  const std::string step = TextOf(request, "step");
  const std::string audience = TextOf(request, "audience");
  std::string text = fmt::format(
      "  {}: {} asked for {}: {}", TextOf(request, "time"),
      step.empty() ? "no step's ticket" : "step " + Quote(step),
      audience.empty() ? "the server's own audience" : Quote(audience),
      TextOf(request, "outcome") == OutcomeName(Outcome::kAllow) ? "got an id_token" : "got none");
  const Value* findings = request.Find("findings");
  if (findings == nullptr || findings->AsArray() == nullptr) return text + "\n";
  for (const Value& each : *findings->AsArray()) {
    text += fmt::format("; {}: {}", Visible(TextOf(each, "code")), Whole(TextOf(each, "message")));
  }
  return text + "\n";
}

std::string NameOf(const MatcherTrace& each) {
  return (each.is_fact ? "facts." : "claims.") + each.matcher->name;
}

std::string_view StateOf(const Explanation& explanation, const MatcherTrace& each) {
  if (explanation.IsUnrecorded(each)) return "unknown";
  if (each.ruled_by_doubt) return "in doubt";
  return each.met ? "met" : "not met";
}

std::string RuleHeading(const RuleTrace& trace) {
  const std::string_view kind = trace.is_deny ? "deny" : "allow";
  std::string text = fmt::format("{} rule {}: ", kind, Quote(trace.rule->name));
  if (trace.applies) {
    text += trace.is_deny ? "applies" : "allows the job";
  } else {
    text += fmt::format("does not apply, {} unmet", trace.unmet());
  }
  return text + (trace.rule->report_only ? ", but is in report mode" : "");
}

std::string RuleText(const Explanation& explanation, const RuleTrace& trace, const Config& config) {
  std::string text =
      fmt::format("{} ({})\n", RuleHeading(trace), PlaceText(config.files, trace.rule->place));
  const auto line = [&text](std::string_view state, std::string_view rest) {
    text += fmt::format("  {:<9}{}\n", state, rest);
  };
  if (!trace.rule->issuer.empty()) {
    const std::string got =
        explanation.issuer == nullptr ? "no token" : Quote(explanation.issuer->name);
    line(trace.speaks_of_issuer ? "met" : "not met",
         fmt::format("issuer: expected {}, got {}", Quote(trace.rule->issuer), got));
  }
  if (trace.needs_token) line("not met", "the job has no id_token, and the rule is not tokenless");
  for (const MatcherTrace& each : trace.matchers) {
    line(StateOf(explanation, each),
         fmt::format("{}: expected {}, got {} ({})", NameOf(each), each.matcher->condition.text(),
                     explanation.IsUnrecorded(each) ? "what the audit line leaves out" : each.got,
                     PlaceText(config.files, each.matcher->place)));
  }
  if (trace.rule->audiences && !trace.is_deny) {
    const std::string refused =
        trace.refused_audiences.empty() ? "" : ", got " + QuoteAll(trace.refused_audiences);
    line(refused.empty() ? "met" : "not met",
         fmt::format("audiences of the other id_tokens: expected {}{}", AudiencesText(*trace.rule),
                     refused));
  }
  return text;
}

std::string Keys(const Issuer& issuer) {
  if (!issuer.keys.file.empty()) return "pinned in " + issuer.keys.file;
  return issuer.keys.url.empty() ? "by discovery" : "from " + issuer.keys.url;
}

std::vector<std::string> AlgorithmNames(const Issuer& issuer) {
  std::vector<std::string> names;
  for (const Algorithm each : issuer.algorithms) names.emplace_back(AlgorithmName(each));
  return names;
}

std::string IssuerText(const Issuer& issuer) {
  return fmt::format(
      "issuer {}: url {}, audience {}, algorithms {}, leeway {}, max_lifetime {}, keys {}\n",
      Quote(issuer.name), Quote(issuer.url), QuoteAll(issuer.audiences),
      Join(AlgorithmNames(issuer), ", "), DurationText(issuer.leeway),
      DurationText(issuer.max_lifetime), Keys(issuer));
}

std::string SettingText(const Explanation::Variable& variable, const Config& config) {
  if (variable.rule != nullptr) {
    return fmt::format("exposure.rule, action = \"{}\" ({})", ActionWord(variable.rule->action),
                       PlaceText(config.files, variable.rule->place));
  }
  if (variable.setting.empty()) return "no exposure.rule fits: the defaults of [exposure] count";
  return fmt::format("no exposure.rule fits: {} = \"{}\"", variable.setting,
                     DefaultWord(variable, config.exposure));
}

std::string ExposureText(const Explanation& explanation, const Config& config) {
  const ExposureSettings& settings = config.exposure;
  std::string text = fmt::format(
      "exposure: unused = \"{}\", usage = \"{}\", aliases = \"{}\", secrets = \"{}\", legacy = "
      "\"{}\"{}\n",
      ActionWord(settings.unused), settings.usage == Usage::kScript ? "script" : "checkout",
      settings.KeepsAliases() ? "keep" : "strip", ActionWord(settings.secrets),
      ActionWord(settings.legacy), settings.report_only ? ", mode = \"report\"" : "");
  for (const auto& each : explanation.variables) {
    text += fmt::format("  {}: {}{}\n", QuoteName(each.name), SettingText(each, config),
                        each.why.empty() ? "" : "; " + Whole(each.why));
  }
  return text;
}

std::string Notes(const Explanation& explanation) {
  std::string text;
  const auto& record = explanation.asked.record;
  if (explanation.other_policy) {
    text += fmt::format(
        "note: this policy is not the one that decided (policy_sha256 {}): what follows is what "
        "this policy says of the job\n",
        Quote(record->policy_sha256));
  }
  if (explanation.uncertain()) {
    text +=
        "note: a rule asks for what the audit line leaves out (audit.claims), so what follows is "
        "uncertain\n";
  }
  return text;
}

Value TextOrNull(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

Array Texts(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// Adds where something is written.
void AddPlace(Object& object, const Config& config, Place place) {
  object.Set("file", config.files[place.file]);
  object.Set("line", std::int64_t{place.line});
  object.Set("column", std::int64_t{place.column});
}

// A condition and evidence are JSON text already.
Value FromText(const std::string& text) {
  auto value = ParseJson(text, {.max_bytes = std::size_t{4} << 20U, .max_depth = 24},
                         Code::kConfigInvalid, "condition");
  return value ? std::move(*value) : Value(text);
}

Value MatcherValue(const Explanation& explanation, const MatcherTrace& each, const Config& config) {
  const bool unrecorded = explanation.IsUnrecorded(each);
  Object object{{"name", NameOf(each)},
                {"expected", FromText(each.matcher->condition.text())},
                {"got", unrecorded ? Value() : FromText(each.got)},
                {"met", unrecorded ? Value() : Value(each.met)},
                {"in_doubt", each.ruled_by_doubt},
                {"recorded", !unrecorded}};
  AddPlace(object, config, each.matcher->place);
  return object;
}

Value RuleValue(const Explanation& explanation, const RuleTrace& trace, const Config& config) {
  Array matchers;
  for (const MatcherTrace& each : trace.matchers) {
    matchers.push_back(MatcherValue(explanation, each, config));
  }
  Object object{
      {"name", trace.rule->name},
      {"kind", trace.is_deny ? "deny" : "allow"},
      {"applies", trace.applies},
      {"report_only", trace.rule->report_only},
      {"unmet", static_cast<std::int64_t>(trace.unmet())},
      {"issuer", TextOrNull(trace.rule->issuer)},
      {"issuer_met", trace.speaks_of_issuer},
      {"needs_token", trace.needs_token},
      {"matchers", std::move(matchers)},
      {"audiences", trace.rule->audiences ? FromText(AudiencesText(*trace.rule)) : Value()},
      {"refused_audiences", Texts(trace.refused_audiences)}};
  AddPlace(object, config, trace.rule->place);
  return object;
}

Value IssuerValue(const Issuer& issuer) {
  return Object{{"name", issuer.name},
                {"url", issuer.url},
                {"audiences", Texts(issuer.audiences)},
                {"algorithms", Texts(AlgorithmNames(issuer))},
                {"leeway_s", std::int64_t{issuer.leeway.count()}},
                {"max_lifetime_s", std::int64_t{issuer.max_lifetime.count()}},
                {"keys", Keys(issuer)}};
}

Value ExposureValue(const Explanation& explanation, const Config& config) {
  const ExposureSettings& settings = config.exposure;
  Array variables;
  for (const auto& each : explanation.variables) {
    Value rule;
    if (each.rule != nullptr) {
      Object object{{"action", ActionWord(each.rule->action)}};
      AddPlace(object, config, each.rule->place);
      rule = std::move(object);
    }
    variables.push_back(Object{{"name", each.name},
                               {"rule", std::move(rule)},
                               {"setting", TextOrNull(each.setting)},
                               {"recorded", TextOrNull(each.why)}});
  }
  return Object{{"unused", ActionWord(settings.unused)},
                {"usage", settings.usage == Usage::kScript ? "script" : "checkout"},
                {"aliases", settings.KeepsAliases() ? "keep" : "strip"},
                {"secrets", ActionWord(settings.secrets)},
                {"legacy", ActionWord(settings.legacy)},
                {"report_only", settings.report_only},
                {"variables", std::move(variables)}};
}

}  // namespace

std::string RecordText(const Record& record, const Array& requests) {
  const std::string job = record.job_id.empty()
                              ? "a job"
                              : fmt::format("job {} of {}", QuoteName(record.job_id),
                                            record.job_project.empty() ? "an unknown project"
                                                                       : Quote(record.job_project));
  std::string text =
      fmt::format("decision {}, {}: {}, {}{}\n", record.id.empty() ? "without an id" : record.id,
                  TimeText(record.time), job, OutcomeText(record.outcome, record.rule),
                  record.enforced ? "" : ", which was not enforced");
  text += FindingLines(record.findings);
  if (!requests.empty()) text += "its steps' requests for id_tokens:\n";
  for (const Value& each : requests) text += RequestLine(each);
  return text;
}

std::string ExplanationText(const Explanation& explanation, const Config& config) {
  std::string text;
  if (explanation.asked.record) {
    text += RecordText(*explanation.asked.record, explanation.asked.requests) + "\n";
  }
  text += Notes(explanation);
  text += fmt::format("{} ({})\n{}", OutcomeText(explanation.outcome, explanation.rule),
                      WordsOf(explanation.asked.proof).text, FindingLines(explanation.findings));
  for (const RuleTrace& trace : explanation.rules) {
    text += "\n" + RuleText(explanation, trace, config);
  }
  text += "\n";
  if (explanation.issuer != nullptr) text += IssuerText(*explanation.issuer);
  return text + ExposureText(explanation, config);
}

std::string ExplanationJson(const Explanation& explanation, const Config& config) {
  Array findings;
  for (const Finding& finding : explanation.findings) findings.push_back(FindingValue(finding));
  Array rules;
  for (const RuleTrace& trace : explanation.rules) {
    rules.push_back(RuleValue(explanation, trace, config));
  }
  const auto& record = explanation.asked.record;
  return WriteJson(
      Object{{"format", 1},
             {"proof", WordsOf(explanation.asked.proof).word},
             {"outcome", OutcomeName(explanation.outcome)},
             {"rule", TextOrNull(explanation.rule)},
             {"certain", !explanation.uncertain()},
             {"findings", std::move(findings)},
             {"rules", std::move(rules)},
             {"issuer", explanation.issuer == nullptr ? Value() : IssuerValue(*explanation.issuer)},
             {"exposure", ExposureValue(explanation, config)},
             {"policy_sha256", config.policy_sha256},
             {"same_policy", record ? Value(!explanation.other_policy) : Value()},
             {"record", record ? FromText(WriteRecord(*record)) : Value()},
             {"requests", explanation.asked.requests}});
}

}  // namespace jobwarden
