#ifndef JOBWARDEN_VERIFIER_HISTORY_RAW_OBJECT_H_
#define JOBWARDEN_VERIFIER_HISTORY_RAW_OBJECT_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/value.h"

namespace jobwarden {

/// A JSON object of which only the borders of its members are found. A member is parsed when it is
/// asked for.
///
/// A reader of a million audit lines wants few members of each: it is several times as fast as to
/// parse all of them. What decides about a job is never read like this.
class RawObject {
 public:
  /// Nothing if the text is not one object from its first byte to its last: brackets that do not
  /// match, an open string, bytes after the end. What lies inside a member is not looked at.
  static std::optional<RawObject> Split(std::string_view text);

  /// The member's value as it stands in the text; empty if it is absent. Of members with the same
  /// name the first.
  std::string_view Text(std::string_view name) const;

  /// The member, parsed strictly. Nothing if it is absent, or is not good JSON.
  std::optional<Value> Get(std::string_view name) const;

  /// The member's text if it is a string, else empty.
  std::string GetString(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, std::string_view>> members_;  // in the text; names raw
  bool has_escaped_names_ = false;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HISTORY_RAW_OBJECT_H_
