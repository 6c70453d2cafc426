#ifndef JOBWARDEN_VERIFIER_CONSUMERS_BUILT_IN_H_
#define JOBWARDEN_VERIFIER_CONSUMERS_BUILT_IN_H_

#include <string_view>

namespace jobwarden {

/// The text of consumers.txt.
extern const std::string_view kBuiltInConsumers;

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONSUMERS_BUILT_IN_H_
