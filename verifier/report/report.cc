#include "verifier/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using Row = std::vector<std::string>;

std::string Shown(sys_seconds time) {
  std::string text = TimeText(time);  // 2026-11-22T10:00:00Z
  text[10] = ' ';
  return text.substr(0, 16);
}

std::string Number(std::uint64_t number) {
  return std::to_string(number);
}

std::string OrDash(const std::string& text) {
  return text.empty() ? "-" : text;
}

// Sorts rows by the number in a column, the highest first.
void SortBy(ReportTable& table, std::size_t column) {
  std::stable_sort(table.rows.begin(), table.rows.end(), [column](const Row& a, const Row& b) {
    return std::stoull(a[column]) > std::stoull(b[column]);
  });
}

void AddBars(Report& report, const Tally& tally) {
  if (tally.hours.empty()) return;
  constexpr std::int64_t kDay = 24;
  const std::int64_t first = tally.hours.begin()->first;
  const std::int64_t last = tally.hours.rbegin()->first;
  std::int64_t width = 1;
  const auto bars = [&] { return last / width - first / width + 1; };
  if (bars() > 72) width = kDay;
  while (bars() > static_cast<std::int64_t>(kMaxBars)) width += kDay * (width == kDay ? 6 : 7);
  report.bar_width = width == 1      ? "hour"
                     : width == kDay ? "day"
                                     : fmt::format("{} days", width / kDay);
  report.bars.resize(static_cast<std::size_t>(bars()));
  for (std::size_t i = 0; i < report.bars.size(); ++i) {
    const std::int64_t hour = (first / width + static_cast<std::int64_t>(i)) * width;
    const std::string time = Shown(sys_seconds(std::chrono::hours(hour)));
    report.bars[i].title = width == 1 ? time : time.substr(0, 10);
  }
  for (const auto& [hour, counts] : tally.hours) {
    report.bars[static_cast<std::size_t>(hour / width - first / width)].counts += counts;
  }
}

ReportTable RefusalTable(const Tally& tally, bool would) {
  ReportTable table;
  table.columns = {{"Jobs", true}, {"Reason"},   {"Project"},      {"Host"},
                   {"Last"},       {"Last job"}, {"Its decision"}, {"What its log says"}};
  for (const auto& [key, refused] : tally.refusals) {
    if (key.would != would) continue;
    table.rows.push_back({Number(refused.count), key.reasons, OrDash(key.project), key.host,
                          Shown(refused.last), OrDash(refused.job_id), OrDash(refused.id),
                          OrDash(refused.message)});
  }
  SortBy(table, 0);
  return table;
}

ReportTable Denials(const Tally& tally) {
  ReportTable table = RefusalTable(tally, false);
  table.id = "denials";
  table.title = "Refused jobs";
  table.note =
      "By reason, project and host. An error is the runner's fault, a denial the job's. "
      "jobwarden policy explain --id ID explains a decision.";
  table.when_empty = "No job was refused.";
  return table;
}

ReportTable WouldDeny(const Tally& tally) {
  ReportTable table = RefusalTable(tally, true);
  table.id = "would";
  table.title = "What enforce mode would stop";
  table.note = "These jobs ran, because the policy, or the deny rule, is in report mode.";
  table.when_empty = "No job ran that enforce mode would stop.";
  return table;
}

