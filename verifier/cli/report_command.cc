#include "verifier/cli/report_command.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/text.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/config/schema.h"
#include "verifier/history/audit_files.h"
#include "verifier/history/history.h"
#include "verifier/keys/stored_keys.h"
#include "verifier/os/clock.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/report/page.h"
#include "verifier/report/plain_text.h"
#include "verifier/report/reading.h"
#include "verifier/report/report.h"

namespace jobwarden {
namespace {

std::vector<ReportedKeys> StoredKeysOf(const Config& config) {
  std::vector<ReportedKeys> all;
  for (const Issuer& issuer : config.issuers) {
    ReportedKeys keys{issuer.name, std::nullopt, {}, "pinned in a file"};
    if (issuer.keys.file.empty()) {
      const auto stored = ReadStoredKeys(config.state_dir, issuer, {});
      if (stored) {
        keys.fetched_at = stored->fetched_at;
        keys.usable_until = stored->UsableUntil(issuer);
      } else {
        keys.problem = stored.findings().front().message;
      }
    }
    all.push_back(std::move(keys));
  }
  return all;
}

// On a terminal only, and gone when the work is done.
std::function<void(const HistoryProgress&)> ShowProgress() {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [](const HistoryProgress& progress) {
    const std::uint64_t all = std::max<std::uint64_t>(progress.all_bytes, 1);
    fmt::print(stderr, "\rjobwarden: {:3} %", progress.bytes * 100 / all);
    if (progress.bytes >= progress.all_bytes) fmt::print(stderr, "\r\033[K");
  };
}

// The configuration as far as it can be read, whoever may write it: nothing is decided by it.
Result<ConfigReading> ReadPolicy(const std::string& path) {
  const auto files = ReadConfigFiles(path);
  if (!files) return files.findings();
  return ReadConfig(*files);
}

int WritePage(const std::string& path, const std::string& page, Outcome outcome) {
  if (path == "-") return Answer(page, outcome);
  // The page is read by people, so it has the rights that this user gives to new files.
  const mode_t mask = umask(0);
  umask(mask);
  auto written = WriteFileAtomically(path, page, 0666 & ~mask, Code::kStateUnwritable, "page",
                                     Durability::kVolatile);
  if (!written) return Fail(written.findings());
  return ExitCodeOf(outcome);
}

}  // namespace

int RunReport(const std::string& config_path, bool config_given, const ReportOptions& options) {
  ReportInput input;
  input.now = SystemNow();
  const auto reading = ReadPolicy(config_path);
  std::vector<std::string> paths = options.files;
  if (!reading) {
    if (config_given) return Fail(reading.findings());
    input.no_policy = reading.findings().front().message;
  } else {
    input.policy = &reading->config.policy;
    input.keys = StoredKeysOf(reading->config);
    if (!reading->problems.empty()) {
      input.notes.push_back(
          fmt::format("{}: has mistakes: rules may be absent here", Quote(config_path)));
    }
    if (paths.empty() && !reading->config.audit.file.empty()) {
      paths.push_back(reading->config.audit.file);
    }
  }
  if (paths.empty()) {
    return Fail({{Code::kConfigInvalid, "no audit file", "name one, or set audit.file"}});
  }
  const auto files = AuditFiles(paths);
  if (!files) return Fail(files.findings());
  const auto since = options.since.empty() ? std::chrono::sys_seconds::min()
                                           : input.now - *ParseDuration(options.since);
  const ReportReading read = ReadForReport(*files, since, ShowProgress());
  PrintFindings(read.history.findings);
  for (const Finding& finding : read.history.findings) input.notes.push_back(finding.message);
  if (auto passed = DescribePassedOver(read.history.count); !passed.empty()) {
    input.notes.push_back(std::move(passed));
  }
  const Report report = MakeReport(read.tally, input);
  const Outcome outcome = OutcomeOf(read.history.findings);
  return options.html.empty() ? Answer(PlainText(report), outcome)
                              : WritePage(options.html, Page(report), outcome);
}

}  // namespace jobwarden
