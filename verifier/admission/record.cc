#include "verifier/admission/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <system_error>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/version.h"

namespace jobwarden {
namespace {

constexpr JsonLimits kLimits{.max_bytes = 4 * 1024 * 1024, .max_depth = 24};

Value OrNull(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

Array Texts(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// Evidence is JSON text already. As a value it gets no second layer of quotes.
Value FromText(const std::string& text) {
  auto value = ParseJson(text, kLimits, Code::kVerdictMissing, "evidence");
  return value ? std::move(*value) : Value(text);
}

// Reads the members of one object, each by its name and type, and keeps the first problem.
class Reader {
 public:
  Reader(const Value* value, std::string place, std::string& problem)
      : object_(value == nullptr ? nullptr : value->AsObject()),
        place_(std::move(place)),
        problem_(problem) {
    if (object_ == nullptr) Complain("", "expected an object");
  }

  void AllowOnly(std::initializer_list<std::string_view> names) {
    AllowOnly(std::span(names.begin(), names.size()));
  }
  void AllowOnly(std::span<const std::string_view> names) {
    if (object_ == nullptr) return;
    for (const Member& member : object_->members()) {
      if (std::find(names.begin(), names.end(), member.name) == names.end()) {
        Complain(Quote(member.name), "not known in this format");
      }
    }
  }

  const Value* Get(std::string_view name) {
    const Value* value = object_ == nullptr ? nullptr : object_->Find(name);
    if (value == nullptr) Complain(name, "missing");
    return value;
  }
  bool Has(std::string_view name) const {
    const Value* value = object_ == nullptr ? nullptr : object_->Find(name);
    return value != nullptr && !value->IsNull();
  }

  std::string Text(std::string_view name) {
    const Value* value = Get(name);
    if (value == nullptr || value->IsNull()) return "";
    if (const std::string* text = value->AsString()) return *text;
    Complain(name, "expected a string");
    return "";
  }
  bool Bool(std::string_view name) {
    const Value* value = Get(name);
    if (value != nullptr && value->AsBool()) return *value->AsBool();
    Complain(name, "expected a boolean");
    return false;
  }
  std::int64_t Integer(std::string_view name) {
    const Value* value = Get(name);
    if (value != nullptr && value->AsInteger()) return *value->AsInteger();
    Complain(name, "expected a whole number");
    return 0;
  }
  const Object& Members(std::string_view name) {
    static const Object kNone;
    const Value* value = Get(name);
    if (value != nullptr && value->AsObject() != nullptr) return *value->AsObject();
    Complain(name, "expected an object");
    return kNone;
  }
  const Array& Items(std::string_view name) {
    static const Array kNone;
    const Value* value = Get(name);
    if (value != nullptr && value->AsArray() != nullptr) return *value->AsArray();
    Complain(name, "expected an array");
    return kNone;
  }
  std::vector<std::string> TextItems(std::string_view name) {
    std::vector<std::string> texts;
    for (const Value& item : Items(name)) {
      if (item.AsString() == nullptr) Complain(name, "expected strings");
      texts.push_back(item.AsString() == nullptr ? "" : *item.AsString());
    }
    return texts;
  }
  std::map<std::string, std::string> TextMembers(std::string_view name) {
    std::map<std::string, std::string> texts;
    for (const Member& member : Members(name).members()) {
      const std::string* text = member.value.AsString();
      if (text == nullptr) Complain(name, "expected strings");
      texts.emplace(member.name, text == nullptr ? "" : *text);
    }
    return texts;
  }

  void Complain(std::string_view name, std::string_view why) {
    if (problem_.empty()) problem_ = fmt::format("{}{}: {}", place_, name, why);
  }

 private:
  const Object* object_;
  std::string place_;
  std::string& problem_;
};

Finding ReadFinding(const Value& value, std::string& problem) {
  Reader reader(&value, "findings.", problem);
  reader.AllowOnly({"code", "severity", "message", "hint", "evidence", "report_only"});
  Finding finding{Code::kVerdictMissing, reader.Text("message"), reader.Text("hint")};
  if (const auto code = CodeFromName(reader.Text("code"))) {
    finding.code = *code;
  } else {
    reader.Complain("code", "not known");
  }
  for (const Member& member : reader.Members("evidence").members()) {
    Reader evidence(&member.value, "evidence.", problem);
    evidence.AllowOnly({"expected", "got"});
    const Value* expected = evidence.Get("expected");
    const Value* got = evidence.Get("got");
    if (expected == nullptr || got == nullptr) continue;
    finding.evidence.push_back({member.name, WriteJson(*expected), WriteJson(*got)});
  }
  if (reader.Has("report_only")) finding.report_only = reader.Bool("report_only");
  return finding;
}

std::optional<Outcome> OutcomeFromName(std::string_view name) {
  for (const Outcome outcome :
       {Outcome::kAllow, Outcome::kDeny, Outcome::kUsage, Outcome::kError}) {
    if (OutcomeName(outcome) == name) return outcome;
  }
  return std::nullopt;
}

}  // namespace

std::string TimeText(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<std::chrono::sys_seconds> TimeFromText(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t length) {
    int value = -1;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + length, value);
    return error == std::errc() && end == begin + length ? value : -1;
  };
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (text.size() != kForm.size()) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2))));
  if (!date.ok()) return std::nullopt;
  const std::chrono::sys_seconds time =
      std::chrono::sys_days(date) + std::chrono::hours(number(11, 2)) +
      std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2));
  // A text that TimeText would write differently is not a time of this form.
  if (TimeText(time) != text) return std::nullopt;
  return time;
}

