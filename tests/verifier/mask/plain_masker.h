#ifndef JOBWARDEN_TESTS_VERIFIER_MASK_PLAIN_MASKER_H_
#define JOBWARDEN_TESTS_VERIFIER_MASK_PLAIN_MASKER_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden::testing {

/// What a Masker makes of a whole text, worked out the long way: one form, one place, one dot after
/// the other, over the text as it lies there.
std::string MaskPlainly(std::string_view text, const std::vector<std::string_view>& values,
                        const std::vector<std::string>& issuers);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_MASK_PLAIN_MASKER_H_
