#ifndef JOBWARDEN_VERIFIER_WIRING_GITHUB_SERVICES_H_
#define JOBWARDEN_VERIFIER_WIRING_GITHUB_SERVICES_H_

#include <string>
#include <vector>

namespace jobwarden {

/// A GitHub runner that is a service of this machine.
struct GitHubService {
  std::string folder;
  std::string user;  ///< as whom it runs
};

/// The services whose units the runner's own svc.sh has installed in `units`: of each folder one,
/// in the order of the units' names. A unit without an absolute WorkingDirectory is left out.
std::vector<GitHubService> GitHubServices(const std::string& units = "/etc/systemd/system");

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_WIRING_GITHUB_SERVICES_H_
