#ifndef JOBWARDEN_VERIFIER_POLICY_CONDITION_TREE_H_
#define JOBWARDEN_VERIFIER_POLICY_CONDITION_TREE_H_

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/glob.h"

namespace jobwarden {

/// What a Condition is made of. `kText`, `kGlob` and `kRegex` are the leaves: each is a set of
/// texts. Only this room looks inside.
struct ConditionTree {
  enum class Kind : std::uint8_t { kText, kGlob, kRegex, kExists, kNot, kAny, kAll };
  Kind kind;
  bool exists = false;                 ///< of kExists
  std::string text{};                  ///< of kText; of kGlob and kRegex as it was written
  std::optional<Glob> glob{};          ///< of kGlob
  std::unique_ptr<const RE2> regex{};  ///< of kRegex
  std::vector<ConditionTree> parts{};  ///< of kNot (one), kAny, kAll

  bool IsLeaf() const { return kind <= Kind::kRegex; }
};

/// Whether a leaf's set contains the text.
bool LeafHas(const ConditionTree& leaf, std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_CONDITION_TREE_H_
