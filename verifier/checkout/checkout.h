#ifndef JOBWARDEN_VERIFIER_CHECKOUT_CHECKOUT_H_
#define JOBWARDEN_VERIFIER_CHECKOUT_CHECKOUT_H_

#include <string>

#include "verifier/exposure/usage.h"
#include "verifier/os/tree_walk.h"

namespace jobwarden {

/// What the files of a checkout name.
struct CheckoutUse {
  Words used;  ///< those of the wanted words that were found
  /// Why the files were not all searched, in words for a person; then each of the wanted words may
  /// stand in one of them. Empty: they were, or every word was found before.
  std::string unseen;
};

/// Looks for whole words (IsWholeWord in word.h) in the files of a job's checkout, programs and
/// other binary files included: a job's script calls them.
///
/// Left out are `.git`, file or folder, in whatever folder (a submodule has one too), and the CI
/// configuration `ci_config_path`, below the project (empty: none is left out): it names every
/// token that it asks for. The word `id` is not looked for: it stands in nearly every tree. Links
/// are not followed and mount points not entered, from the folder that the runner makes checkouts
/// in, `builds_folder`, downwards; the project must lie below it. The tree may be a stranger's: see
/// ReadTree for what it can cost.
CheckoutUse SearchCheckout(const std::string& builds_folder, const std::string& project_folder,
                           const std::string& ci_config_path, const Words& wanted,
                           const TreeLimits& limits = {});

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CHECKOUT_CHECKOUT_H_
