#ifndef JOBWARDEN_TESTS_SUPPORT_PLACES_H_
#define JOBWARDEN_TESTS_SUPPORT_PLACES_H_

#include <string>

namespace jobwarden::testing {

/// The path of a program of the same build: all programs are in the folder of the test's own.
std::string Program(const std::string& name);

/// The absolute path of what has this path in the checkout.
std::string InCheckout(const std::string& path);

/// The absolute path of an input that is not part of the checkout.
std::string InShared(const std::string& path);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_PLACES_H_
