#include "verifier/cli/keys_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/keys/stored_keys.h"
#include "verifier/token/algorithm.h"
#include "verifier/token/signature.h"

namespace jobwarden {
namespace {

std::vector<std::string> AlgorithmsOf(const PublicKey& key) {
  std::vector<std::string> names;
  for (const Algorithm each : AllAlgorithms()) {
    if (Fits(key, each)) names.emplace_back(AlgorithmName(each));
  }
  return names;
}

constexpr std::size_t kColumns = 8;
using Row = std::array<std::string, kColumns>;

void AddRows(const ShownKeys& shown, std::vector<Row>& rows) {
  if (!shown.set) return;
  Row row{shown.issuer, "", "-", "-", shown.state, "-", "-", ""};
  if (shown.times) {
    row[4] = TimeText(shown.times->fetched);
    row[5] = TimeText(shown.times->fresh_until);
    row[6] = TimeText(shown.times->stale_until);
  }
  for (const std::string& kid : shown.set->kids()) {
    const PublicKey& key = *shown.set->Find(kid);
    Row usable = row;
    usable[1] = QuoteName(kid);
    usable[2] = Join(AlgorithmsOf(key), ",");
    usable[3] = fmt::format("{}", TraitsOf(key).bits);
    rows.push_back(std::move(usable));
  }
  for (const SkippedKey& key : shown.set->skipped()) {
    Row skipped = row;
    skipped[1] = key.kid.empty() ? "-" : QuoteName(key.kid);
    skipped[7] = key.reason;
    rows.push_back(std::move(skipped));
  }
}

Value Keys(const KeySet& set) {
  Array keys;
  for (const std::string& kid : set.kids()) {
    const PublicKey& key = *set.Find(kid);
    Array algorithms;
    for (const std::string& name : AlgorithmsOf(key)) algorithms.emplace_back(name);
    const KeyTraits traits = TraitsOf(key);
    keys.emplace_back(Object{{"kid", kid},
                             {"type", traits.type},
                             {"bits", traits.bits},
                             {"algorithms", std::move(algorithms)}});
  }
  return keys;
}

Value Skipped(const KeySet& set) {
  Array skipped;
  for (const SkippedKey& key : set.skipped()) {
    skipped.emplace_back(Object{{"kid", key.kid}, {"reason", key.reason}});
  }
  return skipped;
}

}  // namespace

ShownKeys ShowKeys(const Issuer& issuer, const std::string& state_dir,
                   std::chrono::sys_seconds now) {
  ShownKeys shown;
  shown.issuer = issuer.name;
  shown.state = "none";
  const auto unavailable = [&](std::string_view why) {
    shown.findings.push_back({Code::kKeysUnavailable,
                              fmt::format("issuer {}: {}", Quote(issuer.name), why),
                              "see what `jobwarden keys refresh` says"});
  };
  if (!issuer.keys.file.empty()) {
    auto set = ReadPinnedKeys(issuer, {});
    if (!set) {
      shown.findings = std::move(set).findings();
      return shown;
    }
    shown.state = "pinned";
    shown.source = issuer.keys.file;
    shown.set = *std::move(set);
    return shown;
  }
  auto stored = ReadStoredKeys(state_dir, issuer, {});
  if (!stored) {
    unavailable("no key set: " + stored.findings().front().message);
    return shown;
  }
  shown.times = {stored->fetched_at,
                 std::min(stored->fresh_until, stored->fetched_at + issuer.keys.max_age),
                 stored->UsableUntil(issuer)};
  shown.source = stored->source;
  shown.state = "stale";
  if (stored->FreshAt(now, issuer)) shown.state = "fresh";
  if (now >= shown.times->stale_until) {
    shown.state = "expired";
    unavailable("the key set could be used until " + TimeText(shown.times->stale_until));
  }
  shown.set = std::move(stored->set);
  return shown;
}

std::string KeysTable(const std::vector<ShownKeys>& shown) {
  std::vector<Row> rows{
      {"ISSUER", "KID", "ALGORITHM", "SIZE", "FETCHED", "FRESH UNTIL", "STALE UNTIL", "SKIPPED"}};
  for (const ShownKeys& each : shown) AddRows(each, rows);
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string table;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < kColumns; ++i) {
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + '\n';
  }
  return table;
}

std::string KeysJson(const std::vector<ShownKeys>& shown) {
  Array issuers;
  for (const ShownKeys& each : shown) {
    Object issuer{{"issuer", each.issuer}, {"state", each.state}};
    if (!each.source.empty()) issuer.Set("source", each.source);
    if (each.times) {
      issuer.Set("fetched_at", TimeText(each.times->fetched));
      issuer.Set("fresh_until", TimeText(each.times->fresh_until));
      issuer.Set("stale_until", TimeText(each.times->stale_until));
    }
    if (each.set) {
      issuer.Set("keys", Keys(*each.set));
      issuer.Set("skipped", Skipped(*each.set));
    }
    if (!each.findings.empty()) issuer.Set("error", each.findings.front().message);
    issuers.emplace_back(std::move(issuer));
  }
  return WriteJson(Object{{"format", 1}, {"issuers", std::move(issuers)}}) + "\n";
}

}  // namespace jobwarden
