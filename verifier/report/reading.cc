#include "verifier/report/reading.h"

#include <map>
#include <memory>
#include <utility>

#include "verifier/report/host_names.h"
#include "verifier/report/seen_decision.h"

namespace jobwarden {
namespace {

class Counter final : public HistoryVisitor {
 public:
  Counter(Tally& tally, const std::map<std::string, std::string>& hosts,
          std::chrono::sys_seconds since)
      : tally_(&tally), hosts_(&hosts), since_(since) {}

  void Visit(const HistoryEntry& entry) override {
    if (entry.time < since_) return;
    if (entry.kind == HistoryEntry::Kind::kTokenRequest) {
      tally_->Add(ReadSeenRequest(entry));
    } else {
      tally_->Add(ReadSeenDecision(entry), hosts_->at(entry.file));
    }
  }

 private:
  Tally* tally_;
  const std::map<std::string, std::string>* hosts_;
  std::chrono::sys_seconds since_;
};

}  // namespace

ReportReading ReadForReport(const std::vector<std::string>& files, std::chrono::sys_seconds since,
                            const std::function<void(const HistoryProgress&)>& progress) {
  const auto hosts = HostNames(files);
  // One for each thread, so that none waits for another.
  std::vector<Tally> tallies(HistoryThreads());
  std::vector<std::unique_ptr<HistoryVisitor>> counters;
  counters.reserve(tallies.size());
  for (Tally& tally : tallies) counters.push_back(std::make_unique<Counter>(tally, hosts, since));
  ReportReading reading;
  reading.history = ReadHistory(files, counters, progress);
  for (const Tally& tally : tallies) reading.tally.Merge(tally);
  return reading;
}

}  // namespace jobwarden
