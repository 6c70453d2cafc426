#ifndef JOBWARDEN_VERIFIER_DOCTOR_PROBE_H_
#define JOBWARDEN_VERIFIER_DOCTOR_PROBE_H_

#include <vector>

#include "verifier/doctor/check.h"

namespace jobwarden {

/// Plays jobs with bad tokens through the installed driver and hook, and demands that each is
/// refused, and that a job with a good token is not. See docs/doctor.md for what that proves.
///
/// The tokens are of an issuer that lives as long as the probe, in a throw-away folder with a
/// configuration of its own. Then the driver gets forged tokens of the real issuers under the real
/// configuration: their refusals are lines of the audit file, of project `jobwarden/probe`.
std::vector<Diagnosis> Probe(const Patient& patient);

/// Whether nobody but root and the caller can have changed a program that the probe is to start: a
/// job may have written its name.
Status CheckProbed(const std::string& program);

// The two halves, which a throw-away folder is given to.
std::vector<Diagnosis> ProbeGitLab(const Patient& patient, const std::string& folder);
std::vector<Diagnosis> ProbeGitHub(const Patient& patient, const std::string& folder);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_PROBE_H_
