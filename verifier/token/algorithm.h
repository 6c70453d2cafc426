#ifndef JOBWARDEN_VERIFIER_TOKEN_ALGORITHM_H_
#define JOBWARDEN_VERIFIER_TOKEN_ALGORITHM_H_

#include <optional>
#include <string_view>
#include <vector>

namespace jobwarden {

/// The signature algorithms that exist here (RFC 7518 §3.1, RFC 8037 §3.1). `none` and the MACs are
/// not among them, so that nobody can allow them by mistake.
enum class Algorithm {
  kRS256,
  kRS384,
  kRS512,
  kPS256,
  kPS384,
  kPS512,
  kES256,
  kES384,
  kES512,
  kEdDSA,
};

std::string_view AlgorithmName(Algorithm algorithm);
/// The algorithm with exactly this name; names are case-sensitive (RFC 7515 §4.1.1).
std::optional<Algorithm> AlgorithmFromName(std::string_view name);
/// All of them, in the order of the enumeration.
const std::vector<Algorithm>& AllAlgorithms();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_ALGORITHM_H_
