#ifndef JOBWARDEN_VERIFIER_POLICY_RULE_H_
#define JOBWARDEN_VERIFIER_POLICY_RULE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/place.h"
#include "verifier/base/result.h"
#include "verifier/base/value.h"

namespace jobwarden {

struct ConditionTree;

/// The way from a description to a part of it: the number of the element in each list, and of the
/// member in each table.
using DescriptionPath = std::vector<std::size_t>;

/// What a rule demands of one claim or fact. It is immutable and cheap to copy, and can only be
/// made from a valid description.
///
/// Text, booleans and whole numbers are compared in their written form, because both CIs send ids
/// and flags sometimes as text and sometimes not. So `true` and `"true"` are equal, `12` and `"12"`
/// too, both in a description and in a value. A number that is not whole, or an object, equals
/// nothing.
class Condition {
 public:
  /// Makes a condition of a value of the configuration. The value is text (exact, or a glob if it
  /// holds `*` or `?`: see glob.h; a literal one needs a regex: `{ regex = 'a\*b' }`), a boolean, a
  /// whole number, a list (one element must hold), or a table whose entries must all hold: `any` (a
  /// list), `not` (any description), `regex` (RE2, of the whole value), `exists`.
  ///
  /// Refuses any other value (CONFIG_INVALID: the message says what is wrong, the caller adds
  /// where), an empty list or table, text or a regex over 1024 bytes, a regex that RE2 does not
  /// accept in 1 MiB, more than eight descriptions inside each other, and conditions that could
  /// never hold: `exists = false` beside others, `exists` below `not`. Lists all faults; `where`
  /// gets the part of the description that each finding is about.
  static Result<Condition> Make(const Value& description,
                                std::vector<DescriptionPath>* where = nullptr);

  /// Whether `value` satisfies the condition. An absent value (a null pointer, or JSON's null)
  /// satisfies only `exists = false`. An array satisfies a condition if one element does, and a
  /// `not` if no element satisfies the description inside.
  bool Matches(const Value* value) const;

  /// The description as JSON text, for messages and evidence.
  const std::string& text() const;

  /// What it is made of: see condition_tree.h.
  const ConditionTree& tree() const;

 private:
  struct Node;
  explicit Condition(std::shared_ptr<const Node> node);
  std::shared_ptr<const Node> node_;
};

/// The member `name`; if `name` begins with `/`, the value to which this JSON pointer leads (RFC
/// 6901). Null when there is none.
const Value* FindNamed(const Object& object, std::string_view name);

/// The name of the member at which FindNamed begins: of `/user_identities/0` that is
/// `user_identities`.
std::string FirstName(std::string_view name);

struct NamedCondition {
  std::string name;  ///< of a claim or fact: see FindNamed
  Condition condition;
  Place place{};  ///< where it is written
};

struct Rule {
  std::string name;
  std::string issuer;  ///< name of the issuer whose tokens it matches; empty: any
  std::vector<NamedCondition> claims;
  std::vector<NamedCondition> facts;
  /// What the job's other id_tokens may name as audience. Absent: anything.
  std::optional<Condition> audiences;
  bool PermitsAudience(const std::string& audience) const;

  bool tokenless = false;    ///< an allow rule that may match a job without a token
  bool report_only = false;  ///< `mode = "report"`: reported, not carried out
  Place place{};             ///< where it begins
};

enum class ForkAction { kDeny, kAllow };

struct Policy {
  std::vector<Rule> allow;  ///< in file order; the first that matches decides
  std::vector<Rule> deny;
  ForkAction fork = ForkAction::kDeny;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_RULE_H_
