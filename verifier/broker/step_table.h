#ifndef JOBWARDEN_VERIFIER_BROKER_STEP_TABLE_H_
#define JOBWARDEN_VERIFIER_BROKER_STEP_TABLE_H_

#include <sys/types.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/broker/ticket_request.h"

namespace jobwarden {

/// The process that the runner started for a step. A step has ended when this process has.
struct StepProcess {
  pid_t pid = 0;
  std::uint64_t started = 0;  ///< see ProcessStat::started

  bool HasEnded() const;
  friend bool operator==(const StepProcess&, const StepProcess&) = default;
};

/// A step of the job that asked for a ticket, or was refused one.
struct BrokerStep {
  StepProcess process;
  std::string id;  ///< GITHUB_ACTION
  StepUse use = StepUse::kUnnamed;
};

/// The tickets of a job's steps. A step gets one, once: its guard asks before the step's own
/// program starts. Safe to be used by many threads.
class StepTable {
 public:
  /// `worker` starts the steps. `url` is the broker's.
  StepTable(pid_t worker, std::string url) : worker_(worker), url_(std::move(url)) {}

  /// Answers the request of the process `pid`, as its guard reads it. Only a process that the
  /// worker itself started is a step; all others, and one that has asked before, get kNoTicket.
  std::string Begin(pid_t pid, const TicketRequest& request);

  /// The step to which this ticket was given, if it is still running. TICKET_INVALID.
  Result<BrokerStep> Find(std::string_view ticket);

  /// Counts a request whose ticket is no step's. False when there were so many that another one is
  /// not worth a line: everybody on this machine can make them.
  bool CountStranger();

  /// The other steps that are running.
  std::vector<StepProcess> Others(const StepProcess& step);

  /// Counts a request of the step that is being answered. False if the step has too many.
  bool BeginRequest(const StepProcess& step);
  void EndRequest(const StepProcess& step);

 private:
  struct Entry {
    BrokerStep step;
    Secret ticket;  // empty: refused
    int requests = 0;
    bool ended = false;
  };
  void MarkEnded();
  Entry* EntryOf(const StepProcess& step);

  pid_t worker_;
  std::string url_;
  std::mutex mutex_;
  int strangers_ = 0;
  std::vector<Entry> entries_;  // in the order in which the steps began
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_STEP_TABLE_H_
