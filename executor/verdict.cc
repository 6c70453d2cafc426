#include "executor/verdict.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhat = "verdict";
constexpr std::size_t kMaxVerdictBytes = 4'194'304;

std::string PathIn(const std::string& job_folder) {
  return job_folder + "/verdict.json";
}

// Every other reason for which a verdict does not count looks the same to who wired the runner.
Finding Missing(std::string_view stage, std::string_view why) {
  return Finding{Code::kVerdictMissing,
                 fmt::format("stage {}: {}", Quote(stage), why),
                 "is prepare_exec of this runner set to jobwarden-executor, with the argument "
                 "prepare?",
                 {},
                 false};
}

}  // namespace

Status WriteVerdict(const std::string& job_folder, const Record& record) {
  return WriteFileAtomically(PathIn(job_folder), WriteRecord(record), 0600, Code::kStateUnwritable,
                             kWhat, Durability::kVolatile);
}

Result<Record> ReadVerdict(const std::string& job_folder, const JobResponse& response,
                           std::string_view stage) {
  const std::string path = PathIn(job_folder);
  const auto fd = OpenFile(path, Code::kVerdictMissing, kWhat);
  if (!fd) return Missing(stage, "no verdict of this job");
  struct stat st {};
  if (fstat(fd->get(), &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
    return Missing(stage, "the verdict is not this user's own");
  }
  const auto line = ReadAll(*fd, path, kMaxVerdictBytes, Code::kVerdictMissing, kWhat);
  if (!line) return line.findings();
  auto record = ReadRecord(*line, Code::kVerdictMissing, kWhat);
  if (!record) return record;

  if (record->job_id.empty() || record->job_id != response.job().job_id.value_or("")) {
    return Missing(stage, "the verdict is about another job");
  }
  const std::string job_token = Sha256Hex(response.job_token());
  for (const auto& token : record->tokens) {
    if (token.kind == TokenKindName(TokenKind::kJobToken) && token.sha256 != job_token) {
      return Missing(stage, "the verdict is about another job");
    }
  }
  return record;
}

Status RemoveVerdict(const std::string& job_folder) {
  if (unlink(PathIn(job_folder).c_str()) == 0 || errno == ENOENT) return Ok();
  return Finding{Code::kStateUnwritable,
                 fmt::format("verdict {}: {}", Quote(PathIn(job_folder)), ErrorText(errno)),
                 "",
                 {},
                 false};
}

}  // namespace jobwarden
