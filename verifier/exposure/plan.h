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
  ExposureAction action;  ///< kKeep: the stage uses it, or it is to be left alone
  std::string why;        ///< "a command names it", "JOBWARDEN_KEEP lists it" …
};

/// Why a name stays that nothing seen so far uses: see StageUse::unseen.
inline constexpr std::string_view kNotSearched = "the checkout was not searched for it";

/// One entry for each name of each token; no name has two actions. No values.
struct Plan {
  std::vector<PlanEntry> entries;

  std::set<std::string> Stripped() const;  ///< the names that go
  std::set<std::string> Kept() const;      ///< those that stay because they are used
};

/// What a stage uses.
struct StageUse {
  std::string_view commands;  ///< its own: shell text, see UsedWords in usage.h
  std::string_view keep;      ///< the value of JOBWARDEN_KEEP: names between blanks or commas
  /// The job's other variables, see TextVariables: their values are text of the job.
  std::vector<VariableView> variables{};
  std::vector<std::string_view> other_stages{};  ///< the commands of the job's other stages
  std::string_view project{};  ///< the folder of the checkout; empty: it is not known
  std::string_view called{};   ///< the text of those files of the checkout that the commands call
  /// Those of WordsToLookFor that files of the checkout name; null: nobody looked.
  const Words* checkout = nullptr;
  /// Why not all of the checkout could be looked at. Not empty: what a file there might name stays.
  std::string_view unseen{};
  /// The names that the job gives to its id_tokens under `id_tokens:`; null: of each token it is
  /// the first, because the server sends them before the job's own variables.
  const Words* declared = nullptr;
  /// The commands are those of the CI's runner: they need the job token, and whatever else nobody
  /// can see them need.
  bool runner_made = false;
  /// git asks for CI_JOB_TOKEN when it needs a password (FF_GIT_URLS_WITHOUT_TOKENS).
  bool git_asks = false;
  Syntax syntax = Syntax::kShell;
};

/// Those of a job's variables whose values are text of the job: not those that hold an id_token,
/// the job token or a legacy token, not GitLab's own text (IsServersText), not JOBWARDEN_KEEP.
std::vector<VariableView> TextVariables(const std::vector<VariableView>& variables,
                                        const Inventory& inventory);

/// What to look for in the checkout: the names that nothing else keeps in this stage, and the
/// commands that would keep them. Nothing where settings do not ask for it, nothing for a token
/// that is ours alone: it has served when it was verified. Nothing for commands of the runner.
Words WordsToLookFor(const Inventory& inventory, const StageUse& use,
                     const ExposureSettings& settings);

/// Decides for each name. A name is kept
/// - when the stage's commands name it as a whole word, hold its value (the runner expanded it), or
///   call a command that `consumers` lists for it, and when JOBWARDEN_KEEP lists it;
/// - when another variable of the job does: with Usage::kScript one that the commands name;
/// - when programs read it although no script names it (IsReadUnnamed), or a command has the name
///   of the id_token (NamesakesOf) and neither `secrets:` nor another stage alone uses the token;
/// - when the checkout names it or such a command;
/// - with Usage::kCheckout, when the stage runs what nobody can read (FindBlindSpot).
/// Only the first counts for a token that is ours alone: it has served when it was verified.
///
/// Else the first rule for the name decides. Where there is no rule, a name that a person made from
/// a token stays if `aliases` are kept; for any other, `unused`, `legacy` or `secrets` decides. A
/// variable that holds several tokens stays when one of them keeps it.
Plan MakePlan(const Inventory& inventory, const StageUse& use, const ExposureSettings& settings);

/// What must not be seen in a job's output: every id_token, job token and legacy token, and each
/// secret and named value unless it is to be kept. They live as long as `inventory`.
std::vector<std::string_view> ValuesToMask(const Inventory& inventory,
                                           const ExposureSettings& settings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_PLAN_H_
