#ifndef JOBWARDEN_TESTS_HOOKS_STEP_STEP_PLAYER_H_
#define JOBWARDEN_TESTS_HOOKS_STEP_STEP_PLAYER_H_

#include <map>
#include <string>
#include <vector>

#include "hooks/step/token_use.h"

namespace jobwarden::testing {

/// A step as a person writes it: a line of a `*steps.jsonl`, see shared/cases/README.md. `{tool}`
/// in it is a folder on PATH outside the workspace.
struct WrittenStep {
  std::string id;
  std::string shell;  ///< `exec`: `argv` is started as it is
  std::string script;
  std::vector<std::string> argv;
  std::string folder;  ///< in the workspace
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> environment;
  bool needs = false;  ///< the request variables
};

std::vector<WrittenStep> ReadSteps(const std::string& path);

/// What the static rules say of the step.
TokenUse Play(const WrittenStep& step);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_HOOKS_STEP_STEP_PLAYER_H_
