#include "verifier/os/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <filesystem>

#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using std::chrono::steady_clock;

struct Pipe {
  Fd read;
  Fd write;
};

bool Make(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe = {Fd(ends[0]), Fd(ends[1])};
  return fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) == 0;
}

// exec takes char* const[] for the sake of C. It does not write to the texts.
template <class Texts, class DataOf>
std::vector<char*> PointersTo(const Texts& texts, DataOf data_of) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(data_of(text)));
  pointers.push_back(nullptr);
  return pointers;
}

struct Standard {
  const Fd& input;
  const Fd& output;
  const Fd& errors;
};

// Starts the program. Returns 0 or an errno.
int Spawn(const Program& program, const Standard& standard, short flags, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (const int error = posix_spawn_file_actions_init(&actions); error != 0) return error;
  if (const int error = posix_spawnattr_init(&attributes); error != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);

  int error = posix_spawn_file_actions_adddup2(&actions, standard.input.get(), STDIN_FILENO);
  const auto then = [&error](int result) {
    if (error == 0) error = result;
  };
  then(posix_spawn_file_actions_adddup2(&actions, standard.output.get(), STDOUT_FILENO));
  then(posix_spawn_file_actions_adddup2(&actions, standard.errors.get(), STDERR_FILENO));
  // This program's caller may have left it descriptors that are not close-on-exec.
  then(posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1));
  then(posix_spawnattr_setsigmask(&attributes, &none));
  then(posix_spawnattr_setsigdefault(&attributes, &all));
  flags = static_cast<short>(flags | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  then(posix_spawnattr_setflags(&attributes, flags));

  std::vector<std::string> arguments = {program.path};
  arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
  if (error == 0) {
    error = posix_spawn(&pid, program.path.c_str(), &actions, &attributes,
                        ExecVector(arguments).data(), ExecVector(program.environment).data());
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Reads what is there, and closes `fd` at its end. Bounded, because a writer may never stop.
void Drain(Fd& fd, std::string& into) {
  std::array<char, 16'384> buffer{};
  for (int i = 0; fd && i < 16; ++i) {
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      fd.Close();
      return;
    }
    const std::size_t room = kMaxProgramOutput - into.size();
    into.append(buffer.data(), std::min(room, static_cast<std::size_t>(got)));
  }
}

}  // namespace

std::vector<char*> ExecVector(const std::vector<std::string>& texts) {
  return PointersTo(texts, [](const std::string& text) { return text.c_str(); });
}

std::vector<char*> ExecVector(const std::vector<Secret>& texts) {
  return PointersTo(texts, [](const Secret& text) { return text.view().data(); });
}

Result<ProgramEnd> RunProgram(const Program& program, Code code, std::string_view what) {
  const auto fail = [&](int error) {
    return Finding{code, fmt::format("{} {}: {}", what, Quote(program.path), ErrorText(error))};
  };
  const auto deadline = steady_clock::now() + program.timeout;
  const Fd input = MemoryFile("input", program.input);
  Pipe output;
  Pipe errors;
  if (!input || !Make(output) || !Make(errors)) return fail(errno);
  pid_t pid = -1;
  const short flags = program.own_session ? POSIX_SPAWN_SETSID : 0;
  if (const int error = Spawn(program, {input, output.write, errors.write}, flags, pid);
      error != 0) {
    return fail(error);
  }
  output.write.Close();
  errors.write.Close();

  ProgramEnd end;
  int status = 0;
  for (;;) {
    // Ask first whether the program has ended: everything that it wrote can be read then.
    const pid_t ended = waitpid(pid, &status, WNOHANG);
    Drain(output.read, end.output);
    Drain(errors.read, end.errors);
    if (ended == pid) break;
    if (ended < 0 && errno != EINTR) return fail(errno);
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0 && !end.timed_out) {
      end.timed_out = true;
      kill(pid, SIGKILL);
    }
    // If both pipes are closed, the program is about to end. After its end another process may
    // still hold them open, so no wait is long.
    const bool silent = !output.read && !errors.read;
    std::array<pollfd, 2> ends{{{output.read.get(), POLLIN, 0}, {errors.read.get(), POLLIN, 0}}};
    poll(ends.data(), ends.size(), silent ? 1 : 20);
  }
  end.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return end;
}

Result<StartedProgram> StartProgram(const Program& program, Code code, std::string_view what) {
  StartedProgram started;
  std::array<int, 2> ends{};
  const Fd errors(open("/dev/null", O_WRONLY | O_CLOEXEC));
  int error =
      errors && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0 ? 0 : errno;
  if (error == 0) {
    started.channel = Fd(ends[0]);
    const Fd theirs(ends[1]);
    error = Spawn(program, {theirs, theirs, errors}, POSIX_SPAWN_SETSID, started.pid);
  }
  if (error == 0) return started;
  return Finding{code, fmt::format("{} {}: {}", what, Quote(program.path), ErrorText(error))};
}

Result<std::string> SiblingProgram(std::string_view name, Code code) {
  std::string self(PATH_MAX, '\0');
  const ssize_t length = readlink("/proc/self/exe", self.data(), self.size());
  if (length <= 0) {
    return Finding{code, fmt::format("/proc/self/exe: {}", ErrorText(errno)),
                   "mount /proc where jobs run"};
  }
  self.resize(static_cast<std::size_t>(length));
  return (std::filesystem::path(self).parent_path() / name).string();
}

}  // namespace jobwarden
