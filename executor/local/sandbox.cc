#include "executor/local/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"
#include "verifier/os/tree_walk.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr std::array kPrograms{"/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"};
constexpr std::array kTrue{"/usr/bin/true", "/bin/true"};

// Not of the machine's own, or not of the job's business.
constexpr std::array<std::string_view, 8> kNotShown{"boot", "dev",  "home", "lost+found",
                                                    "proc", "root", "run",  "tmp"};
// Too much else lies beside a file in them for the folder to be hidden with it.
constexpr std::array<std::string_view, 4> kCommon{"/var/lib", "/var/log", "/var/opt", "/var/cache"};

template <class Programs>
std::optional<std::string> FirstOf(const Programs& programs) {
  for (const char* program : programs) {
    if (access(program, X_OK) == 0) return program;
  }
  return std::nullopt;
}

bool IsCommon(const fs::path& folder) {
  return std::distance(folder.begin(), folder.end()) <= 2 || IsBelow(folder, "/usr") ||
         std::find(kCommon.begin(), kCommon.end(), folder.string()) != kCommon.end();
}

// What is to be out of sight, as far as it would be in sight.
class Hidden {
 public:
  explicit Hidden(const JobPlace& place) : user_(place.user ? place.user->uid : geteuid()) {}

  void Folder(const std::string& path) { Add(path, false); }
  // With the folder that it lies in, if that is its own.
  void File(const std::string& path, bool alone = false) { Add(path, alone); }

  void AppendTo(std::vector<std::string>& command) {
    // The outer ones first: what lies below them is gone already.
    std::sort(paths_.begin(), paths_.end());
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const auto& path = paths_[i];
      const bool gone = std::any_of(paths_.begin(), paths_.begin() + static_cast<long>(i),
                                    [&](const fs::path& outer) { return IsBelow(path, outer); });
      if (gone) continue;
      std::error_code error;
      if (fs::is_directory(path, error)) {
        command.insert(command.end(), {"--tmpfs", path.string()});
      } else {
        command.insert(command.end(), {"--ro-bind", "/dev/null", path.string()});
      }
    }
  }

 private:
  void Add(const std::string& path, bool alone) {
    std::error_code error;
    fs::path whole = fs::canonical(path, error);
    if (error) return;
    const bool folder = fs::is_directory(whole, error);
    if (!folder && !alone && !IsCommon(whole.parent_path())) whole = whole.parent_path();
    if (folder && IsCommon(whole)) return;
    // Where the user cannot go it cannot mount either: then the folder that keeps it out is hidden.
    fs::path outer;
    for (const auto& name : whole) {
      outer /= name;
      struct stat st {};
      if (lstat(outer.c_str(), &st) != 0) return;
      if (S_ISDIR(st.st_mode) && (st.st_mode & S_IXOTH) == 0 && st.st_uid != user_) break;
    }
    const auto top = std::next(outer.begin());
    if (top == outer.end()) return;
    if (std::find(kNotShown.begin(), kNotShown.end(), top->string()) != kNotShown.end()) return;
    paths_.push_back(outer);
  }

  uid_t user_;
  std::vector<fs::path> paths_;
};

// The folders of this machine, each where it is, read-only.
void AppendMachine(std::vector<std::string>& command) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/", error)) {
    const std::string name = entry.path().filename();
    if (std::find(kNotShown.begin(), kNotShown.end(), name) != kNotShown.end()) continue;
    if (entry.is_symlink(error)) {
      command.insert(command.end(), {"--symlink", fs::read_symlink(entry, error), entry.path()});
    } else if (entry.is_directory(error)) {
      command.insert(command.end(), {"--ro-bind", entry.path(), entry.path()});
    }
  }
}

// Name servers are often listed in a file of /run, which /etc/resolv.conf is a link to.
void AppendNameServers(std::vector<std::string>& command) {
  std::error_code error;
  fs::path at = "/etc/resolv.conf";
  constexpr int kMaxLinks = 8;
  for (int i = 0; i < kMaxLinks && fs::is_symlink(at, error); ++i) {
    at = (at.parent_path() / fs::read_symlink(at, error)).lexically_normal();
    if (!IsBelow(at, "/run") && !IsBelow(at, "/var/run")) continue;
    const fs::path file = fs::canonical(at, error);
    if (!error) command.insert(command.end(), {"--ro-bind", file, at});
    return;
  }
}

