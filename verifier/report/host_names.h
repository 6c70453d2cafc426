#ifndef JOBWARDEN_VERIFIER_REPORT_HOST_NAMES_H_
#define JOBWARDEN_VERIFIER_REPORT_HOST_NAMES_H_

#include <map>
#include <string>
#include <vector>

namespace jobwarden {

/// A host's name for each audit file: a fleet's files are mostly `HOST/audit.jsonl` or
/// `HOST.jsonl`. What logrotate made of a file belongs to the same host. If the short names do not
/// tell the files apart, their paths are the names.
std::map<std::string, std::string> HostNames(const std::vector<std::string>& files);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REPORT_HOST_NAMES_H_
