#include "verifier/cli/explain_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "verifier/admission/admit.h"
#include "verifier/admission/choose_issuer.h"
#include "verifier/admission/facts.h"
#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/cli/keys_for_call.h"
#include "verifier/cli/print.h"
#include "verifier/cli/recorded_decision.h"
#include "verifier/cli/token_input.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/os/file.h"
#include "verifier/review/explain.h"
#include "verifier/review/explain_report.h"
#include "verifier/review/recorded_job.h"
#include "verifier/review/unsigned_job.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;
constexpr std::size_t kMaxFileBytes = 256 * 1024;

Result<Object> ReadObject(const std::string& path, std::string_view what) {
  const auto bytes = ReadFile(path, kMaxFileBytes, kCode, what);
  if (!bytes) return bytes.findings();
  auto value =
      ParseJson(*bytes, {.max_bytes = kMaxFileBytes}, kCode, fmt::format("{} {}", what, path));
  if (!value) return std::move(value).findings();
  if (value->AsObject() == nullptr) {
    return Finding{
        kCode, fmt::format("{} {}: expected a JSON object, got {}", what, path, value->TypeName())};
  }
  return *value->AsObject();
}

// The claims of a token that nobody has verified.
Result<Object> DecodeClaims(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == token.npos ? first : token.find('.', first + 1);
  const auto payload = second == token.npos
                           ? std::nullopt
                           : DecodeBase64Url(token.substr(first + 1, second - first - 1));
  if (!payload) {
    return Finding{Code::kMalformedToken, "token: expected three parts of base64url"};
  }
  auto value = ParseJson(*payload, {.max_bytes = kMaxTokenBytes}, Code::kMalformedToken, "payload");
  if (!value) return std::move(value).findings();
  if (value->AsObject() == nullptr) {
    return Finding{Code::kMalformedToken, "payload: expected a JSON object"};
  }
  return *value->AsObject();
}

Result<Config> ReadPolicy(const std::string& path) {
  const auto files = ReadConfigFiles(path);
  return files ? ParseConfig(*files) : Result<Config>(files.findings());
}

// What the options say of the job beside its token or claims.
Result<JobDescription> Describe(const PolicyExplainOptions& options) {
  JobDescription description;
  description.provider = options.provider;
  description.issuer = options.issuer;
  description.other_audiences = options.audiences;
  if (!options.facts_file.empty()) {
    auto facts = ReadObject(options.facts_file, "facts file");
    if (!facts) return std::move(facts).findings();
    description.facts = *std::move(facts);
  }
  return description;
}

Result<JobToExplain> DescribedJob(const PolicyExplainOptions& options, const Config& config) {
  auto description = Describe(options);
  if (!description) return std::move(description).findings();
  if (!options.claims_file.empty()) {
    auto claims = ReadObject(options.claims_file, "claims file");
    if (!claims) return std::move(claims).findings();
    description->claims = *std::move(claims);
  }
  auto job = MakeUnsignedJob(*description, config);
  if (!job) return std::move(job).findings();
  JobToExplain asked;
  asked.proof = Proof::kUnsigned;
  asked.job = *std::move(job);
  return asked;
}

// The token's own audiences that are not its issuer's: the token is valid there too.
void AddOtherAudiences(JobDescription& description, const Issuer& issuer) {
  const Value* aud = description.claims->Find("aud");
  if (aud == nullptr || aud->AsArray() == nullptr) return;
  for (const Value& each : *aud->AsArray()) {
    const std::string* text = each.AsString();
    if (text != nullptr && !issuer.Expects(*text)) description.other_audiences.push_back(*text);
  }
}

