#ifndef JOBWARDEN_VERIFIER_BASE_JSON_H_
#define JOBWARDEN_VERIFIER_BASE_JSON_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/value.h"

namespace jobwarden {

/// The size of a document. A document over a limit is refused.
struct JsonLimits {
  std::size_t max_bytes;
  std::size_t max_depth = 16;        ///< nested arrays and objects; `[]` has depth 1
  std::size_t max_values = 262'144;  ///< of all kinds: a small text must not fill the memory
};

/// Reads one JSON document (RFC 8259), strictly: duplicate names in one object, bytes after the
/// document, a byte order mark, invalid UTF-8, and integers that do not fit 64 signed bits are
/// refused.
///
/// The finding has the code `code`, and its message begins with `what`. The message says where the
/// fault is and shows none of the document's text, except a duplicate name (quoted).
Result<Value> ParseJson(std::string_view text, const JsonLimits& limits, Code code,
                        std::string_view what);

/// Writes a value on one line, as UTF-8. Bytes that are not UTF-8 become U+FFFD.
std::string WriteJson(const Value& value);

/// The value of a claim or a fact as short JSON text, for a message or evidence: strings as Quote
/// shows them, at most eight elements of an array, an object as quoted text. A null pointer is
/// `null`.
std::string BriefJson(const Value* value);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_JSON_H_