ReportTable Rules(const Tally& tally, const ReportInput& input) {
  ReportTable table{.id = "rules",
                    .title = "Rules",
                    .note = "How many decisions each rule made.",
                    .when_empty = "No rule decided.",
                    .columns = {{"Decisions", true}, {"Rule"}, {"Kind"}, {"State"}},
                    .rows = {}};
  auto allow = tally.allow_rules;
  auto deny = tally.deny_rules;
  const auto take = [](std::map<std::string, std::uint64_t>& counts, const std::string& key) {
    const auto found = counts.find(key);
    const std::uint64_t count = found == counts.end() ? 0 : found->second;
    if (found != counts.end()) counts.erase(found);
    return count;
  };
  const auto add = [&](std::uint64_t count, const std::string& name, std::string kind,
                       std::string state) {
    if (count == 0) state = state.empty() ? "never used" : "never used, " + state;
    table.rows.push_back({Number(count), name, std::move(kind), std::move(state)});
  };
  if (input.policy == nullptr) {
    table.note += " Which rules were never used is not known: " + input.no_policy;
  } else {
    for (const Rule& rule : input.policy->allow) {
      add(take(allow, rule.name), rule.name, "allow", rule.report_only ? "in report mode" : "");
    }
    for (const Rule& rule : input.policy->deny) {
      add(take(deny, "rule " + Quote(rule.name)), rule.name, "deny",
          rule.report_only ? "in report mode" : "");
    }
  }
  const std::string state = input.policy == nullptr ? "" : "not in this policy";
  for (const auto& [name, count] : allow) add(count, OrDash(name), "allow", state);
  for (const auto& [name, count] : deny) {
    std::string_view shown = name;
    TakePrefix(shown, "rule ");
    add(count, std::string(shown), "deny", state);
  }
  // Those that were never used are what somebody looks for.
  std::stable_sort(table.rows.begin(), table.rows.end(), [](const Row& a, const Row& b) {
    const auto rank = [](const Row& row) {
      return row[0] == "0" ? ~std::uint64_t{0} : std::stoull(row[0]);
    };
    return rank(a) > rank(b);
  });
  return table;
}

ReportTable FindingTable(const Tally& tally) {
  ReportTable table{.id = "findings",
                    .title = "Findings",
                    .note = "Decisions in which each appears.",
                    .when_empty = "No decision had a finding.",
                    .columns = {{"Decisions", true}, {"Code"}, {"Severity"}},
                    .rows = {}};
  for (const auto& [key, count] : tally.findings) {
    table.rows.push_back({Number(count), key.first, key.second ? "error" : "warning"});
  }
  SortBy(table, 0);
  return table;
}

const std::vector<ReportTable::Column> kTreatments{
    {"Stripped", true}, {"Would be stripped", true}, {"Masked", true}, {"Kept", true}};

void AddTreatments(Row& row, const TreatmentCounts& counts) {
  for (const std::uint64_t each :
       {counts.stripped, counts.would_strip, counts.masked, counts.kept}) {
    row.push_back(Number(each));
  }
}

ReportTable Kinds(const Tally& tally) {
  ReportTable table{.id = "kinds",
                    .title = "Tokens by kind",
                    .note = "Names of tokens in jobs that ran.",
                    .when_empty = "No job carried a token.",
                    .columns = {{"Kind"}},
                    .rows = {}};
  table.columns.insert(table.columns.end(), kTreatments.begin(), kTreatments.end());
  for (const auto& [kind, counts] : tally.kinds) {
    Row row{kind};
    AddTreatments(row, counts);
    table.rows.push_back(std::move(row));
  }
  SortBy(table, 1);
  return table;
}

ReportTable Names(const Tally& tally) {
  ReportTable table{.id = "names",
                    .title = "Stripped names",
                    .note = "Where a job lacks one, list it in the job's JOBWARDEN_KEEP.",
                    .when_empty = "No name was stripped.",
                    .columns = {{"Name"}, {"Kind"}},
                    .rows = {}};
  table.columns.insert(table.columns.end(), kTreatments.begin(), kTreatments.end());
  for (const auto& [key, counts] : tally.names) {
    if (counts.stripped + counts.would_strip == 0) continue;
    Row row{key.first, key.second};
    AddTreatments(row, counts);
    table.rows.push_back(std::move(row));
  }
  std::stable_sort(table.rows.begin(), table.rows.end(), [](const Row& a, const Row& b) {
    return std::stoull(a[2]) + std::stoull(a[3]) > std::stoull(b[2]) + std::stoull(b[3]);
  });
  return table;
}

