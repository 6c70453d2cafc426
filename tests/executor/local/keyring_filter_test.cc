// What a process may still do under the rules that a sandbox gets.

#include "executor/local/keyring_filter.h"

#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <functional>
#include <vector>

using namespace jobwarden;

namespace {

// The exit status of `work` under the rules; -1 when a signal killed it.
int UnderRules(const std::function<int()>& work) {
  const auto filter = KeyringFilter();
  BOOST_REQUIRE(filter);
  struct stat st {};
  BOOST_REQUIRE(fstat(filter->get(), &st) == 0);
  std::vector<sock_filter> steps(static_cast<std::size_t>(st.st_size) / sizeof(sock_filter));
  BOOST_REQUIRE(pread(filter->get(), steps.data(), static_cast<std::size_t>(st.st_size), 0) ==
                st.st_size);
  const sock_fprog program{static_cast<unsigned short>(steps.size()), steps.data()};
  const pid_t child = fork();
  if (child == 0) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(126);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) _exit(127);
    _exit(work());
  }
  int status = 0;
  BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool HasNone(long result) {
  return result == -1 && errno == ENOSYS;
}

#ifdef __x86_64__
// A call of the 32-bit kernel interface, which 64-bit programs may make too.
long Call32(long number, long first, long second, long third) {
  long result = number;
  asm volatile("int $0x80"
               : "+a"(result)
               : "b"(first), "c"(second), "d"(third), "S"(0L), "D"(0L)
               : "memory", "r8", "r9", "r10", "r11");
  return result;
}
#endif

}  // namespace

BOOST_AUTO_TEST_SUITE(keyring_filter)

BOOST_AUTO_TEST_CASE(a_process_has_no_keyrings) {
  BOOST_TEST(UnderRules([] {
               if (!HasNone(syscall(SYS_add_key, "user", "x", "y", 1, KEY_SPEC_PROCESS_KEYRING)))
                 return 1;
               if (!HasNone(syscall(SYS_request_key, "user", "x", nullptr, 0))) return 2;
               if (!HasNone(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1)))
                 return 3;
               return 0;
             }) == 0);
}

BOOST_AUTO_TEST_CASE(the_calls_beside_these_go_on) {
  BOOST_TEST(
      UnderRules([] {
        for (const long number : {long{SYS_add_key} - 1, long{SYS_keyctl} + 1, long{SYS_getppid}}) {
          if (HasNone(syscall(number, -1, -1, -1, -1, -1, -1))) return 1;
        }
        return 0;
      }) == 0);
}

#ifdef __x86_64__
BOOST_AUTO_TEST_CASE(no_other_interface_of_the_kernel_has_them) {
  BOOST_TEST(UnderRules([] {
               constexpr long kX32 = 0x4000'0000;
               return HasNone(syscall(kX32 + SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0)) ? 0 : 1;
             }) == 0);
  constexpr long kGetpid = 20;
  constexpr long kFirst = 286;
  // A kernel without the 32-bit interface kills the process.
  if (UnderRules([] { return Call32(kGetpid, 0, 0, 0) == getpid() ? 0 : 1; }) != 0) return;
  BOOST_TEST(UnderRules([] {
               for (long number = kFirst; number < kFirst + 3; ++number) {
                 if (Call32(number, 0, 0, 0) != -ENOSYS) return static_cast<int>(number - kFirst);
               }
               return 0;
             }) == 0);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
