#ifndef JOBWARDEN_VERIFIER_MASK_JSON_SPELLINGS_H_
#define JOBWARDEN_VERIFIER_MASK_JSON_SPELLINGS_H_

#include <string_view>

#include "verifier/base/secret.h"
#include "verifier/mask/compose.h"
#include "verifier/mask/form_set.h"

namespace jobwarden {

/// The text as the inside of a JSON string (RFC 8259 §7), in which only what must be is escaped, as
/// jq and JavaScript write it; or all that is not ASCII, too, as Python does.
Secret InJson(std::string_view text, bool ascii = false);

/// Adds a value as the inside of a JSON string as jq, Python, PHP, Go, Java, .NET and PowerShell
/// write it, and as the inside of a JSON string in a JSON string.
void AddJsonSpellings(const CutText& value, FormSet& forms);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_JSON_SPELLINGS_H_
