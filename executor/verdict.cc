#include "executor/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/admission/verdict.h"
#include "verifier/base/encoding.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

bool IsAbout(const Record& record, const JobResponse& response) {
  if (record.job_id.empty() || record.job_id != response.job().job_id.value_or("")) return false;
  const std::string job_token = Sha256Hex(response.job_token());
  return std::all_of(record.tokens.begin(), record.tokens.end(), [&](const auto& token) {
    return token.kind != TokenKindName(TokenKind::kJobToken) || token.sha256 == job_token;
  });
}

}  // namespace

std::string VerdictPathIn(const std::string& job_folder) {
  return job_folder + "/verdict.json";
}

Result<Record> ReadJobVerdict(const std::string& job_folder, const JobResponse& response,
                              std::string_view stage) {
  const VerdictReader reader{
      fmt::format("stage {}: ", Quote(stage)),
      "is prepare_exec of this runner set to jobwarden-executor, with the argument prepare?"};
  auto record = ReadVerdict(VerdictPathIn(job_folder), reader);
  if (record && !IsAbout(*record, response)) {
    return NoVerdict(reader, "the verdict is about another job");
  }
  return record;
}

}  // namespace jobwarden
