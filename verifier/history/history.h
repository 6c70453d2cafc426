#ifndef JOBWARDEN_VERIFIER_HISTORY_HISTORY_H_
#define JOBWARDEN_VERIFIER_HISTORY_HISTORY_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/history/raw_object.h"

namespace jobwarden {

/// A line of an audit file. It is read more kindly than a record that decides something: members
/// that are not known, or are absent, or have another type, do not make it worthless.
struct HistoryEntry {
  enum class Kind {
    kDecision,
    kTokenRequest,  ///< a step's request for an id_token
  };

  Kind kind;
  const RawObject& members;  ///< all of the line
  std::chrono::sys_seconds time;
  const std::string& file;
  std::uint64_t line;  ///< from 1
};

/// How many lines there were of each sort. Together they are all lines that are not empty.
struct HistoryCount {
  std::uint64_t decisions = 0;
  std::uint64_t token_requests = 0;
  std::uint64_t torn = 0;     ///< not one JSON object: cut by a crash, or written over
  std::uint64_t foreign = 0;  ///< an object that jobwarden did not write
  std::uint64_t newer = 0;    ///< of a format, or a kind, that this version does not know

  HistoryCount& operator+=(const HistoryCount& other);
  friend bool operator==(const HistoryCount&, const HistoryCount&) = default;
};

/// `3 torn, 1 foreign and 2 newer lines were passed over`; empty if there were none.
std::string DescribePassedOver(const HistoryCount& count);

/// Takes the entries of one thread. Those of one visitor come one after another; no order among
/// the lines is promised.
class HistoryVisitor {
 public:
  virtual ~HistoryVisitor() = default;
  virtual void Visit(const HistoryEntry& entry) = 0;
};

struct HistoryProgress {
  std::uint64_t bytes = 0;  ///< of the files, as they lie on the disk
  std::uint64_t all_bytes = 0;
};

struct HistoryResult {
  HistoryCount count;
  Findings findings;  ///< AUDIT_FAILED for each file that could not be read to its end
};

/// Reads the files, plain or gzipped, and shows each good line to one of the visitors: each has a
/// thread of its own. A fault in a line or in a file never ends it: what can be read is read, and
/// what was passed over is counted. `progress` is called about every megabyte, by the caller's
/// thread.
///
/// REQUIRES: at least one visitor. What a visitor throws ends the program.
HistoryResult ReadHistory(const std::vector<std::string>& files,
                          const std::vector<std::unique_ptr<HistoryVisitor>>& visitors,
                          const std::function<void(const HistoryProgress&)>& progress = {});

/// How many visitors this machine has use for.
std::size_t HistoryThreads();

/// Reads one line, as ReadHistory does: shows it to the visitor if it is good, and counts it.
void ReadHistoryLine(std::string_view text, const std::string& file, std::uint64_t line,
                     HistoryVisitor& visitor, HistoryCount& count);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HISTORY_HISTORY_H_
