#ifndef JOBWARDEN_VERIFIER_POLICY_REACH_H_
#define JOBWARDEN_VERIFIER_POLICY_REACH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/policy/language.h"
#include "verifier/policy/rule.h"

namespace jobwarden {

/// What a claim (or, with `is_fact`, a fact) of this name can be.
using ShapeOf = std::function<Shape(std::string_view name, bool is_fact)>;

/// A rule that can decide nothing, or of which that is not known.
struct Unreached {
  enum class Why : std::uint8_t {
    kNever,      ///< no value meets its conditions on `name`
    kHidden,     ///< each job that it matches is matched by `by`, which comes first
    kUndecided,  ///< whether `by` hides it could not be found out
  };
  const Rule* rule;
  Why why;
  std::string name{};        ///< of the claim or fact
  bool is_fact = false;      ///< whether `name` is a fact's
  const Rule* by = nullptr;  ///< an allow rule before it, or a deny rule
  bool by_deny = false;
};

/// The rules that can decide nothing: those that no job matches, and those of whose jobs another
/// rule has decided already. Allow rules come first, each in file order; each rule once.
///
/// An allow rule is hidden by an earlier allow rule that permits the same audiences, or by a deny
/// rule; a deny rule by another deny rule. A rule in report mode hides nothing. Claims are looked
/// at one by one: that one claim's value rules out another's is not known here.
std::vector<Unreached> FindUnreached(const Policy& policy, const ShapeOf& shape_of);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_REACH_H_
