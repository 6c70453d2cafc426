#include "verifier/doctor/probe.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/file.h"
#include "verifier/os/process_stat.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

// Whether a worker of GitHub's is above this process: the hook would take it for its own.
bool IsInsideJob() {
  constexpr int kSteps = 32;
  pid_t above = getppid();
  for (int i = 0; i < kSteps && above > 1; ++i) {
    const auto stat = StatOf(above);
    if (!stat) return false;
    if (stat->name == "Runner.Worker") return true;
    above = stat->parent;
  }
  return false;
}

std::vector<Diagnosis> Within(const char* id, const Patient& patient,
                              std::vector<Diagnosis> (*probe)(const Patient&, const std::string&)) {
  std::string folder = "/tmp/jobwarden-probe-XXXXXX";
  std::vector<Diagnosis> all;
  if (mkdtemp(folder.data()) == nullptr) {
    all.push_back({Health::kFailed, fmt::format("{}: {}", folder, ErrorText(errno)),
                   "see that /tmp can be written"});
  } else {
    try {
      all = probe(patient, folder);
    } catch (const std::exception& error) {
      all.push_back({Health::kFailed, LibraryWords(error.what()),
                     "this is a fault of jobwarden: report it, with this line"});
    }
    if (!RemoveTree(folder)) {
      all.push_back({Health::kWarning, folder + " cannot be removed", "remove it"});
    }
  }
  for (Diagnosis& each : all) each.id = id;
  return all;
}

}  // namespace

Status CheckProbed(const std::string& program) {
  const auto fd = OpenFile(program, Code::kDriverFailed, "program");
  if (!fd) return fd.findings();
  return CheckWriters(*fd, program, std::nullopt, Code::kDriverFailed, "program");
}

std::vector<Diagnosis> Probe(const Patient& patient) {
  if (IsInsideJob()) {
    return {{Health::kFailed, "this is a GitHub job: the hook would end it",
             "start the probe by a timer, or by hand", "probe"}};
  }
  std::vector<Diagnosis> all;
  if (patient.HasGitLab()) all = Within("probe-gitlab", patient, ProbeGitLab);
  if (patient.HasGitHub()) {
    for (Diagnosis& each : Within("probe-github", patient, ProbeGitHub)) {
      all.push_back(std::move(each));
    }
  }
  if (all.empty()) {
    all.push_back({Health::kFailed, "there is no runner to probe",
                   "name it with --gitlab CONFIG.toml or --github RUNNER_DIR", "probe"});
  }
  return all;
}

}  // namespace jobwarden
