#include "verifier/cli/recorded_decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "verifier/admission/decision_id.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/history/audit_files.h"
#include "verifier/history/history.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;

// A line of a newer version may have members that this one does not know. They are passed over.
Result<Record> RecordOf(const HistoryEntry& entry) {
  Object known;
  for (const std::string_view name : kRecordMembers) {
    if (auto value = entry.members.Get(name)) known.Set(name, *std::move(value));
  }
  return ReadRecord(WriteJson(known), kCode, fmt::format("{}:{}", entry.file, entry.line));
}

// The members of a step's request that an explanation shows.
constexpr std::array<std::string_view, 6> kRequestMembers = {"time",     "outcome", "step",
                                                             "audience", "process", "findings"};

class Search final : public HistoryVisitor {
 public:
  explicit Search(std::string id) : id_(std::move(id)) {}

  void Visit(const HistoryEntry& entry) override {
    if (entry.members.GetString("id") != id_) return;
    if (entry.kind == HistoryEntry::Kind::kTokenRequest) {
      Object request;
      for (const std::string_view name : kRequestMembers) {
        if (auto value = entry.members.Get(name)) request.Set(name, *std::move(value));
      }
      requests_.emplace_back(std::move(request));
    } else if (!found_) {
      found_ = RecordOf(entry);
    }
  }

  const std::optional<Result<Record>>& found() const { return found_; }
  const Array& requests() const { return requests_; }

 private:
  std::string id_;
  std::optional<Result<Record>> found_;
  Array requests_;
};

}  // namespace

Result<FoundDecision> FindDecision(const std::string& text, const std::vector<std::string>& files) {
  const auto id = ReadDecisionId(text);
  if (!id) {
    return Finding{kCode, fmt::format("--id: expected 16 letters and digits, got {}", Quote(text)),
                   "the last line of the denial in the job's log has it"};
  }
  const auto all = AuditFiles(files);
  if (!all) return all.findings();
  std::vector<std::unique_ptr<HistoryVisitor>> visitors;
  std::vector<const Search*> searches;
  for (std::size_t i = 0; i < HistoryThreads(); ++i) {
    auto search = std::make_unique<Search>(*id);
    searches.push_back(search.get());
    visitors.push_back(std::move(search));
  }
  HistoryResult read = ReadHistory(*all, visitors);
  Array requests;
  for (const Search* search : searches) {
    requests.insert(requests.end(), search->requests().begin(), search->requests().end());
  }
  std::stable_sort(requests.begin(), requests.end(), [](const Value& one, const Value& other) {
    return *one.AsObject()->FindString("time") < *other.AsObject()->FindString("time");
  });
  for (const Search* search : searches) {
    const auto& found = search->found();
    if (!found) continue;
    if (!*found) return found->findings();
    return FoundDecision{**found, std::move(requests)};
  }
  const std::string passed_over = DescribePassedOver(read.count);
  Findings findings{
      {kCode,
       fmt::format("--id: none of {} decisions in {} has the id {}", read.count.decisions,
                   QuoteAll(*all), *id),
       passed_over.empty() ? "name the audit file of the machine that decided" : passed_over}};
  Append(findings, std::move(read.findings));
  return findings;
}

}  // namespace jobwarden
