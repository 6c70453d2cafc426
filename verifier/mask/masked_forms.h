#ifndef JOBWARDEN_VERIFIER_MASK_MASKED_FORMS_H_
#define JOBWARDEN_VERIFIER_MASK_MASKED_FORMS_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "verifier/base/secret.h"

namespace jobwarden {

/// Shorter values are not masked: they stand in honest texts by chance.
inline constexpr std::size_t kMinMaskedBytes = 8;
/// Longer values are masked in their plain form only.
inline constexpr std::size_t kMaxEncodedBytes = 65'536;

/// The texts in which a value is recognised, each once, the value itself first; none of them is
/// shorter than the value:
/// - base64 and base64url (RFC 4648 §4, §5) at their three alignments, as if other bytes stood
///   before and behind it. Only the characters that depend on nothing else: at either end up to
///   four bits of the value may be in one that is left out;
/// - hexadecimal, lower and upper case;
/// - percent-encoded (RFC 3986 §2.1) as curl, encodeURIComponent, Python, HTML forms do;
/// - the inside of a JSON string (RFC 8259 §7) as jq, Python, PHP and Go write it.
std::vector<Secret> MaskedForms(std::string_view value);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_MASKED_FORMS_H_
