#ifndef JOBWARDEN_VERIFIER_REVIEW_REPLAY_MATRIX_H_
#define JOBWARDEN_VERIFIER_REVIEW_REPLAY_MATRIX_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "verifier/base/value.h"
#include "verifier/review/replay.h"

namespace jobwarden {

/// A recorded decision, to be found again.
struct ReplayExample {
  std::string id;  ///< of the decision; may be empty
  std::string job;
  std::string project;
  std::string file;
  std::uint64_t line = 0;
};

/// Decisions, counted by what they were and what they are now.
class ReplayMatrix {
 public:
  void Add(const Replayed& before, const Replayed& now, ReplayExample example);
  /// Adds all that another thread counted.
  void Add(ReplayMatrix&& other);

  std::uint64_t total() const;
  /// Of the decisions that are allowed now and were not.
  std::uint64_t newly_allowed() const;

  /// The matrix, an example of each cell, and the changes by project and rule: for people, the most
  /// frequent ones.
  std::string Text() const;
  Value Json() const;

 private:
  struct Cell {
    std::uint64_t count = 0;
    ReplayExample example{};
    void Add(std::uint64_t more, ReplayExample one);
  };
  struct Change {  // of one project, from one rule or finding to another
    std::string before, now, project, by_before, by_now;
    auto operator<=>(const Change&) const = default;
  };

  std::map<std::pair<std::string, std::string>, Cell> cells_;
  std::map<Change, Cell> changes_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_REPLAY_MATRIX_H_
