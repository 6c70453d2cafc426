#ifndef JOBWARDEN_VERIFIER_MASK_ENCODINGS_H_
#define JOBWARDEN_VERIFIER_MASK_ENCODINGS_H_

#include <string_view>

#include "verifier/mask/form_set.h"

namespace jobwarden {

/// Adds a value in the encodings that change all of its characters. REQUIRES: kMinSearchedBytes or
/// more.
///
/// - base64 and base64url (RFC 4648 §4, §5) at their three alignments, as if there were other
///   bytes before and after the value. Only the characters that depend on nothing else: at either
///   end up to four bits of the value may be in one that is left out;
/// - each of these in base64 once more, at the three alignments;
/// - base64 of a value that fills more than one line, in base64 once more: only of the value alone,
///   as `base64 | base64` and `openssl base64 | openssl base64` write it;
/// - hexadecimal, lower and upper case.
void AddEncodings(std::string_view value, FormSet& forms);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_ENCODINGS_H_
