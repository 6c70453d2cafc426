#ifndef JOBWARDEN_TESTS_SUPPORT_REFUSED_CALL_H_
#define JOBWARDEN_TESTS_SUPPORT_REFUSED_CALL_H_

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <cstddef>
#include <iterator>

namespace jobwarden::testing {

/// From now on this system call fails in this process and in what it starts, as on a kernel that
/// does not know the call (ENOSYS), or in a container whose rules do not (EPERM). False if it
/// cannot be refused.
inline bool RefuseCall(long call, int error) {
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(steps), steps};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_REFUSED_CALL_H_
