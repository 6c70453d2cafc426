#ifndef JOBWARDEN_TESTS_HOOKS_GITHUB_ENVIRONMENT_OF_H_
#define JOBWARDEN_TESTS_HOOKS_GITHUB_ENVIRONMENT_OF_H_

#include <map>
#include <string>
#include <utility>

#include "verifier/os/environment.h"

namespace jobwarden::testing {

/// An environment of these variables.
inline jobwarden::Environment EnvironmentOf(const std::map<std::string, std::string>& variables) {
  jobwarden::Environment::Variables made;
  for (const auto& [name, value] : variables) made.emplace(name, Secret(value));
  return jobwarden::Environment(std::move(made));
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_HOOKS_GITHUB_ENVIRONMENT_OF_H_
