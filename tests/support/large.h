#ifndef JOBWARDEN_TESTS_SUPPORT_LARGE_H_
#define JOBWARDEN_TESTS_SUPPORT_LARGE_H_

#include <cstddef>

namespace jobwarden::testing {

#ifdef __SANITIZE_ADDRESS__
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// How many bytes or elements an input has that must not take time out of proportion. With
/// sanitizers a test needs the same code paths but not the same time: there it is an eighth.
constexpr std::size_t Large(std::size_t size) {
  return kSanitized ? size / 8 : size;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_LARGE_H_
