#ifndef JOBWARDEN_VERIFIER_CHECKOUT_CHECKOUT_H_
#define JOBWARDEN_VERIFIER_CHECKOUT_CHECKOUT_H_

#include <string>
#include <string_view>

#include "verifier/exposure/usage.h"
#include "verifier/os/tree_walk.h"

namespace jobwarden {

/// A job's checkout.
struct Checkout {
  std::string builds_folder;  ///< that the runner makes checkouts in; the project lies below it
  std::string project_folder;
  std::string ci_config_path;  ///< below the project; empty: it is not there
};

/// What the files of a checkout name.
struct CheckoutUse {
  Words used;  ///< those of the wanted words that were found
  /// Why the files were not all searched, in words for a person; then each of the wanted words may
  /// be in one of them. Empty: they were, or every word was found before.
  std::string unseen;
  std::string called;  ///< the text of those files that the commands call: see TextOfCalledFiles
};

/// Looks for whole words (IsWholeWord in word.h) in the files of a job's checkout, programs and
/// other binary files included: a job's script calls them.
///
/// Left out are `.git`, file or folder, in whatever folder (a submodule has one too), and the CI
/// configuration with the files that make it up (HasCiName, and what it and they include): it names
/// every token that it asks for, and what other jobs use. In documents (Markdown and its
/// like) names of variables count, and not commands. The word `id` is not looked for: it is in
/// nearly every tree. Links are not followed and mount points not entered, from the builds folder
/// downwards. The tree may be a stranger's: see ReadTree for what it can cost.
///
/// `commands` are those that may call files, without echoes and comments.
CheckoutUse SearchCheckout(const Checkout& checkout, const Words& wanted,
                           std::string_view commands = {}, const TreeLimits& limits = {});

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CHECKOUT_CHECKOUT_H_
