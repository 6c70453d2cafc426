#ifndef JOBWARDEN_EXECUTOR_LOCAL_SANDBOX_ROOT_H_
#define JOBWARDEN_EXECUTOR_LOCAL_SANDBOX_ROOT_H_

#include <filesystem>
#include <string>
#include <vector>

namespace jobwarden {

/// Where a job in a sandbox finds its TMPDIR, and starts.
inline constexpr std::string_view kSandboxTemporary = "/tmp";

/// Whether a sandbox shows at this path what the machine has there, as far as nothing covers it.
/// It does not show /home, /root, /boot, /run, /dev, /proc, /tmp and /var/tmp: these are the
/// sandbox's own. The path is absolute, normal and free of links.
bool IsShownInSandbox(const std::filesystem::path& path);

/// The path without links, as a process in the sandbox would follow them. What is not there stays
/// as it is. The path is absolute.
std::filesystem::path PathInSandbox(const std::filesystem::path& path);

/// Adds bubblewrap's arguments for the root of the sandbox: the folders of this machine, each where
/// it is, read-only; and the sandbox's own, new and empty, but for `temporary`, which becomes /tmp.
void AppendSandboxRoot(const std::string& temporary, std::vector<std::string>& command);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_SANDBOX_ROOT_H_
