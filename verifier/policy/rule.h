#ifndef JOBWARDEN_VERIFIER_POLICY_RULE_H_
#define JOBWARDEN_VERIFIER_POLICY_RULE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/value.h"

namespace jobwarden {

/// What a rule demands of one claim or fact. Immutable, cheap to copy, can only be made from a
/// valid description.
///
/// Text, booleans and whole numbers are compared by how they are written, because both CIs send
/// ids and flags now as one and now as the other: `true` and `"true"`, `12` and `"12"` are the
/// same, in a description as in a value. A number that is not whole, and an object, equal nothing.
class Condition {
 public:
  /// From the value that the configuration has: text (exact, or a glob when it holds `*` or `?`:
  /// see glob.h; a regex says a literal one: `{ regex = 'a\*b' }`), a boolean, a whole number, a
  /// list (any element), a table of `any` (a list), `not` (any description), `regex` (RE2, the
  /// whole value), `exists`, all of which must hold.
  ///
  /// Anything else is refused (CONFIG_INVALID; the message says what is wrong, the caller adds
  /// where), and so are an empty list or table, text or a regex over 1024 bytes, a regex that RE2
  /// does not accept in 1 MiB, more than eight descriptions inside each other, and what could never
  /// hold: `exists = false` beside others, `exists` below `not`.
  static Result<Condition> Make(const Value& description);

  /// Whether `value` satisfies it. An absent value (null, or JSON's null) satisfies nothing but
  /// `exists = false`. An array satisfies it when an element does; `not` when none does.
  bool Matches(const Value* value) const;

  /// The description as JSON text, for messages and evidence.
  const std::string& text() const;

 private:
  struct Node;
  explicit Condition(std::shared_ptr<const Node> node);
  std::shared_ptr<const Node> node_;
};

/// The value that `name` names: a member, or where a JSON pointer leads (RFC 6901) when it begins
/// with `/`. Null when there is none.
const Value* FindNamed(const Object& object, std::string_view name);

struct NamedCondition {
  std::string name;  ///< of a claim or fact: see FindNamed
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
