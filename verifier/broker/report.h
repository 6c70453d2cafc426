#ifndef JOBWARDEN_VERIFIER_BROKER_REPORT_H_
#define JOBWARDEN_VERIFIER_BROKER_REPORT_H_

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/broker/ticket_request.h"

namespace jobwarden {

/// What the job-completed hook shows of the steps' requests, in the order in which it happened;
/// each text once. Safe to be used by many threads.
class BrokerReport {
 public:
  void AddWarning(std::string text) { Add(kReportWarning, std::move(text)); }
  void AddNote(std::string text) { Add(kReportNote, std::move(text)); }

  /// Lines `warning TEXT` and `note TEXT`. Over kMaxReportBytes the rest is left out, and the last
  /// line says so.
  std::string Text() const;

 private:
  void Add(std::string_view kind, std::string text);

  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  std::size_t bytes_ = 0;
  bool cut_ = false;
};

inline constexpr std::size_t kMaxReportBytes = 32'768;

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_REPORT_H_
