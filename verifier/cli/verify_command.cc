#include "verifier/cli/verify_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/admission/admit.h"
#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/text.h"
#include "verifier/cli/choose_issuer.h"
#include "verifier/cli/print.h"
#include "verifier/cli/token_input.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/fetch/refresh.h"
#include "verifier/keys/key_cache.h"
#include "verifier/os/clock.h"
#include "verifier/os/file.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"
#include "verifier/review/facts_file.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxFactsBytes = 256 * 1024;

// The issuer whose rules the token must meet: the one that is named, the one whose url the token
// has, or the only one, so that all faults of the token can be listed.
Result<const Issuer*> ChooseIssuer(const Config& config, const std::string& name,
                                   std::string_view token) {
  if (!name.empty()) return IssuerNamed(config, name);
  const auto iss = PeekIssuer(token);
  const auto issuer = std::find_if(config.issuers.begin(), config.issuers.end(),
                                   [&](const Issuer& each) { return iss && each.url == *iss; });
  if (issuer != config.issuers.end()) return &*issuer;
  if (config.issuers.size() == 1) return &config.issuers.front();
  return Finding{Code::kIssuerMismatch,
                 "issuer: expected one of those configured, got " + (iss ? Quote(*iss) : "none"),
                 "name one with --issuer to see all faults of the token"};
}

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
  const auto issuer = ChooseIssuer(*config, options.issuer, token->view());
  if (!issuer) return fail(issuer.findings());

  Job job;
  job.bindable = false;
  job.provider = (*issuer)->provider;
  if (!options.facts_file.empty()) {
    const auto bytes =
        ReadFile(options.facts_file, kMaxFactsBytes, Code::kConfigInvalid, "facts file");
    if (!bytes) return fail(bytes.findings());
    auto facts = ParseFacts(*bytes, job.provider, "facts file " + Quote(options.facts_file));
    if (!facts) return fail(facts.findings());
    job = std::move(*facts);
  }

  const auto clock = [&] {
    return options.now ? std::chrono::sys_seconds(std::chrono::seconds(*options.now)) : SystemNow();
  };
  KeyCache keys(
      config->state_dir, std::vector<uid_t>(),
      [&](const Issuer& each) { return RefreshKeys(each, config->state_dir); }, SystemNow);
  keys.WhereUnwritable([noted = false](const Issuer& each, const Finding& why) mutable {
    if (!std::exchange(noted, true)) {
      fmt::print(stderr,
                 "jobwarden: note: the keys of issuer {} are fetched for this call only: {}\n",
                 Quote(each.name), why.message);
    }
    return FetchKeySet(each, SystemNow(), nullptr);
  });
  const Record record = Admit(job, InventoryOf(std::move(*token), **issuer), *config, keys, clock);
  if (options.json) return Answer(WriteRecord(record) + "\n", record.outcome);
  return AnswerPeople(record);
}

}  // namespace jobwarden