Result<JobToExplain> JobOfToken(const PolicyExplainOptions& options, const Config& config) {
  auto description = Describe(options);
  if (!description) return std::move(description).findings();
  auto token = ReadToken(options.token);
  if (!token) return std::move(token).findings();
  auto claims = DecodeClaims(token->view());
  if (!claims) return std::move(claims).findings();
  const auto issuer = IssuerFor(config, options.issuer, token->view());
  if (!issuer) return issuer.findings();
  auto job = JobOfFacts(description->facts, (*issuer)->provider, "facts");
  if (!job) return std::move(job).findings();

  JobToExplain asked;
  asked.proof = Proof::kDecoded;
  if (!options.decode) {
    KeyCache keys = KeysForCall(config);
    asked.before = CheckIdTokens(*job, InventoryOf(std::move(*token), **issuer), config, keys,
                                 ClockAt(options.now));
    if (OutcomeOf(asked.before) == Outcome::kAllow) asked.proof = Proof::kVerified;
  }
  description->issuer = (*issuer)->name;
  description->claims = *std::move(claims);
  AddOtherAudiences(*description, **issuer);
  auto made = MakeUnsignedJob(*description, config);
  if (made) {
    asked.job = *std::move(made);
  } else {
    Append(asked.before, std::move(made).findings());
  }
  return asked;
}

// The answer about a decision if its policy is not there any more, or cannot be read.
int AnswerWithoutPolicy(const FoundDecision& found, Findings findings, bool json) {
  const Record& record = found.record;
  findings.front().hint =
      "only what was recorded can be said; the policy that decided had the "
      "policy_sha256 " +
      record.policy_sha256;
  if (!json) {
    (void)Answer(RecordText(record, found.requests), Outcome::kUsage);
    return Fail(findings);
  }
  Array all;
  for (const Finding& each : findings) all.push_back(FindingValue(each));
  auto recorded = ParseJson(WriteRecord(record),
                            {.max_bytes = std::size_t{8} << 20U, .max_depth = 24}, kCode, "record");
  return Answer(WriteJson(Object{{"format", 1},
                                 {"outcome", OutcomeName(Outcome::kUsage)},
                                 {"findings", std::move(all)},
                                 {"record", recorded ? *std::move(recorded) : Value()},
                                 {"requests", found.requests}}) +
                    "\n",
                Outcome::kUsage);
}

JobToExplain RecordedDecision(FoundDecision found, const Config& config) {
  JobToExplain asked;
  asked.proof = Proof::kRecorded;
  if (auto job = RecordedJob(found.record, config)) {
    asked.job = *std::move(job);
  } else {
    asked.before = std::move(job).findings();
  }
  asked.record = std::move(found.record);
  asked.requests = std::move(found.requests);
  return asked;
}

int AnswerExplanation(JobToExplain asked, const Config& config,
                      const PolicyExplainOptions& options) {
  asked.variables = options.variables;
  const Explanation explanation = Explain(std::move(asked), config);
  return Answer(options.json ? ExplanationJson(explanation, config) + "\n"
                             : ExplanationText(explanation, config),
                Outcome::kAllow);
}

}  // namespace

int RunPolicyExplain(const std::string& config_path, const PolicyExplainOptions& options) {
  auto config = ReadPolicy(config_path);
  if (options.id.empty()) {
    if (!config) return Fail(config.findings(), options.json);
    const bool of_token =
        options.token.from_stdin || !options.token.env.empty() || !options.token.file.empty();
    auto asked = of_token ? JobOfToken(options, *config) : DescribedJob(options, *config);
    if (!asked) return Fail(asked.findings(), options.json);
    return AnswerExplanation(*std::move(asked), *config, options);
  }
  std::vector<std::string> files = options.files;
  if (files.empty() && config && !config->audit.file.empty()) files.push_back(config->audit.file);
  if (files.empty()) {
    Findings findings{{kCode, "--id: no audit file is named, and the configuration has none",
                       "name it: jobwarden policy explain --id ID AUDIT"}};
    if (!config) Append(findings, config.findings());
    return Fail(findings, options.json);
  }
  auto found = FindDecision(options.id, files);
  if (!found) return Fail(found.findings(), options.json);
  if (!config) return AnswerWithoutPolicy(*found, config.findings(), options.json);
  return AnswerExplanation(RecordedDecision(*std::move(found), *config), *config, options);
}

}  // namespace jobwarden