Value FindingValue(const Finding& finding) {
  Object evidence;
  for (const Evidence& each : finding.evidence) {
    evidence.Set(each.field,
                 Object{{"expected", FromText(each.expected)}, {"got", FromText(each.got)}});
  }
  Object object{{"code", CodeName(finding.code)},
                {"severity", Forbids(finding) ? "error" : "warning"},
                {"message", finding.message},
                {"hint", finding.hint},
                {"evidence", std::move(evidence)}};
  if (finding.report_only) object.Set("report_only", true);
  return object;
}

std::string WriteRefusal(const Findings& findings) {
  Array values;
  for (const Finding& finding : findings) values.push_back(FindingValue(finding));
  return WriteJson(Object{{"format", kRecordFormat},
                          {"outcome", OutcomeName(OutcomeOf(findings))},
                          {"findings", std::move(values)}});
}

std::string WriteRecord(const Record& record) {
  Array findings;
  for (const Finding& finding : record.findings) findings.push_back(FindingValue(finding));
  Array tokens;
  for (const auto& token : record.tokens) {
    tokens.push_back(Object{{"kind", token.kind},
                            {"sha256", OrNull(token.sha256)},
                            {"names", Texts(token.names)},
                            {"audiences", Texts(token.audiences)},
                            {"places", Texts(token.places)}});
  }
  Object why;
  for (const auto& [name, reason] : record.exposure.why) why.members().push_back({name, reason});
  Value token;
  if (record.token) {
    token = Object{{"sha256", record.token->sha256},
                   {"jti", OrNull(record.token->jti)},
                   {"kid", record.token->kid},
                   {"alg", record.token->alg},
                   {"expires_at", record.token->expires_at}};
  }
  Object object{
      {"format", kRecordFormat},
      {"id", OrNull(record.id)},
      {"time", TimeText(record.time)},
      {"version", Version()},
      {"outcome", OutcomeName(record.outcome)},
      {"mode", record.mode},
      {"enforced", record.enforced},
      {"bound", record.bound},
      {"provider", record.provider},
      {"issuer", OrNull(record.issuer)},
      {"rule", OrNull(record.rule)},
      {"findings", std::move(findings)},
      {"claims", record.claims},
      {"facts", record.facts},
      {"token", std::move(token)},
      {"tokens", std::move(tokens)},
      {"exposure", Object{{"stripped", Texts(record.exposure.stripped)},
                          {"masked", Texts(record.exposure.masked)},
                          {"kept", Texts(record.exposure.kept)},
                          {"why", std::move(why)}}},
      {"job", Object{{"id", OrNull(record.job_id)}, {"project", OrNull(record.job_project)}}},
      {"policy_sha256", record.policy_sha256},
      {"duration_us", std::int64_t{record.duration.count()}},
  };
  if (!record.unrecorded.empty()) object.Set("unrecorded", Texts(record.unrecorded));
  if (record.policy_serial > 0) object.Set("policy_serial", record.policy_serial);
  return WriteJson(object);
}

