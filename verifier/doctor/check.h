#ifndef JOBWARDEN_VERIFIER_DOCTOR_CHECK_H_
#define JOBWARDEN_VERIFIER_DOCTOR_CHECK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/config/config.h"
#include "verifier/config/document.h"
#include "verifier/os/user.h"

namespace jobwarden {

enum class Health { kOk, kWarning, kFailed };

/// `ok`, `warning`, `failed`.
std::string_view HealthName(Health health);

/// What one check saw.
struct Diagnosis {
  Health health = Health::kOk;
  std::string seen;
  std::string advice{};  ///< what to do; empty if all is well
  std::string id{};      ///< of the check; set by Examine
};

/// An address to which a connection is tried.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

/// Where to look.
struct Machine {
  std::string config_path;
  std::string gitlab_config;  ///< GitLab Runner's config.toml; empty: no GitLab Runner is here
  std::string github_folder;  ///< the folder of GitHub's runner; empty: none is here
  std::string root;           ///< is put before the system's own paths; empty but in tests
  Endpoint metadata{"169.254.169.254", 80};
  Endpoint debugger_relay{"global.rel.tunnels.api.visualstudio.com", 443};
};

/// A GitLab Runner's `[[runners]]` with the custom executor.
struct RunnerTable {
  std::string name;
  const Node* table = nullptr;
};

/// What the checks look at, read once.
struct Patient {
  Machine machine;
  std::optional<Config> config;  ///< absent if it cannot be read
  std::optional<Node> gitlab;    ///< config.toml; absent if there is none, or it is not TOML
  std::string gitlab_problem;    ///< why it cannot be read; empty: it can, or none is there
  std::vector<RunnerTable> runners;
  std::optional<User> github_user;  ///< as whom GitHub's runner runs
  std::vector<User> job_users;      ///< as whom jobs run; empty: unknown, or a wrapped driver's
  bool shares_user = false;         ///< jobs run as the user who runs the runner

  bool HasGitLab() const { return !machine.gitlab_config.empty(); }
  bool HasGitHub() const { return !machine.github_folder.empty(); }
  /// A path of the system's.
  std::string System(std::string_view path) const { return machine.root + std::string(path); }
};

/// One thing to look at. It returns nothing where there is no such thing on the machine.
struct Check {
  std::string_view id;     ///< stable: alerts depend on it
  std::string_view about;  ///< what is looked at
  std::vector<Diagnosis> (*look)(const Patient& patient);
};

/// All of them, in the order in which they are shown. docs/doctor.md describes each.
std::span<const Check> Checks();

/// Reads what the checks look at.
Patient Receive(const Machine& machine);

/// Makes all checks at the same time. Each question to the network is given up after 5 seconds, so
/// that this ends.
std::vector<Diagnosis> Examine(const Patient& patient);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_CHECK_H_
