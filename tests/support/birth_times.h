#ifndef JOBWARDEN_TESTS_SUPPORT_BIRTH_TIMES_H_
#define JOBWARDEN_TESTS_SUPPORT_BIRTH_TIMES_H_

#include <fcntl.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/support/temp_folder.h"

namespace jobwarden::testing {

/// A test that needs to know when a file was made, which some file systems do not tell:
/// `*boost::unit_test::precondition(TellsBirthTimes)`.
inline boost::test_tools::assertion_result TellsBirthTimes(boost::unit_test::test_unit_id) {
  const TempFolder folder;
  struct statx found {};
  return statx(AT_FDCWD, folder.path().c_str(), 0, STATX_BTIME, &found) == 0 &&
         (found.stx_mask & STATX_BTIME) != 0;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_BIRTH_TIMES_H_
