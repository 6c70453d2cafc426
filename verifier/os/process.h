#ifndef JOBWARDEN_VERIFIER_OS_PROCESS_H_
#define JOBWARDEN_VERIFIER_OS_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// A program to run, and everything that it gets.
struct Program {
  std::string path;                      ///< absolute; PATH is not searched
  std::vector<std::string> arguments;    ///< without the program's own name
  std::vector<std::string> environment;  ///< `NAME=value`; nothing is inherited
  std::string_view input;                ///< on its standard input
  std::chrono::milliseconds timeout{10'000};
  bool own_session = false;  ///< without the caller's terminal
};

/// How a program ended, and its output.
struct ProgramEnd {
  int exit_code = 0;       ///< 128 + N when signal N ended it
  bool timed_out = false;  ///< it was killed because its time was over
  std::string output;      ///< the first kMaxProgramOutput bytes; the rest is read and dropped
  std::string errors;      ///< standard error, likewise
};

inline constexpr std::size_t kMaxProgramOutput = 65'536;

/// Runs a program to its end, or kills it (SIGKILL) when its time is over.
///
/// The program gets the three standard descriptors and no other, no blocked and no ignored signals,
/// and the caller's working folder and, but for `own_session`, process group. A process that the
/// program leaves running does not delay the caller. A program that cannot be started is a finding:
/// `what PATH: reason`.
Result<ProgramEnd> RunProgram(const Program& program, Code code, std::string_view what);

/// A program that runs beside this one, and may outlive it.
struct StartedProgram {
  pid_t pid = 0;
  Fd channel;  ///< the other end of the socket that is its standard input and output
};

/// Starts a program in a session of its own, with /dev/null as standard error. A socket, and not a
/// pipe, because what is on its way through a socket can be read by nobody else. `input` and
/// `timeout` mean nothing here. A program that cannot be started is a finding: `what PATH: reason`.
Result<StartedProgram> StartProgram(const Program& program, Code code, std::string_view what);

/// Arguments, or an environment, in the form that exec takes: a pointer to each text, and a null
/// pointer after them. The pointers are valid until `texts` changes.
std::vector<char*> ExecVector(const std::vector<std::string>& texts);
std::vector<char*> ExecVector(const std::vector<Secret>& texts);

/// The path of the program `name` in this program's own folder, found through /proc/self/exe.
Result<std::string> SiblingProgram(std::string_view name, Code code);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_PROCESS_H_
