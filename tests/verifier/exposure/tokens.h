#ifndef JOBWARDEN_TESTS_VERIFIER_EXPOSURE_TOKENS_H_
#define JOBWARDEN_TESTS_VERIFIER_EXPOSURE_TOKENS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/verifier/unsigned_jwt.h"
#include "verifier/exposure/inventory.h"

namespace jobwarden::testing {

/// One of the issuer of OurIssuers, for this audience.
inline std::string IdToken(std::string_view audience) {
  return Jwt(R"({"iss":"https://gitlab.example.com","aud":")" + std::string(audience) + "\"}");
}

inline std::vector<Issuer> OurIssuers() {
  Issuer issuer;
  issuer.name = "gitlab";
  issuer.url = "https://gitlab.example.com";
  return {issuer};
}

using NameAndValue = std::pair<std::string, std::string>;
inline std::vector<Variable> Variables(const std::vector<NameAndValue>& given) {
  std::vector<Variable> variables;
  for (const auto& [name, value] : given) variables.push_back({name, Secret(value), false});
  return variables;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_EXPOSURE_TOKENS_H_
