#ifndef JOBWARDEN_VERIFIER_POLICY_VALUE_SEARCH_H_
#define JOBWARDEN_VERIFIER_POLICY_VALUE_SEARCH_H_

#include <map>
#include <vector>

#include "verifier/policy/language.h"
#include "verifier/policy/rule.h"

namespace jobwarden {

/// A condition on a variable, and whether it is to hold. Conditions with the same text have the
/// same number.
struct NumberedDemand {
  const Condition* condition;
  int number;
  bool holds;
  bool is_deny;  ///< it is a deny rule's
};

/// The condition that each value meets, and the absent value does not.
const Condition& PresentCondition();

/// Looks for values of variables that meet their demands. Each question is asked once; after many
/// hard ones the search gives up sooner.
class ValueSearch {
 public:
  /// `is_fork`: the variable is the fact `fork`, which is never anything but true or false.
  Search Find(const std::vector<NumberedDemand>& demands, Shape shape, bool is_fork);

 private:
  Search Ask(const std::vector<NumberedDemand>& demands, Shape shape);

  std::map<std::vector<int>, Search> known_;
  int hard_ = 0;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_VALUE_SEARCH_H_
