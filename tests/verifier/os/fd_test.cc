#include "verifier/os/fd.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace jobwarden {
namespace {

BOOST_AUTO_TEST_SUITE(fd)

BOOST_AUTO_TEST_CASE(standard_descriptors_that_are_closed_are_opened_and_no_others) {
  for (int closed = 0; closed < 8; ++closed) {
    const pid_t pid = fork();
    if (pid == 0) {
      // One that is open keeps its flags; /dev/null has none.
      for (int each = 0; each < 3; ++each) fcntl(each, F_SETFD, FD_CLOEXEC);
      for (int each = 0; each < 3; ++each) {
        if ((closed >> each & 1) != 0) close(each);
      }
      bool good = OpenStandardDescriptors();
      for (int each = 0; each < 3; ++each) {
        good = good && fcntl(each, F_GETFD) == ((closed >> each & 1) != 0 ? 0 : FD_CLOEXEC);
      }
      _exit(good ? 0 : 1);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    BOOST_TEST(status == 0, closed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
