#ifndef JOBWARDEN_VERIFIER_POLICY_RULE_H_
#define JOBWARDEN_VERIFIER_POLICY_RULE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/value.h"

namespace jobwarden {

/// What a rule demands of one claim or fact. Immutable, cheap to copy, can only be made from a
/// valid description.
class Condition {
 public:
  /// From the value that the configuration has: text (exact, or a glob when it holds `*` or `?`),
  /// a boolean, a whole number, a list (any element), a table of `any`, `not`, `regex`, `exists`,
  /// all of which must hold. Anything else, an empty list or table, and a regex that RE2 does not
  /// accept are refused (CONFIG_INVALID; the message says what is wrong, the caller adds where).
  static Result<Condition> Make(const Value& description);

  /// Whether `value` (null: absent) satisfies it. An absent value satisfies nothing but
  /// `exists = false`. An array satisfies it when an element does; `not` when none does.
  bool Matches(const Value* value) const;

  /// The description as JSON text, for messages and evidence.
  const std::string& text() const;

 private:
  struct Node;
  explicit Condition(std::shared_ptr<const Node> node);
  std::shared_ptr<const Node> node_;
};

struct NamedCondition {
  std::string name;  ///< of a claim or fact; a JSON pointer (RFC 6901) when it begins with `/`
  Condition condition;
};

struct Rule {
  std::string name;
  std::string issuer;  ///< the name of the issuer it speaks of; empty: any
  std::vector<NamedCondition> claims;
  std::vector<NamedCondition> facts;
  /// What the job's other id_tokens may name as audience: absent, anything.
  std::optional<Condition> audiences;
  bool tokenless = false;    ///< an allow rule that may match a job without a token
  bool report_only = false;  ///< `mode = "report"`: found and said, not done
};

enum class ForkAction { kDeny, kAllow };

struct Policy {
  std::vector<Rule> allow;  ///< in file order: the first that matches decides
  std::vector<Rule> deny;
  ForkAction fork = ForkAction::kDeny;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_RULE_H_
