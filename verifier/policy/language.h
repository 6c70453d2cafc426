#ifndef JOBWARDEN_VERIFIER_POLICY_LANGUAGE_H_
#define JOBWARDEN_VERIFIER_POLICY_LANGUAGE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "verifier/base/value.h"
#include "verifier/policy/rule.h"

namespace jobwarden {

/// What a claim or fact can be, as far as its name tells. Each may be absent.
enum class Shape : std::uint8_t {
  kFlag,  ///< true or false
  kText,  ///< text or a number
  kAny,   ///< an array too, or an object
};

/// A condition, and whether it is to hold.
struct Demand {
  const Condition* condition;
  bool holds = true;
};

/// An answer that is decided, not guessed.
struct Search {
  enum class Answer : std::uint8_t {
    kNone,    ///< there is no such value
    kFound,   ///< `example` is one
    kGaveUp,  ///< nothing was found, and nobody knows: a regular expression that is not understood,
              ///< or too much to look at
  };
  Answer answer;
  std::optional<Value> example{};  ///< absent: the absent value is one
};

/// Looks for a value that meets all demands.
///
/// The texts that a value may be are walked as the states of an automaton for all texts, globs and
/// regular expressions of the demands; so the answer is certain unless the search gives up.
Search FindValue(const std::vector<Demand>& demands, Shape shape);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_LANGUAGE_H_
