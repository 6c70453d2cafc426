#ifndef JOBWARDEN_VERIFIER_CONFIG_PROBLEM_H_
#define JOBWARDEN_VERIFIER_CONFIG_PROBLEM_H_

#include <string>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/place.h"

namespace jobwarden {

/// A fault of a file, and where it is. The finding's message does not name the place.
struct Problem {
  Place place;
  Finding finding;
};

/// `FILE:LINE:COLUMN`. `files` are the paths that the place counts.
std::string PlaceText(const std::vector<std::string>& files, Place place);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_PROBLEM_H_
