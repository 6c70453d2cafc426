#include "verifier/token/algorithm.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace jobwarden {
namespace {

// In the order of the enumeration.
constexpr std::string_view kNames[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                       "PS512", "ES256", "ES384", "ES512", "EdDSA"};

}  // namespace

std::string_view AlgorithmName(Algorithm algorithm) {
  return kNames[static_cast<std::size_t>(algorithm)];
}

std::optional<Algorithm> AlgorithmFromName(std::string_view name) {
  const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<Algorithm>(found - std::begin(kNames));
}

const std::vector<Algorithm>& AllAlgorithms() {
  static const std::vector<Algorithm> all = [] {
    std::vector<Algorithm> algorithms;
    for (const std::string_view name : kNames) algorithms.push_back(*AlgorithmFromName(name));
    return algorithms;
  }();
  return all;
}

}  // namespace jobwarden
