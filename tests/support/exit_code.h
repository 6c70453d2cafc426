#ifndef JOBWARDEN_TESTS_SUPPORT_EXIT_CODE_H_
#define JOBWARDEN_TESTS_SUPPORT_EXIT_CODE_H_

namespace jobwarden::testing {

// Exit codes of `jobwarden`.
inline constexpr int kAllow = 0;
inline constexpr int kDeny = 1;
inline constexpr int kUsage = 2;
inline constexpr int kError = 3;

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_EXIT_CODE_H_
