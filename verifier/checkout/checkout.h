#ifndef JOBWARDEN_VERIFIER_CHECKOUT_CHECKOUT_H_
#define JOBWARDEN_VERIFIER_CHECKOUT_CHECKOUT_H_

#include <string>
#include <string_view>

#include "verifier/exposure/usage.h"
#include "verifier/os/tree_walk.h"

namespace jobwarden {

/// A job's checkout.
struct Checkout {
  std::string builds_folder;  ///< in which the runner makes checkouts; the project lies below it
  std::string project_folder;
  std::string ci_config_path;  ///< relative to the project; empty: there is none
};

/// The words that the files of a checkout contain.
struct CheckoutUse {
  Words used;  ///< the wanted words that were found
  /// Why some files were not searched, in words for a person. Each of the wanted words may be in
  /// one of these files. Empty if all files were searched, or every word was found before that.
  std::string unseen;
  std::string called;  ///< the text of the files that the commands call: see TextOfCalledFiles
};

/// Looks for whole words (IsWholeWord in word.h) in the files of a job's checkout. It searches
/// programs and other binary files too, because a job's script calls them.
///
/// It leaves out every file or folder `.git` (a submodule has one too). It leaves out the CI
/// configuration and its parts (HasCiName, and the files that these include), because a
/// configuration names every token that it asks for, and those that other jobs use. In documents
/// (Markdown and the like) only names of variables count, not commands. It does not look for the
/// word `id`, which is in nearly every tree. It follows no links and enters no mount points below
/// the builds folder. The tree may be a stranger's: see ReadTree for the limits.
///
/// `commands` are the job's commands that may call files, without echoes and comments.
CheckoutUse SearchCheckout(const Checkout& checkout, const Words& wanted,
                           std::string_view commands = {}, const TreeLimits& limits = {});

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CHECKOUT_CHECKOUT_H_
