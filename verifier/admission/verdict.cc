#include "verifier/admission/verdict.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhat = "verdict";
constexpr std::size_t kMaxVerdictBytes = std::size_t{4} << 20U;

}  // namespace

Finding NoVerdict(const VerdictReader& reader, std::string_view why) {
  return {Code::kVerdictMissing, fmt::format("{}{}", reader.asks, why), reader.hint};
}

Status WriteVerdict(const std::string& path, const Record& record) {
  return WriteFileAtomically(path, WriteRecord(record), 0600, Code::kStateUnwritable, kWhat,
                             Durability::kVolatile);
}

Result<Record> ReadVerdict(const std::string& path, const VerdictReader& reader) {
  const auto fd = OpenFile(path, Code::kVerdictMissing, kWhat);
  if (!fd) return NoVerdict(reader, "no verdict of this job");
  struct stat st {};
  if (fstat(fd->get(), &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
    return NoVerdict(reader, "the verdict is not this user's own");
  }
  const auto line = ReadAll(*fd, path, kMaxVerdictBytes, Code::kVerdictMissing, kWhat);
  if (!line) return line.findings();
  return ReadRecord(*line, Code::kVerdictMissing, kWhat);
}

Status RemoveVerdict(const std::string& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return Ok();
  return Finding{Code::kStateUnwritable,
                 fmt::format("{} {}: {}", kWhat, Quote(path), ErrorText(errno))};
}

}  // namespace jobwarden
