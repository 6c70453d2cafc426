#ifndef JOBWARDEN_VERIFIER_MASK_QUOTED_SPELLINGS_H_
#define JOBWARDEN_VERIFIER_MASK_QUOTED_SPELLINGS_H_

#include "verifier/mask/compose.h"
#include "verifier/mask/form_set.h"

namespace jobwarden {

/// Adds a value as shells and languages write it between quotes, without the outermost quotes; the
/// value itself may be among what is added.
///
/// - shells: `set -x`, `declare -p`, `printf %q` (bash's and coreutils'), `$'…'`;
/// - strings in which a backslash marks what is special: Python, Perl, PHP, MySQL, Go, Node.js;
/// - strings in which what is special appears twice: SQL, CSV, YAML, Compose, printf;
/// - as `cat -v` shows it.
void AddQuotedSpellings(const CutText& value, FormSet& forms);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_QUOTED_SPELLINGS_H_
