#ifndef JOBWARDEN_VERIFIER_MASK_SPELLINGS_H_
#define JOBWARDEN_VERIFIER_MASK_SPELLINGS_H_

#include <string_view>

#include "verifier/mask/form_set.h"

namespace jobwarden {

/// Whether a value has a character that means something to a program that reads it. A value of
/// letters, digits, `-`, `.` and `_` has none: it is written in one way only.
bool HasSpecialCharacters(std::string_view value);

/// Adds a value as programs write it whose characters mean something to the reader:
///
/// - percent-encoded (RFC 3986 §2.1) as curl, JavaScript, Python, Go and HTML forms do, and
///   percent-encoded twice;
/// - what AddJsonSpellings, AddQuotedSpellings and AddXmlSpellings add;
/// - quotes in JSON, and JSON in quotes or in XML;
/// - as a shell splits it into words, where it is not quoted.
void AddSpellings(std::string_view value, FormSet& forms);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_SPELLINGS_H_
