#ifndef JOBWARDEN_VERIFIER_POLICY_NAME_PATH_H_
#define JOBWARDEN_VERIFIER_POLICY_NAME_PATH_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/value.h"

namespace jobwarden {

/// The names of members, from the outermost on, to which the name of a claim or fact leads (see
/// FindNamed): `ref` and `/ref` are the same path.
std::vector<std::string> PathOf(std::string_view name);

/// Sets the value to which the path leads, and makes the objects on the way. Does nothing where
/// something else than an object is on the way, except an array that has such an element.
void SetAt(Object& object, const std::vector<std::string>& path, Value value);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_NAME_PATH_H_
