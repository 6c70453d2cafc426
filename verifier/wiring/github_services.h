#ifndef JOBWARDEN_VERIFIER_WIRING_GITHUB_SERVICES_H_
#define JOBWARDEN_VERIFIER_WIRING_GITHUB_SERVICES_H_

#include <string>
#include <vector>

namespace jobwarden {

/// The folders of the GitHub runners that are services of this machine: the WorkingDirectory of
/// the units that the runner's own svc.sh has installed in `units`, each once, in the order of the
/// units' names. A unit without an absolute folder is left out.
std::vector<std::string> GitHubRunnerFolders(const std::string& units = "/etc/systemd/system");

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_WIRING_GITHUB_SERVICES_H_
