#include "verifier/audit/audit.h"

#include <string_view>

#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhat = "audit file";

}  // namespace

Status AppendAudit(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                   const Record& record) {
  if (settings.file.empty()) return Ok();
  if (auto status = AppendLine(settings.file, WriteRecord(record), Code::kAuditFailed, kWhat);
      !status) {
    return status;
  }
  const auto fd = OpenFile(settings.file, Code::kAuditFailed, kWhat);
  if (!fd) return fd.findings();
  return CheckWriters(*fd, settings.file, job_users, Code::kAuditFailed, kWhat);
}

Findings RecordDecision(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                        const Record& record) {
  auto recorded = AppendAudit(settings, job_users, record);
  if (recorded) return {};
  return settings.required ? recorded.findings() : AsWarnings(recorded.findings());
}

}  // namespace jobwarden