std::string ReadSome(const Fd& from) {
  constexpr std::size_t kMaxBytes = 1'024;
  std::string text(kMaxBytes, '\0');
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < text.size();) {
    got = read(from.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got > 0)
      size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

Result<std::vector<std::string>> SandboxCommand(const Config& config, const JobPlace& place,
                                                const std::string& job_folder,
                                                const Environment& environment) {
  const auto program = FirstOf(kPrograms);
  if (!program) {
    return Finding{Code::kConfigInvalid,
                   fmt::format("executor.sandbox: there is no {}", kPrograms.front()),
                   "install bubblewrap, or set executor.sandbox = \"none\""};
  }
  std::vector<std::string> command{*program,
                                   "--unshare-pid",
                                   "--unshare-ipc",
                                   "--new-session",
                                   "--die-with-parent",
                                   "--cap-drop",
                                   "ALL"};
  AppendMachine(command);
  for (const auto& [option, path] :
       {std::pair("--proc", "/proc"), std::pair("--dev", "/dev"), std::pair("--tmpfs", "/run"),
        std::pair("--dir", "/home"), std::pair("--dir", "/root")}) {
    command.insert(command.end(), {option, path});
  }
  AppendNameServers(command);
  command.insert(command.end(), {"--bind", place.temporary, std::string(kSandboxTemporary)});
  if (access("/var/tmp", F_OK) == 0) command.insert(command.end(), {"--tmpfs", "/var/tmp"});

  Hidden hidden(place);
  hidden.Folder(job_folder);
  hidden.Folder(config.state_dir);
  hidden.Folder(config.executor.builds_dir);
  hidden.Folder(config.executor.cache_dir);
  hidden.Folder("/etc/gitlab-runner");
  hidden.File(
      std::string(environment.Get("CONFIG_FILE")));  // GitLab Runner's, where it is told one
  hidden.File(config.path);
  hidden.Folder(fs::path(config.path).parent_path() / "rules.d");
  if (!config.audit.file.empty()) hidden.File(config.audit.file);
  for (const Issuer& issuer : config.issuers) hidden.File(issuer.keys.file, true);
  hidden.AppendTo(command);

  // What is hidden may have been around these.
  const std::string home = HomeOf(place, environment);
  for (const auto& [source, path] :
       {std::pair(place.home, home), std::pair(place.builds, place.builds),
        std::pair(place.cache, place.cache)}) {
    command.insert(command.end(), {"--bind", source, path});
  }
  command.insert(command.end(), {"--chdir", std::string(kSandboxTemporary), "--"});
  return command;
}

Status TrySandbox(std::vector<std::string> sandbox, const JobPlace& place) {
  const auto failed = [](std::string_view why) {
    return Finding{
        Code::kConfigInvalid, fmt::format("executor.sandbox: cannot be built: {}", why),
        "see that users may make namespaces here (sysctl kernel.unprivileged_userns_clone, "
        "kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces), or set "
        "executor.sandbox = \"none\""};
  };
  std::optional<Identity> identity;
  if (place.user) {
    auto found = IdentityOf(*place.user, Code::kDriverFailed, "executor.run_as");
    if (!found) return std::move(found).findings();
    identity = *std::move(found);
  }
  sandbox.push_back(FirstOf(kTrue).value_or(kTrue.front()));
  const std::vector<char*> arguments = ExecVector(sandbox);
  std::array<char*, 1> no_environment{nullptr};
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return failed(ErrorText(errno));
  const Fd said(ends[0]);
  Fd says(ends[1]);
  const pid_t child = fork();
  if (child < 0) return failed(ErrorText(errno));
  if (child == 0) {
    const int error = identity ? AssumeIdentity(*identity) : 0;
    if (error != 0 || dup2(says.get(), STDERR_FILENO) < 0 || chdir("/") != 0) _exit(127);
    execve(arguments[0], arguments.data(), no_environment.data());
    _exit(127);
  }
  says.Close();
  const std::string why = ReadSome(said);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ok() : Status(failed(Quote(why)));
}

}  // namespace jobwarden
