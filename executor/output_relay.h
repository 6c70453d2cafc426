#ifndef JOBWARDEN_EXECUTOR_OUTPUT_RELAY_H_
#define JOBWARDEN_EXECUTOR_OUTPUT_RELAY_H_

#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "verifier/os/fd.h"

namespace jobwarden {

/// One output of the job, on its way from a pipe to a descriptor of ours.
///
/// Never waits where `to` is a pipe, as GitLab Runner's is; a file or a terminal may make it wait.
class OutputRelay {
 public:
  /// Does not own `to`.
  OutputRelay(Fd from, int to);

  /// What to wait for before the next Move; of no descriptor when it is done.
  pollfd Wants() const;

  /// Moves what there is. What cannot be written yet is kept, and nothing more is read before it
  /// is gone; when nobody will ever read it, it is dropped, and `from` is closed. Gives back how
  /// many bytes were taken.
  std::size_t Move();

  /// From now on takes only what is in the pipe at this moment, and is done after that.
  void TakeNoMoreThanIsThere();

  bool done() const { return !from_ && pending_.empty(); }

 private:
  std::size_t Splice();
  std::size_t Read();
  void Write();
  std::size_t Took(ssize_t bytes);

  Fd from_;
  Fd reopened_;
  int to_;
  bool splices_ = true;   // the kernel moves the pages; else they pass through buffer_
  bool to_full_ = false;  // while splicing: what there is has no room yet
  std::string buffer_;
  std::string_view pending_;  // the part of buffer_ that is still to be written
  std::size_t allowed_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_OUTPUT_RELAY_H_
