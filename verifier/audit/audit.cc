#include "verifier/audit/audit.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/audit/journal_entry.h"
#include "verifier/audit/recorded.h"
#include "verifier/base/text.h"
#include "verifier/metrics/counting.h"
#include "verifier/metrics/metrics_file.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kAuditFailed;
constexpr std::string_view kWhat = "audit file";

// The command that makes the file, or its folder, so that this user can append to it. Empty if no
// command is known to help: a change of an existing folder's owner could harm others.
std::string CommandFor(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path();
  const std::string user = geteuid() == 0 ? "root" : std::to_string(geteuid());
  struct stat st {};
  if (stat(folder.c_str(), &st) != 0) {
    return errno == ENOENT ? fmt::format("install -d -m 0755 -o {} {}", user, Quote(folder)) : "";
  }
  if (lstat(file.c_str(), &st) != 0) {
    if (errno != ENOENT || access(folder.c_str(), W_OK | X_OK) == 0) return "";
    return fmt::format("install -m 0600 -o {} /dev/null {}", user, Quote(file));
  }
  if (!S_ISREG(st.st_mode) || access(file.c_str(), W_OK) == 0) return "";
  return fmt::format("chown {} {}", user, Quote(file));
}

Status WithCommand(Status status, const AuditSettings& settings) {
  if (status) return status;
  if (std::string command = CommandFor(settings.file); !command.empty()) {
    status.findings().front().hint = std::move(command);
  }
  return status;
}

Status Both(Status a, Status b) {
  if (a) return b;
  if (!b) Append(a.findings(), std::move(b).findings());
  return a;
}

Status AppendToFile(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                    std::string_view line) {
  if (settings.file.empty()) return Ok();
  // Everything is done with one descriptor: a rotation may take the name away at any time.
  const auto fd = OpenToAppend(settings.file, kCode, kWhat);
  if (!fd) return WithCommand(fd.findings(), settings);
  if (auto status = AppendLine(*fd, settings.file, line, kCode, kWhat); !status) return status;
  return CheckWriters(*fd, settings.file, job_users, kCode, kWhat);
}

Status CheckFile(const AuditSettings& settings, const std::vector<uid_t>& job_users) {
  if (settings.file.empty()) return Ok();
  if (auto status = CheckAppend(settings.file, kCode, kWhat); !status) {
    return WithCommand(std::move(status), settings);
  }
  if (access(settings.file.c_str(), F_OK) != 0) {
    return CheckWritersOfPlace(settings.file, job_users, kCode, kWhat);
  }
  const auto fd = OpenFile(settings.file, kCode, kWhat);
  return fd ? CheckWriters(*fd, settings.file, job_users, kCode, kWhat) : Status(fd.findings());
}

}  // namespace

Status AppendAudit(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                   const Record& record) {
  if (settings.file.empty() && !settings.syslog) return Ok();
  const Record shown = ToBeRecorded(record, settings);
  const std::string line = WriteRecord(shown);
  return AppendAuditLine(settings, job_users, line, [&] { return JournalEntry(shown, line); });
}

Status AppendAuditLine(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                       std::string_view line, const MakeJournalEntry& entry) {
  return Both(AppendToFile(settings, job_users, line),
              settings.syslog ? SendToJournal(entry(), settings.journal, kCode) : Ok());
}

Status CheckAudit(const AuditSettings& settings, const std::vector<uid_t>& job_users) {
  return Both(CheckFile(settings, job_users),
              settings.syslog ? CheckJournal(settings.journal, kCode) : Ok());
}

Findings RecordDecision(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                        const Record& record) {
  auto recorded = AppendAudit(settings, job_users, record);
  const bool failed = !recorded;
  Findings findings;
  if (failed) {
    findings = std::move(recorded).findings();
    if (!settings.required) {
      findings = AsWarnings(std::move(findings));
    } else if (record.mode == "report") {
      findings = InReportMode(std::move(findings));
    }
  }
  Append(findings, UpdateMetrics(settings.metrics_file, [&](MetricSet& metrics) {
           CountDecision(metrics, record);
           if (failed) metrics.Add(Metric::kAuditFailures, {});
         }));
  return findings;
}

}  // namespace jobwarden
