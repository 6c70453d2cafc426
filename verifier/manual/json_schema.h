#ifndef JOBWARDEN_VERIFIER_MANUAL_JSON_SCHEMA_H_
#define JOBWARDEN_VERIFIER_MANUAL_JSON_SCHEMA_H_

#include <string>

namespace jobwarden {

/// The configuration's form as a JSON Schema (draft 7), for editors: one line of JSON. It holds for
/// `jobwarden.toml` and for the files of `rules.d`.
///
/// What it refuses the parser refuses too. The parser knows more: names that must be unique, keys
/// that exclude each other, the limits of durations, URLs.
std::string ConfigJsonSchema();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MANUAL_JSON_SCHEMA_H_
