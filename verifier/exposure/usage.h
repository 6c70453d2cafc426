#ifndef JOBWARDEN_VERIFIER_EXPOSURE_USAGE_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_USAGE_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "verifier/base/secret.h"
#include "verifier/exposure/quote_reader.h"

namespace jobwarden {

using Words = std::set<std::string, std::less<>>;

/// The lines of shell text that name what they use: all but the echo that the runner prints before
/// a line, and a line that is surely a comment. A comment stays where that is not sure: inside a
/// here-document, inside quotes, after anything that QuoteReader does not follow to its end.
Secret WithoutEchoesAndComments(std::string_view commands, Syntax syntax = Syntax::kShell);

/// Those of `wanted` that text names as a whole word, in whatever form: `$X`, `${X:-…}`,
/// `printenv X`, `os.environ["X"]`. A word is `[A-Za-z0-9_]+`, or, for the names of commands, such
/// text with `-` and `.` between. See IsWholeWord in word.h for bytes over 0x7F.
Words WordsIn(std::string_view text, const Words& wanted);

/// Those of `wanted` that the lines of shell text name.
Words UsedWords(std::string_view commands, const Words& wanted, Syntax syntax = Syntax::kShell);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_USAGE_H_
