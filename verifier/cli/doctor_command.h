#ifndef JOBWARDEN_VERIFIER_CLI_DOCTOR_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_DOCTOR_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// Runs `jobwarden doctor`. Returns the exit code: 0 if no check fails, 1 if one does.
int RunDoctor(const std::string& config_path, const DoctorOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_DOCTOR_COMMAND_H_
