#ifndef JOBWARDEN_VERIFIER_EXPOSURE_PLAN_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_PLAN_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/exposure/inventory.h"
#include "verifier/exposure/settings.h"
#include "verifier/exposure/usage.h"

namespace jobwarden {

/// What becomes of one name of one token in one stage, and why.
struct PlanEntry {
  std::string name;
  std::string sha256;     ///< of the token that the name holds, as in the inventory
  ExposureAction action;  ///< kKeep: the stage uses it, or it is to be left alone
  std::string why;        ///< "a command names it", "JOBWARDEN_KEEP lists it" …
};

/// One entry for each name of each token; no name has two actions. No values.
struct Plan {
  std::vector<PlanEntry> entries;

  /// The names that go; that stay though nothing uses them, and are masked; that stay.
  std::set<std::string> Stripped() const;
  std::set<std::string> Masked() const;
  std::set<std::string> Kept() const;
};

/// What a stage uses.
struct StageUse {
  std::string_view commands;  ///< its own: shell text, see UsedWords in usage.h
  std::string_view keep;      ///< the value of JOBWARDEN_KEEP: names between blanks or commas
  /// Those of WordsToLookFor that files of the checkout name; null: nobody looked.
  const Words* checkout = nullptr;
  /// Why not all of the checkout could be looked at. Not empty: what a file there might name stays.
  std::string_view unseen{};
  /// The commands are those of the CI's runner: they need the job token, and whatever else nobody
  /// can see them need.
  bool runner_made = false;
  /// git asks for CI_JOB_TOKEN when it needs a password (FF_GIT_URLS_WITHOUT_TOKENS).
  bool git_asks = false;
  Syntax syntax = Syntax::kShell;
};

/// What to look for in the checkout: the names that nothing else keeps in this stage, and the
/// commands that would keep them. Nothing where settings do not ask for it, nothing for a token
/// that is ours alone: it has served when it was verified. Nothing for commands of the runner.
Words WordsToLookFor(const Inventory& inventory, const StageUse& use,
                     const ExposureSettings& settings);

/// Decides for each name. A name is kept when the stage's commands name it as a whole word, hold
/// its value (the runner expanded it), call a command that `consumers` lists for it, when
/// JOBWARDEN_KEEP lists it, or when the checkout names it or such a command. Else it is as the
/// first rule for its name says, or as `unused`, `legacy` or `secrets` does. A variable that holds
/// several tokens stays when one of them keeps it.
Plan MakePlan(const Inventory& inventory, const StageUse& use, const ExposureSettings& settings);

/// What must not be seen in a job's output: every id_token, job token and legacy token, and each
/// secret and named value unless it is to be kept. They live as long as `inventory`.
std::vector<std::string_view> ValuesToMask(const Inventory& inventory,
                                           const ExposureSettings& settings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_PLAN_H_
