// Whatever is read comes back the same when nothing is dropped; when one name is dropped, all
// other variables and the commands stay what they were.
//
// The second promise is about what is read once. Read again, a script may differ where POSIX
// quoting leaves a value of several lines bare: only what follows it tells where it ends, as
// does what comes last for GITLAB_ENV, which counts as a command there. Such scripts are left out
// of it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "executor/received/job_script.h"
#include "verifier/exposure/plan.h"

using namespace jobwarden;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

bool IsPlain(const JobScript& script) {
  const auto bare = [](std::string_view text) {
    return text.find_first_of(" !#%&()*<=>?[|`\"\\$") == std::string_view::npos;
  };
  for (const Variable& variable : script.variables()) {
    const std::string_view value = variable.value.view();
    if (variable.name == "GITLAB_ENV") return false;
    if (bare(value) && value.find('\n') != std::string_view::npos) return false;
  }
  return !bare(script.commands().substr(0, script.commands().find('\n')));
}

void CheckDrop(const JobScript& script, const std::string& name) {
  const auto less = script.Drop({name}, {});
  Require(static_cast<bool>(less));
  const auto again = JobScript::Parse(std::string(less->view()));
  Require(static_cast<bool>(again));
  Require(again->commands().ends_with(script.commands()));
  auto got = again->variables().begin();
  for (const Variable& variable : script.variables()) {
    if (variable.name == name) continue;
    Require(got != again->variables().end() && got->name == variable.name &&
            got->file == variable.file && got->value.view() == variable.value.view());
    ++got;
  }
  Require(got == again->variables().end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto script = JobScript::Parse(bytes);
  if (!script) return 0;
  const auto same = script->Drop({}, {});
  Require(same && same->view() == bytes);
  if (IsPlain(*script)) {
    for (const Variable& variable : script->variables()) CheckDrop(*script, variable.name);
  }

  Issuer issuer;
  issuer.name = "gitlab";
  issuer.url = "https://gitlab.example.com";
  const std::vector<ExposureRule> rules{{Glob("B*"), ExposureAction::kStrip}};
  const Inventory inventory =
      TakeInventory(script->variables(), "job-token", {issuer}, {{"SECRET"}, rules});
  const Plan plan = MakePlan(inventory, {script->commands(), "A"}, {});
  const auto gone = ValuesGone(inventory, plan.Stripped());
  const auto less = script->Drop(plan.Stripped(), gone);
  for (const std::string_view value : gone) {
    Require(!less || less->view().find(value) == std::string_view::npos);
  }
  return 0;
}