ReportTable Requests(const Tally& tally) {
  ReportTable table{
      .id = "requests",
      .title = "Steps' requests for id_tokens",
      .note =
          "Of GitHub jobs, by the runner's broker. jobwarden policy explain --id ID shows a "
          "decision with its requests.",
      .when_empty = "",
      .columns = {{"Requests", true},
                  {"Outcome"},
                  {"Code"},
                  {"Project"},
                  {"Audience"},
                  {"Last"},
                  {"Its job's decision"}},
      .rows = {}};
  for (const auto& [key, row] : tally.requests) {
    table.rows.push_back({Number(row.count), key.outcome, OrDash(key.code), OrDash(key.project),
                          OrDash(key.audience), Shown(row.last), OrDash(row.decision_id)});
  }
  SortBy(table, 0);
  return table;
}

ReportTable ByOutcome(const std::map<std::string, OutcomeCounts>& counts, std::string title) {
  ReportTable table;
  table.columns = {{std::move(title)}, {"Decisions", true},       {"Allowed", true},
                   {"Denied", true},   {"Would be denied", true}, {"Could not decide", true}};
  for (const auto& [name, each] : counts) {
    table.rows.push_back({OrDash(name), Number(each.all()), Number(each.allowed),
                          Number(each.denied), Number(each.would_deny), Number(each.failed)});
  }
  SortBy(table, 1);
  table.when_empty = "There are no decisions.";
  return table;
}

ReportTable Keys(const ReportInput& input) {
  ReportTable table{.id = "keys",
                    .title = "Keys on this machine",
                    .note = "",
                    .when_empty = "Nothing is known of keys: there is no configuration here.",
                    .columns = {{"Issuer"}, {"Fetched"}, {"Age"}, {"Can be used until"}},
                    .rows = {}};
  for (const ReportedKeys& each : input.keys) {
    if (!each.fetched_at) {
      table.rows.push_back({each.issuer, "-", "-", each.problem});
      continue;
    }
    const auto age = std::max(input.now - *each.fetched_at, seconds(0));
    const std::string unit =
        age >= std::chrono::hours(48)  ? fmt::format("{} days", age / std::chrono::days(1))
        : age >= std::chrono::hours(2) ? fmt::format("{} hours", age / std::chrono::hours(1))
                                       : fmt::format("{} minutes", age / std::chrono::minutes(1));
    table.rows.push_back({each.issuer, Shown(*each.fetched_at), unit, Shown(each.usable_until)});
  }
  return table;
}

}  // namespace

Report MakeReport(const Tally& tally, const ReportInput& input) {
  Report report;
  report.made = Shown(input.now);
  if (tally.first) report.span = fmt::format("{} to {}", Shown(*tally.first), Shown(*tally.last));
  report.notes = input.notes;
  if (tally.policies.size() > 1) {
    report.notes.push_back(
        fmt::format("{} different policies decided in this time", tally.policies.size()));
  }
  report.figures = {{"Decisions", tally.outcomes.all()},
                    {"Allowed", tally.outcomes.allowed},
                    {"Denied", tally.outcomes.denied, true},
                    {"Would be denied", tally.outcomes.would_deny, true},
                    {"Could not decide", tally.outcomes.failed, true}};
  AddBars(report, tally);
  report.tables = {Denials(tally),      WouldDeny(tally), Rules(tally, input),
                   FindingTable(tally), Kinds(tally),     Names(tally)};
  if (!tally.requests.empty()) report.tables.push_back(Requests(tally));
  ReportTable projects = ByOutcome(tally.projects, "Project");
  projects.id = "projects";
  projects.title = "Projects";
  report.tables.push_back(std::move(projects));
  if (tally.hosts.size() > 1) {
    ReportTable hosts = ByOutcome(tally.hosts, "Host");
    hosts.id = "hosts";
    hosts.title = "Hosts";
    hosts.note = "One for each audit file.";
    report.tables.push_back(std::move(hosts));
  }
  report.tables.push_back(Keys(input));
  return report;
}

}  // namespace jobwarden
