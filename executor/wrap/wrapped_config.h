#ifndef JOBWARDEN_EXECUTOR_WRAP_WRAPPED_CONFIG_H_
#define JOBWARDEN_EXECUTOR_WRAP_WRAPPED_CONFIG_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "verifier/base/result.h"

namespace jobwarden {

inline constexpr std::size_t kMaxConfigAnswerBytes = std::size_t{1024} * 1024;

/// The answer of our `config` to GitLab Runner, on one line, made from the answer of the wrapped
/// driver's `config`: all its members, unknown ones too, with our name and version in front of the
/// driver's. GitLab Runner shows both at the head of the job log, and uses them for nothing else.
///
/// Nothing at all is an answer. DRIVER_FAILED, with the hint what to print, for text that is not
/// one strict JSON object, for a member of another type than GitLab Runner reads, and for a
/// `job_env` that sets what GitLab Runner sets for each call (TMPDIR, JOB_RESPONSE_FILE …): the
/// driver's value would win, and with it another folder than this job's.
Result<std::string> WrappedConfigAnswer(std::string_view said);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_WRAP_WRAPPED_CONFIG_H_
