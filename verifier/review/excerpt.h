#ifndef JOBWARDEN_VERIFIER_REVIEW_EXCERPT_H_
#define JOBWARDEN_VERIFIER_REVIEW_EXCERPT_H_

#include <string>
#include <string_view>

#include "verifier/base/place.h"

namespace jobwarden {

/// The line of a file at a place, with a caret below its column:
///
///     12 | clams = { project_path = "a/b" }
///        | ^
///
/// Of a long line a part; characters that a terminal would not show are escaped, and a JWT is not
/// printed. Empty when the text has no such line.
std::string Excerpt(std::string_view text, Place place);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_EXCERPT_H_
