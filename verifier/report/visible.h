#ifndef JOBWARDEN_VERIFIER_REPORT_VISIBLE_H_
#define JOBWARDEN_VERIFIER_REPORT_VISIBLE_H_

#include <string>
#include <string_view>

namespace jobwarden {

/// Text of the audit file, which strangers wrote in part, as a person may see it: on one line, 200
/// characters at most, with escapes for what is not shown or changes the direction of text, and
/// with `[JWT]` in place of a JWT (see Quote).
std::string Visible(std::string_view text);

/// The same as HTML's text and as the value of an attribute in double quotes.
std::string Html(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REPORT_VISIBLE_H_
