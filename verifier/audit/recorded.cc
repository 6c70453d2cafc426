#include "verifier/audit/recorded.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "verifier/base/glob.h"
#include "verifier/base/text.h"
#include "verifier/policy/rule.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

constexpr std::string_view kFacts = "facts.";
constexpr std::string_view kInstead = "(not recorded)";

using Names = std::set<std::string, std::less<>>;

bool IsListed(const AuditSettings& settings, std::string_view claim) {
  return settings.claims && std::find(settings.claims->begin(), settings.claims->end(), claim) !=
                                settings.claims->end();
}

bool IsAnyClaim(std::string_view name) {
  const auto all = AllProviders();
  return std::any_of(all.begin(), all.end(), [name](Provider each) { return IsClaim(each, name); });
}

bool RecordsFact(const AuditSettings& settings, std::string_view fact) {
  return !IsPersonalClaim(fact) || IsListed(settings, fact);
}

// GitHub's `sub` can be made of other claims, the actor among them: `repo:a/b:actor:octocat`. The
// `sub` of a login token is a user; it has no colons.
bool RecordsSub(const AuditSettings& settings, const Value& sub) {
  const std::string* text = sub.AsString();
  if (text == nullptr || text->find(':') == text->npos) return IsListed(settings, "sub");
  std::string_view rest = *text;
  while (true) {
    const std::size_t end = rest.find(':');
    const std::string_view part = rest.substr(0, end);
    if (IsPersonalClaim(part) && !IsListed(settings, part)) return false;
    if (end == rest.npos) return true;
    rest.remove_prefix(end + 1);
  }
}

// Whether evidence of this field says what is not to be recorded.
bool Hides(const AuditSettings& settings, const Names& unrecorded, std::string_view field) {
  if (field.starts_with(kFacts)) {
    return !RecordsFact(settings, FirstName(field.substr(kFacts.size())));
  }
  const std::string name = FirstName(field);
  if (unrecorded.contains(name)) return true;
  if (IsPersonalClaim(name)) return !IsListed(settings, name);
  return IsAnyClaim(name) && !RecordsClaim(settings, name);
}

// Takes the value out of the words in which messages quote evidence.
void Hide(std::string& message, const std::string& value) {
  for (const std::string_view word : {"expected ", "got ", "is "}) {
    const std::string quoted = std::string(word) + value;
    for (std::size_t at = message.find(quoted); at != message.npos;
         at = message.find(quoted, at + word.size())) {
      const std::size_t end = at + quoted.size();
      if (end < message.size() &&
          std::string_view(",;: )").find(message[end]) == std::string_view::npos) {
        continue;
      }
      message.replace(at + word.size(), value.size(), kInstead);
    }
  }
}

bool IsQuoted(std::string_view value) {
  return !value.empty() && std::string_view("\"[{").find(value.front()) != std::string_view::npos;
}

Findings Without(Findings findings, const AuditSettings& settings, const Names& unrecorded) {
  for (Finding& finding : findings) {
    std::vector<Evidence> kept;
    for (Evidence& each : finding.evidence) {
      if (!Hides(settings, unrecorded, each.field)) {
        kept.push_back(std::move(each));
        continue;
      }
      for (const std::string* value : {&each.expected, &each.got}) {
        Hide(finding.message, *value);
        // A message in other words than those is not recorded at all.
        if (IsQuoted(*value) && Contains(finding.message, *value)) {
          finding.message = fmt::format("it quotes {}, which is not recorded", each.field);
        }
      }
    }
    finding.evidence = std::move(kept);
  }
  return findings;
}

}  // namespace

bool RecordsClaim(const AuditSettings& settings, std::string_view claim) {
  if (IsListed(settings, claim)) return true;
  if (IsPersonalClaim(claim)) return false;
  if (!settings.claims) return IsAnyClaim(claim);
  return std::any_of(settings.claims->begin(), settings.claims->end(),
                     [claim](const std::string& each) { return Glob(each).Matches(claim); });
}

Record ToBeRecorded(Record record, const AuditSettings& settings) {
  Names unrecorded;
  const auto leave = [&](Object& object, std::string_view prefix, const auto& records) {
    Object kept;
    for (Member& member : object.members()) {
      if (records(member)) {
        kept.members().push_back(std::move(member));
      } else {
        unrecorded.insert(std::string(prefix) + member.name);
      }
    }
    object = std::move(kept);
  };
  leave(record.claims, "", [&](const Member& member) {
    return RecordsClaim(settings, member.name) &&
           (member.name != "sub" || RecordsSub(settings, member.value));
  });
  leave(record.facts, kFacts,
        [&](const Member& member) { return RecordsFact(settings, member.name); });
  record.findings = Without(std::move(record.findings), settings, unrecorded);
  record.unrecorded.assign(unrecorded.begin(), unrecorded.end());
  return record;
}

Findings ToBeRecorded(Findings findings, const AuditSettings& settings) {
  return Without(std::move(findings), settings, {});
}

}  // namespace jobwarden
