#ifndef JOBWARDEN_VERIFIER_EXPOSURE_NAMESAKE_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_NAMESAKE_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/exposure/usage.h"

namespace jobwarden {

/// What the program that reads an id_token of this name may be called: the parts at the beginning
/// of the name, together, in lower case. `TBOT_GITLAB_JWT` is read by `tbot`, `DDOCTOSTS_ID_TOKEN`
/// by `dd-octo-sts`, `TESTPYPI_ID_TOKEN` where `--repository testpypi` is.
///
/// Parts that say nothing are passed over: CI, JOB, ID, OIDC, JWT, GITLAB, TOKEN and their like,
/// and those that name a stage of every pipeline. Empty: the whole name says nothing.
std::vector<std::string> NamesakesOf(std::string_view variable);

/// Those of `wanted`, made by NamesakesOf, that are a word of the text, whatever its case and
/// without the `-`, `_` and `.` in it.
Words NamesakesIn(std::string_view text, const Words& wanted);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_NAMESAKE_H_
