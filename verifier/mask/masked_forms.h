#ifndef JOBWARDEN_VERIFIER_MASK_MASKED_FORMS_H_
#define JOBWARDEN_VERIFIER_MASK_MASKED_FORMS_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "verifier/base/secret.h"

namespace jobwarden {

/// Longer values are masked in their plain form only.
inline constexpr std::size_t kMaxEncodedBytes = 65'536;
/// The lines of a value that has more of them are masked in their plain form only.
inline constexpr std::size_t kMaxEncodedLines = 256;

/// The texts in which a value is recognised: first the value itself, without white space at its
/// ends, because programs print it without; then what AddEncodings and AddSpellings add, each once;
/// then the same of each of its SecretLines. No form is shorter than kMinSearchedBytes.
///
/// Empty for a value under kMinSearchedBytes, and for one of nothing but white space. The white
/// space counts only where the rest would be too short without it.
std::vector<Secret> MaskedForms(std::string_view value);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_MASKED_FORMS_H_
