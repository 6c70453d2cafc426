#include "executor/stage_checkout.h"

#include <string>

namespace jobwarden {
namespace {

// Below the project. (`PATH@PROJECT`, and a URL, are the path of no file there.)
std::string CiConfigPath(const JobResponse& response) {
  // The first is the server's, a later one may be the job's.
  for (const Variable& variable : response.variables()) {
    if (variable.name == "CI_CONFIG_PATH" && !variable.value.empty()) {
      return std::string(variable.value.view());
    }
  }
  return ".gitlab-ci.yml";
}

}  // namespace

CheckoutUse SearchStageCheckout(const Words& wanted, const StageUse& use,
                                const JobResponse& response, const ExecutorSettings& executor) {
  if (executor.driver == Driver::kWrap) return {{}, std::string(kWhereDriverPutsThem), {}};
  if (use.project.empty()) return {{}, "the stage does not say where they are", {}};
  const Secret commands = WithoutEchoesAndComments(use.commands, use.syntax);
  return SearchCheckout({executor.builds_dir, std::string(use.project), CiConfigPath(response)},
                        wanted, commands.view());
}

}  // namespace jobwarden
