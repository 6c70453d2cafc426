#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/config/document.h"
#include "verifier/config/draft.h"
#include "verifier/config/schema.h"
#include "verifier/policy/rule.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

constexpr Choice<bool> kModes[] = {{"enforce", false}, {"report", true}};

// RFC 6901 §3: only 0 or 1 may follow `~`. With a pointer that can never lead anywhere, a deny rule
// would never deny.
bool IsPointer(std::string_view name) {
  for (std::size_t at = name.find('~'); at != std::string_view::npos; at = name.find('~', at + 1)) {
    if (at + 1 == name.size() || (name[at + 1] != '0' && name[at + 1] != '1')) return false;
  }
  return true;
}

// The name as a part of a dotted key.
std::string KeyText(std::string_view name) {
  const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  return bare ? std::string(name) : Quote(name);
}

bool CheckName(const Field& field, const Entry& entry, bool is_fact) {
  const bool pointer = entry.key.starts_with('/');
  if (entry.key.empty()) {
    field.problems.Add(entry.place, fmt::format("{}: a name is empty", field.name));
    return false;
  }
  if (pointer && !IsPointer(entry.key)) {
    field.problems.Add(entry.place,
                       fmt::format("{}: {} is not a JSON pointer", field.name, Quote(entry.key)),
                       "write ~0 for ~, and ~1 for / within a name");
    return false;
  }
  const std::string fact = pointer ? entry.key.substr(1, entry.key.find('/', 1) - 1) : entry.key;
  const auto& facts = FactNames();
  if (is_fact && std::find(facts.begin(), facts.end(), fact) == facts.end()) {
    schema::RefuseUnknown(field.problems, entry, field.name, facts);
    return false;
  }
  return true;
}

// Where the part of a list or table is to which the path leads: of a table's entry its key.
Place PlaceAt(const Node& node, const DescriptionPath& path) {
  const Node* part = &node;
  Place place = node.place;
  for (const std::size_t index : path) {
    if (const auto* list = part->As<Node::List>()) {
      part = &(*list)[index];
      place = part->place;
    } else {
      const Entry& entry = (*part->As<Node::Table>())[index];
      part = &entry.value;
      place = entry.place;
    }
  }
  return place;
}

std::optional<Condition> ReadCondition(const Field& field) {
  const auto value = ToValue(field.node);
  if (!value) {
    field.Fail("a date or time cannot be compared", "write it as a string");
    return std::nullopt;
  }
  std::vector<DescriptionPath> where;
  auto condition = Condition::Make(*value, &where);
  if (condition) return std::move(*condition);
  for (std::size_t i = 0; i < where.size(); ++i) {
    const Finding& finding = condition.findings()[i];
    field.problems.Add(PlaceAt(field.node, where[i]),
                       fmt::format("{}: {}", field.name, finding.message), finding.hint);
  }
  return std::nullopt;
}

template <auto kMember, bool kIsFacts>
void SetConditions(const Field& field, Rule& rule) {
  const auto* entries = field.node.As<Node::Table>();
  if (entries == nullptr) {
    return field.FailKind("a table", "for example { project_path = \"group/*\" }");
  }
  for (const Entry& entry : *entries) {
    if (!CheckName(field, entry, kIsFacts)) continue;
    auto condition = ReadCondition(
        {field.problems, fmt::format("{}.{}", field.name, KeyText(entry.key)), entry.value});
    if (condition) (rule.*kMember).push_back({entry.key, std::move(*condition), entry.place});
  }
}

// An empty list permits no other id_token, because an audience is never absent.
void SetAudiences(const Field& field, Rule& rule) {
  const auto* list = field.node.As<Node::List>();
  if (list != nullptr && list->empty()) {
    rule.audiences = *Condition::Make(Object{{"exists", false}});
  } else {
    rule.audiences = ReadCondition(field);
  }
}

void SetName(const Field& field, Rule& rule) {
  SetLine<&Rule::name>(field, rule);
  if (const auto* text = field.node.As<std::string>(); text != nullptr && text->empty()) {
    field.Fail("is empty");
  }
}

constexpr Key<Rule> kAllowKeys[] = {
    {"name", SetName, "name = \"deploys\""},
    {"issuer", SetLine<&Rule::issuer>},
    {"claims", SetConditions<&Rule::claims, false>},
    {"facts", SetConditions<&Rule::facts, true>},
    {"audiences", SetAudiences},
    {"tokenless", SetBool<&Rule::tokenless>},
    {"mode", SetChoice<&Rule::report_only, kModes>},
};

constexpr Key<Rule> kDenyKeys[] = {
    {"name", SetName, "name = \"deploys\""},         {"issuer", SetLine<&Rule::issuer>},
    {"claims", SetConditions<&Rule::claims, false>}, {"facts", SetConditions<&Rule::facts, true>},
    {"mode", SetChoice<&Rule::report_only, kModes>},
};