Result<Record> ReadRecord(std::string_view line, Code code, std::string_view what) {
  const auto value = ParseJson(line, kLimits, code, what);
  if (!value) return value.findings();

  std::string problem;
  Reader reader(&*value, "", problem);
  if (reader.Integer("format") != kRecordFormat) {
    reader.Complain("format", fmt::format("expected {}", kRecordFormat));
  }
  reader.AllowOnly(kRecordMembers);
  Record record;
  if (reader.Has("id")) record.id = reader.Text("id");
  if (const auto time = TimeFromText(reader.Text("time"))) {
    record.time = *time;
  } else {
    reader.Complain("time", "expected a time in UTC");
  }
  reader.Text("version");
  if (const auto outcome = OutcomeFromName(reader.Text("outcome"))) {
    record.outcome = *outcome;
  } else {
    reader.Complain("outcome", "not known");
  }
  record.mode = reader.Text("mode");
  record.enforced = reader.Bool("enforced");
  record.bound = reader.Bool("bound");
  record.provider = reader.Text("provider");
  record.issuer = reader.Text("issuer");
  record.rule = reader.Text("rule");
  for (const Value& finding : reader.Items("findings")) {
    record.findings.push_back(ReadFinding(finding, problem));
  }
  record.claims = reader.Members("claims");
  record.facts = reader.Members("facts");
  if (reader.Has("unrecorded")) record.unrecorded = reader.TextItems("unrecorded");
  if (reader.Has("token")) {
    Reader token(reader.Get("token"), "token.", problem);
    token.AllowOnly({"sha256", "jti", "kid", "alg", "expires_at"});
    record.token = Record::TokenFacts{token.Text("sha256"), token.Text("jti"), token.Text("kid"),
                                      token.Text("alg"), token.Integer("expires_at")};
  }
  for (const Value& item : reader.Items("tokens")) {
    Reader token(&item, "tokens.", problem);
    token.AllowOnly({"kind", "sha256", "names", "audiences", "places"});
    record.tokens.push_back({token.Text("kind"), token.Text("sha256"), token.TextItems("names"),
                             token.TextItems("audiences"), token.TextItems("places")});
  }
  Reader exposure(reader.Get("exposure"), "exposure.", problem);
  exposure.AllowOnly({"stripped", "masked", "kept", "why"});
  record.exposure = {exposure.TextItems("stripped"), exposure.TextItems("masked"),
                     exposure.TextItems("kept"), exposure.TextMembers("why")};
  Reader job(reader.Get("job"), "job.", problem);
  job.AllowOnly({"id", "project"});
  record.job_id = job.Text("id");
  record.job_project = job.Text("project");
  record.policy_sha256 = reader.Text("policy_sha256");
  if (reader.Has("policy_serial")) record.policy_serial = reader.Integer("policy_serial");
  record.duration = std::chrono::microseconds(reader.Integer("duration_us"));

  if (!problem.empty()) {
    return Finding{code, fmt::format("{}: {}", what, problem)};
  }
  return record;
}

}  // namespace jobwarden
