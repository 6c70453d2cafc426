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
  std::string sha256;  ///< of the token that the name holds
  ExposureAction action;
  std::string why;  ///< "no command of this stage names it", "JOBWARDEN_KEEP lists it" …
};

/// One entry for each name of each token. No values.
struct Plan {
  std::vector<PlanEntry> entries;

  /// The names that go, and the names that stay.
  std::set<std::string> Stripped() const;
  std::set<std::string> Kept() const;
  /// The digests of the tokens that go: those of which no name stays.
  std::set<std::string> Gone() const;
};

/// What a stage uses.
struct StageUse {
  std::string_view commands;  ///< its own: shell text, see UsedWords in usage.h
  std::string_view keep;      ///< the value of JOBWARDEN_KEEP: names between blanks or commas
  /// Those of WordsToLookFor that files of the checkout name; null: nobody looked.
  const Words* checkout = nullptr;
};

/// What to look for in the checkout: the names that nothing else keeps in this stage, and the
/// commands that would keep them. Nothing where settings do not ask for it.
Words WordsToLookFor(const Inventory& inventory, const StageUse& use,
                     const ExposureSettings& settings);

/// Decides for each name. A name is kept when the stage's commands name it as a whole word, hold
/// its value (the runner expanded it), call a command that `consumers` lists for it, or when
/// JOBWARDEN_KEEP lists it. A variable that holds several tokens stays when one of them keeps it.
/// Job tokens are kept.
Plan MakePlan(const Inventory& inventory, const StageUse& use, const ExposureSettings& settings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_PLAN_H_
