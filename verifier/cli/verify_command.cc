#include "verifier/cli/verify_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "verifier/admission/facts.h"
#include "verifier/admission/record.h"
#include "verifier/admission/verify_token.h"
#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/cli/keys_for_call.h"
#include "verifier/cli/print.h"
#include "verifier/cli/token_input.h"
#include "verifier/config/config.h"
#include "verifier/keys/key_cache.h"
#include "verifier/os/file.h"
#include "verifier/provider/job.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxFactsBytes = 256 * 1024;

int AnswerPeople(const Record& record) {
  PrintFindings(record.findings);
  if (!record.bound) {
    fmt::print(stderr,
               "jobwarden: note: the token was not compared with a job; name the job's id with "
               "--facts\n");
  }
  if (record.outcome == Outcome::kAllow) {
    return Answer(fmt::format("allowed by rule {}\n", Quote(record.rule)), record.outcome);
  }
  return Answer(record.outcome == Outcome::kDeny ? "denied\n" : "not decided\n", record.outcome);
}

}  // namespace

int RunVerify(const std::string& config_path, const VerifyOptions& options) {
  const auto fail = [&](const Findings& findings) { return Fail(findings, options.json); };
  const auto config = LoadConfig(config_path, JobsRun::kElsewhere);
  if (!config) return fail(config.findings());
  PrintFindings(config->warnings);
  auto token = ReadToken(options.token);
  if (!token) return fail(token.findings());
  TokenQuestion question{*std::move(token), options.issuer, nullptr};
  if (!options.facts_file.empty()) {
    question.facts = [&](Provider provider) -> Result<Job> {
      const auto bytes =
          ReadFile(options.facts_file, kMaxFactsBytes, Code::kConfigInvalid, "facts file");
      if (!bytes) return bytes.findings();
      return ParseFacts(*bytes, provider, "facts file " + Quote(options.facts_file));
    };
  }

  KeyCache keys = KeysForCall(*config);
  const auto record = VerifyToken(std::move(question), *config, keys, ClockAt(options.now));
  if (!record) return fail(record.findings());
  if (options.json) return Answer(WriteRecord(*record) + "\n", record->outcome);
  return AnswerPeople(*record);
}

}  // namespace jobwarden
