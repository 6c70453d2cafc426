#ifndef JOBWARDEN_EXECUTOR_PROCESS_OUTPUT_RELAY_H_
#define JOBWARDEN_EXECUTOR_PROCESS_OUTPUT_RELAY_H_

#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/mask/masker.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// One output of the job, on its way from a pipe to a descriptor of ours.
///
/// Never waits where `to` is a pipe, as GitLab Runner's is; a file or a terminal may make it wait.
class OutputRelay {
 public:
  /// Does not own `to`, nor `masked`: what is not to get through, if anything.
  OutputRelay(Fd from, int to, const MaskSet* masked = nullptr);

  /// What to wait for before the next Move; of no descriptor when it is done.
  pollfd Wants() const;

  /// Moves what there is, but for what may still become something that is masked. What cannot be
  /// written yet is kept, and nothing more is read before it is gone; when nobody will ever read
  /// it, it is dropped, and `from` is closed. Returns how many bytes were taken.
  std::size_t Move();

  /// From now on takes only what is in the pipe at this moment, and is done after that.
  void TakeNoMoreThanIsThere();

  bool done() const { return !from_ && unwritten_.empty(); }

 private:
  std::size_t Splice();
  std::size_t Read();
  void Write();
  std::size_t Took(ssize_t bytes);
  void Queue(std::vector<std::string_view> pieces);
  void QueueEnd();

  Fd from_;
  Fd reopened_;
  int to_;
  bool splices_ = true;   // the kernel moves the pages; else they pass through our memory
  bool to_full_ = false;  // while splicing: what there is has no room yet
  std::optional<Masker> masker_;
  bool ended_ = false;  // the masker was told that nothing follows
  std::string buffer_;  // in place of the masker's
  // What is still to be written, piece by piece, in the masker's memory or in buffer_.
  std::vector<std::string_view> pieces_;
  std::span<std::string_view> unwritten_;
  std::size_t allowed_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_OUTPUT_RELAY_H_
