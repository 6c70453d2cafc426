#ifndef JOBWARDEN_VERIFIER_REPORT_HTML_H_
#define JOBWARDEN_VERIFIER_REPORT_HTML_H_

#include <string>
#include <string_view>

namespace jobwarden {

/// What Visible makes of text that strangers wrote, as HTML's text and as the value of an attribute
/// in double quotes.
std::string Html(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REPORT_HTML_H_
