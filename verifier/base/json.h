#ifndef JOBWARDEN_VERIFIER_BASE_JSON_H_
#define JOBWARDEN_VERIFIER_BASE_JSON_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/value.h"

namespace jobwarden {

/// What a document may cost at the most. A document over a limit is refused.
struct JsonLimits {
  std::size_t max_bytes;
  std::size_t max_depth = 16;        ///< nested arrays and objects; `[]` has depth 1
  std::size_t max_values = 262'144;  ///< all values, so that a small text cannot fill the memory
};

/// Reads one JSON document (RFC 8259), strictly: duplicate names in one object, bytes behind the
/// document, a byte order mark, invalid UTF-8, and integers that do not fit 64 signed bits are
/// refused.
///
/// A refusal carries `code`, and its message begins with `what`; it names a place, and never shows
/// the document's text but for the name that came twice (quoted).
Result<Value> ParseJson(std::string_view text, const JsonLimits& limits, Code code,
                        std::string_view what);

/// Writes a value on one line, as UTF-8; bytes that are not UTF-8 become U+FFFD.
std::string WriteJson(const Value& value);

/// What a claim or a fact holds, as short JSON text for a message or evidence: texts as Quote shows
/// them, at most eight elements of an array, an object as quoted text; null for nothing.
std::string BriefJson(const Value* value);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_JSON_H_
