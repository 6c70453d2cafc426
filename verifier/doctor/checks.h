#ifndef JOBWARDEN_VERIFIER_DOCTOR_CHECKS_H_
#define JOBWARDEN_VERIFIER_DOCTOR_CHECKS_H_

#include <vector>

#include "verifier/doctor/check.h"

namespace jobwarden {

// The functions of the table in check.cc, a file for each kind of thing.

// Of jobwarden's own: configuration, keys, clock.
std::vector<Diagnosis> LookAtConfiguration(const Patient& patient);
std::vector<Diagnosis> LookAtMode(const Patient& patient);
std::vector<Diagnosis> LookAtPrograms(const Patient& patient);
std::vector<Diagnosis> LookAtIssuers(const Patient& patient);
std::vector<Diagnosis> LookAtKeys(const Patient& patient);
std::vector<Diagnosis> LookAtPolicy(const Patient& patient);
std::vector<Diagnosis> LookAtClock(const Patient& patient);

// Of GitLab Runner.
std::vector<Diagnosis> LookAtGitLabStages(const Patient& patient);
std::vector<Diagnosis> LookAtGitLabFeatures(const Patient& patient);
std::vector<Diagnosis> LookAtGitLabCredentials(const Patient& patient);
std::vector<Diagnosis> LookAtGitLabVersion(const Patient& patient);

// Of GitHub's runner.
std::vector<Diagnosis> LookAtGitHubHooks(const Patient& patient);
std::vector<Diagnosis> LookAtGitHubContainers(const Patient& patient);
std::vector<Diagnosis> LookAtGitHubCredentials(const Patient& patient);
std::vector<Diagnosis> LookAtGitHubDiagnostics(const Patient& patient);
std::vector<Diagnosis> LookAtGitHubVersion(const Patient& patient);
std::vector<Diagnosis> LookAtGitHubListeners(const Patient& patient);
std::vector<Diagnosis> LookAtGitHubDebugger(const Patient& patient);

// Of the machine, and what jobs can reach on it.
std::vector<Diagnosis> LookAtIsolation(const Patient& patient);
std::vector<Diagnosis> LookAtPtrace(const Patient& patient);
std::vector<Diagnosis> LookAtGroups(const Patient& patient);
std::vector<Diagnosis> LookAtSudo(const Patient& patient);
std::vector<Diagnosis> LookAtAccounts(const Patient& patient);
std::vector<Diagnosis> LookAtSockets(const Patient& patient);
std::vector<Diagnosis> LookAtMetadata(const Patient& patient);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_CHECKS_H_
