#ifndef JOBWARDEN_TESTS_HOOKS_GITHUB_ENVIRONMENT_OF_H_
#define JOBWARDEN_TESTS_HOOKS_GITHUB_ENVIRONMENT_OF_H_

#include <map>
#include <string>
#include <utility>

#include "verifier/os/environment.h"

namespace jobwarden::testing {

/// An environment of these variables.
inline Environment EnvironmentOf(const std::map<std::string, std::string>& variables) {
  Environment::Variables made;
  for (const auto& [name, value] : variables) made.emplace(name, Secret(value));
  return Environment(std::move(made));
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_HOOKS_GITHUB_ENVIRONMENT_OF_H_
