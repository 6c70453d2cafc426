#ifndef JOBWARDEN_EXECUTOR_PROCESS_STAGE_PROCESS_H_
#define JOBWARDEN_EXECUTOR_PROCESS_STAGE_PROCESS_H_

#include <sys/resource.h>
#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/mask/masker.h"
#include "verifier/os/fd.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// What this process changed for itself at its start, and the job gets as it was.
struct JobLimits {
  mode_t umask = 022;
  rlimit core{0, 0};
};

/// Makes what the outputs of a program are not to show; null: they may show all.
using MaskMaker = std::function<std::unique_ptr<const MaskSet>()>;

/// A program that runs a stage's script.
struct StageCommand {
  std::vector<std::string> arguments;    ///< the first is the program's absolute path
  std::vector<std::string> environment;  ///< `NAME=VALUE`; nothing else is inherited
  std::string folder;                    ///< where it starts
  JobLimits limits;
  Fd input;  ///< its standard input
  /// It stays in our process group: who signals the group signals it, and all that it started, as
  /// if we were not there. What it leaves running is left alone.
  bool keeps_group = false;
  Fd output{};  ///< where its standard output goes, as it is, instead of ours
  /// Called once, when the program was started: it takes as long as a shell takes to begin. Absent:
  /// the outputs may show all.
  MaskMaker masked = {};
  std::optional<Identity> user = {};  ///< whom it runs as; absent: as this process
  bool alone = false;                 ///< all processes of `user` are this job's
  /// The job's file for StageLock. Empty: stages are kept apart by `alone`, or not at all.
  std::string lock = {};
  std::string mark = {};  ///< `NAME=VALUE` that the job's processes alone are started with, if any
  /// It is bubblewrap, with --new-session and --die-with-parent, and what it runs is the job.
  bool sandboxed = false;
  Fd filter{};  ///< what `sandboxed` hands to bubblewrap's --seccomp
};

/// Runs the program to its end, and returns its exit status; 128 + S when signal S killed it.
///
/// It leads a session of its own, and has no descriptor of ours but the three standard ones; it is
/// killed when this process ends before it. Its two outputs are passed on to ours, each as soon as
/// it comes and no faster than ours takes it, each masked as a stream of its own; where both of
/// ours are one and the same, so are its. When nobody reads ours any more, it meets the closed pipe
/// that it would have met without us. SIGTERM, SIGINT, SIGHUP and SIGQUIT that this process
/// receives go to its whole process group.
///
/// When it has ended, all that it started and that still runs is ended too, also what left the
/// process group (200 ms, SIGTERM, 200 ms, SIGKILL for 5 s; in a sandbox SIGKILL at once), and what
/// they wrote until then is passed on. So no stage has a process of an earlier one beside it, which
/// would see its tokens. What goes on all the same is told on standard error, in one line: a
/// process that is blocked, or one that starts others faster than they are found.
///
/// Where it keeps our group the signals reach it without us, and whoever holds the output when it
/// has ended has 200 ms to come to an end; after such a signal as long as we are let live.
///
/// DRIVER_FAILED when it could not be started, or the sandbox was not built. To be called once a
/// process: signal handling, umask and the adoption of orphans stay as this leaves them.
Result<int> RunStageProcess(const StageCommand& command);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROCESS_STAGE_PROCESS_H_
