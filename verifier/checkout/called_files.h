#ifndef JOBWARDEN_VERIFIER_CHECKOUT_CALLED_FILES_H_
#define JOBWARDEN_VERIFIER_CHECKOUT_CALLED_FILES_H_

#include <string>
#include <string_view>

#include "verifier/os/fd.h"

namespace jobwarden {

/// The text of the scripts of a checkout that commands call: files whose paths are among the words
/// of the commands, the rules of a Makefile and the scripts of a package.json that the commands
/// name, and the files that these call, three levels deep.
///
/// `project` is the open folder of the checkout, `folder` its path. A file counts only if a shell
/// or an interpreter runs it, by its `#!` or by the ending of its name. Links are not followed and
/// mount points not entered. Text beyond 64 files, 1 MiB or 2,000 lookups is left out. That is safe
/// because the text only serves rules that keep a token, and every file is searched for names
/// anyway.
std::string TextOfCalledFiles(const Fd& project, std::string_view folder,
                              std::string_view commands);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CHECKOUT_CALLED_FILES_H_
