#ifndef JOBWARDEN_VERIFIER_CHECKOUT_CALLED_FILES_H_
#define JOBWARDEN_VERIFIER_CHECKOUT_CALLED_FILES_H_

#include <string>
#include <string_view>

#include "verifier/os/fd.h"

namespace jobwarden {

/// The text of those scripts of a checkout that commands call: files whose paths stand among the
/// words of the commands, the rules of a Makefile and the scripts of a package.json that they name,
/// and what these call in turn, three levels deep.
///
/// `project` is the open folder of the checkout, `folder` its path. Only text counts that a shell
/// or an interpreter runs: by its `#!`, or by the ending of its name. No link is followed, no mount
/// point entered. What is over 64 files, 1 MiB or 2,000 lookups is left out: the text is for rules
/// that keep a token, and every file of the checkout is searched for names anyway.
std::string TextOfCalledFiles(const Fd& project, std::string_view folder,
                              std::string_view commands);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CHECKOUT_CALLED_FILES_H_
