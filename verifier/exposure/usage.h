#ifndef JOBWARDEN_VERIFIER_EXPOSURE_USAGE_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_USAGE_H_

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "verifier/exposure/quote_reader.h"

namespace jobwarden {

using Words = std::set<std::string, std::less<>>;

/// Those of `wanted` that shell text names as a whole word, in whatever form: `$X`, `${X:-…}`,
/// `printenv X`, `os.environ["X"]`. A word is `[A-Za-z0-9_]+`, or, for the names of commands, such
/// text with `-` and `.` between.
///
/// Words of the echo that the runner prints before a line, and of a line that is surely a comment,
/// do not count. Where it is not sure (inside a here-document, inside quotes, behind anything that
/// this reader does not follow to its end) they do.
Words UsedWords(std::string_view commands, const Words& wanted, Syntax syntax = Syntax::kShell);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_USAGE_H_