// Whether the table has `key`, and its value is not an empty table.
bool Has(const Node& table, std::string_view key) {
  const Node* value = table.Find(key);
  const auto* entries = value == nullptr ? nullptr : value->As<Node::Table>();
  return value != nullptr && (entries == nullptr || !entries->empty());
}

void CheckAllowRule(const Node& table, const Rule& rule, Problems& problems) {
  const bool complete = problems.IsComplete(table.place.file);
  if (rule.tokenless && table.Find("issuer") != nullptr) {
    problems.Add(PlaceIn(table, "issuer"),
                 "allow.issuer: a tokenless rule has none, because a job without a token has none",
                 "leave one of them out");
  }
  if (rule.tokenless && Has(table, "claims")) {
    problems.Add(PlaceIn(table, "claims"),
                 "allow.claims: a tokenless rule has none, because a job without a token has none",
                 "match on facts alone, or leave tokenless out");
  } else if (!complete) {
    // What seems to be absent may be what could not be read.
  } else if (rule.tokenless && !Has(table, "facts")) {
    problems.Add(table.place, "a tokenless rule in [[allow]] without facts would allow every job",
                 "give it facts, for example facts = { project_path = \"group/*\" }");
  } else if (!Has(table, "claims") && !Has(table, "facts")) {
    problems.Add(table.place, "a rule in [[allow]] without claims and facts would allow every job",
                 "give it claims, for example claims = { project_path = \"group/*\" }");
  }
}

template <std::size_t kCount>
void ReadRules(const Field& field, std::string_view word, const Key<Rule> (&keys)[kCount],
               std::vector<Rule>& rules, std::vector<const Node*>& tables, Draft& draft) {
  const auto* list = field.node.As<Node::List>();
  const std::string heading = fmt::format("[[{}]]", word);
  if (list == nullptr) return field.FailKind("a list of tables", "write " + heading);
  for (const Node& table : *list) {
    Rule& rule = rules.emplace_back();
    tables.push_back(&table);
    rule.place = table.place;
    const std::size_t before = field.problems.size();
    ReadTable({field.problems, heading, table}, heading, fmt::format("{}.", word), keys, rule);
    if (before != field.problems.size()) draft.faulty_tables.insert(&table);
  }
}

void CheckIssuerOf(const Rule& rule, const Node& table, bool required, const Draft& draft,
                   std::string_view heading, Problems& problems) {
  std::vector<std::string> names;
  for (const Issuer& issuer : draft.config.issuers) names.push_back(issuer.name);
  if (names.empty()) return;  // reported already
  if (table.Find("issuer") == nullptr) {
    if (!required || names.size() < 2 || !problems.IsComplete(table.place.file)) return;
    problems.Add(table.place,
                 fmt::format("missing key \"issuer\" in {}: several are configured", heading),
                 fmt::format("one of {}", QuoteAll(names)));
  } else if (std::find(names.begin(), names.end(), rule.issuer) == names.end()) {
    const std::string nearest = NearestWord(rule.issuer, names);
    problems.Add(PlaceIn(table, "issuer"),
                 fmt::format("no [[issuer]] has the name {}", Quote(rule.issuer)),
                 nearest.empty() ? fmt::format("one of {}", QuoteAll(names))
                                 : fmt::format("did you mean {}?", Quote(nearest)));
  }
}

}  // namespace

void ReadAllowRules(const Field& field, Draft& draft) {
  ReadRules(field, "allow", kAllowKeys, draft.config.policy.allow, draft.allow_tables, draft);
}

void ReadDenyRules(const Field& field, Draft& draft) {
  ReadRules(field, "deny", kDenyKeys, draft.config.policy.deny, draft.deny_tables, draft);
}

void CheckRules(const Draft& draft, Problems& problems) {
  std::map<std::string_view, Place> seen;
  const auto check_name = [&](const Rule& rule, const Node& table) {
    if (rule.name.empty()) return;
    const Place place = PlaceIn(table, "name");
    const auto [same, is_new] = seen.emplace(rule.name, place);
    if (is_new) return;
    problems.Add(std::max(place, same->second),
                 fmt::format("two rules have the name {}, the other at {}", Quote(rule.name),
                             problems.Text(std::min(place, same->second))));
  };
  const Policy& policy = draft.config.policy;
  for (std::size_t i = 0; i < policy.allow.size(); ++i) {
    const Rule& rule = policy.allow[i];
    const Node& table = *draft.allow_tables[i];
    check_name(rule, table);
    CheckAllowRule(table, rule, problems);
    CheckIssuerOf(rule, table, !rule.tokenless, draft, "[[allow]]", problems);
  }
  for (std::size_t i = 0; i < policy.deny.size(); ++i) {
    check_name(policy.deny[i], *draft.deny_tables[i]);
    CheckIssuerOf(policy.deny[i], *draft.deny_tables[i], false, draft, "[[deny]]", problems);
  }
}

void ListRuleKeys(KeyPaths& paths) {
  ListKeys("allow.", kAllowKeys, paths);
  ListKeys("deny.", kDenyKeys, paths);
}

}  // namespace jobwarden
