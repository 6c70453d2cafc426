#include "verifier/admission/admit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/admission/decision_id.h"
#include "verifier/base/result.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/policy/decision.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/provider.h"
#include "verifier/token/algorithm.h"
#include "verifier/token/claims.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/signed_token.h"

namespace jobwarden {
namespace {

// One of the job's id_tokens on its way from text to claims.
struct Candidate {
  const Token* token;
  const Issuer* issuer;
  std::optional<CompactToken> compact;
  std::optional<Keys> keys;
  std::optional<SignedToken> proven;
  std::vector<std::string> audiences;

  bool IsForUs() const {
    return std::any_of(audiences.begin(), audiences.end(),
                       [this](const std::string& each) { return issuer->Expects(each); });
  }
};

// Adds the findings of one token. Each message begins with the variable that holds the token.
void AddFindings(Findings& all, const Token& token, Findings more) {
  for (Finding& finding : more) {
    if (!token.names.empty()) {
      finding.message = fmt::format("{}: {}", QuoteName(token.names.front()), finding.message);
    }
    all.push_back(std::move(finding));
  }
}

// Two issuers may share a url and differ in their audiences. Then the token's audience chooses.
const Issuer* IssuerOf(const Token& token, const std::vector<Issuer>& issuers) {
  const Issuer* named = nullptr;
  for (const Issuer& issuer : issuers) {
    if (issuer.name == token.issuer) named = &issuer;
  }
  if (named == nullptr) return nullptr;
  for (const Issuer& issuer : issuers) {
    if (issuer.url != named->url) continue;
    for (const std::string& audience : token.audiences) {
      if (issuer.Expects(audience)) return &issuer;
    }
  }
  return named;
}

std::vector<Candidate> FindCandidates(const Inventory& inventory, const Config& config) {
  std::vector<Candidate> candidates;
  for (const Token& token : inventory.tokens) {
    if (token.kind != TokenKind::kIdToken) continue;
    if (const Issuer* issuer = IssuerOf(token, config.issuers)) {
      candidates.push_back({&token, issuer, {}, {}, {}, {}});
    }
  }
  return candidates;
}

// Steps 1 and 2 of verification, and the keys for step 3.
//
// If a key set lacks a key that this check asked for, the set is as new as the check; and an issuer
// that could not be reached will not answer a moment later. Neither is asked again, because each
// new `kid` may wait for a cooldown.
void ParseAndGetKeys(std::vector<Candidate>& candidates, KeySource& source, Findings& findings) {
  struct Answer {
    Result<Keys> keys;
    bool is_last;
  };
  std::map<std::string_view, Answer> answers;
  for (Candidate& candidate : candidates) {
    auto compact = CompactToken::Parse(candidate.token->value.view());
    if (!compact) {
      AddFindings(findings, *candidate.token, std::move(compact).findings());
      continue;
    }
    candidate.compact = std::move(*compact);
    const std::string& kid = candidate.compact->kid();
    auto answer = answers.find(candidate.issuer->name);
    if (answer == answers.end() ||
        (!answer->second.is_last && !answer->second.keys->set.Has(kid))) {
      auto keys = source.Get(*candidate.issuer, kid);
      Append(findings, keys ? keys->warnings : keys.findings());
      const bool is_last = !keys || !keys->set.Has(kid);
      answer =
          answers.insert_or_assign(candidate.issuer->name, Answer{std::move(keys), is_last}).first;
    }
    if (answer->second.keys) candidate.keys = *answer->second.keys;
  }
}

// Steps 3 to 6: signature, claims, the claims of a job's token, binding.
void Verify(Candidate& candidate, const Job& job, bool several_servers,
            std::chrono::sys_seconds now, Findings& findings) {
  if (!candidate.compact || !candidate.keys) return;
  const Issuer& issuer = *candidate.issuer;
  const auto add = [&](Findings more) { AddFindings(findings, *candidate.token, std::move(more)); };
  auto proven = SignedToken::Verify(*candidate.compact, candidate.keys->set, issuer.algorithms);
  if (!proven) return add(std::move(proven).findings());
  candidate.proven = std::move(*proven);

  add(CheckClaims(*candidate.proven, {issuer.url, issuer.leeway, issuer.max_lifetime}, now));
  if (auto audiences = AudiencesOf(*candidate.proven)) {
    candidate.audiences = std::move(*audiences);
  } else {
    add(std::move(audiences).findings());
  }
  add(CheckJobToken(issuer.provider, *candidate.proven));
  if (!job.bindable) return;
  if (several_servers && job.server_url && *job.server_url != issuer.server_url) {
    add({{Code::kIssuerMismatch,
          fmt::format("server: expected {}, got {}", Quote(issuer.server_url),
                      Quote(*job.server_url)),
          "the token is of another CI server than the job",
          {{"server_url", Quote(issuer.server_url), Quote(*job.server_url)}}}});
  }
  // What was requested for another audience did not come for this request.
  add(Bind(issuer.provider, *candidate.proven, job,
           candidate.IsForUs() ? job.token_origin : TokenOrigin::kFound));
}

// The findings for a job with tokens of our issuers of which none is for this runner.
Findings NoneForUs(const std::vector<Candidate>& candidates) {
  std::vector<std::string> others;     // for the reader: audience and variable
  std::vector<std::string> audiences;  // for the evidence
  for (const Candidate& candidate : candidates) {
    if (candidate.audiences.empty()) continue;
    audiences.insert(audiences.end(), candidate.audiences.begin(), candidate.audiences.end());
    const std::string name = candidate.token->names.empty()
                                 ? ""
                                 : fmt::format(" ({})", QuoteName(candidate.token->names.front()));
    others.push_back(QuoteAll(candidate.audiences) + name);
  }
  if (others.empty()) return {};
  const std::vector<std::string>& ours = candidates.front().issuer->audiences;
  Findings findings;
  // A token without a job (`jobwarden verify`) is wrong, but not missing.
  if (!candidates.front().token->names.empty()) {
    findings.push_back({Code::kTokenMissing, "the job carries no id_token for this runner",
                        "add one under id_tokens, with this runner's audience"});
  }
  findings.push_back(
      {Code::kAudienceMismatch,
       fmt::format("audience: expected {}{}, got {}", ours.size() > 1 ? "one of " : "",
                   QuoteAll(ours), Join(others, ", ")),
       "give the id_token this runner's audience in aud",
       {{"aud", '[' + QuoteAll(ours) + ']', '[' + QuoteAll(audiences) + ']'}}});
  return findings;
}

// The facts that the job's variables leave ambiguous and the token does not decide.
std::vector<std::string> Disputed(const Job& job, const Object& facts) {
  std::vector<std::string> disputed;
  for (const std::string& name : job.disputed) {
    if (facts.Find(name) == nullptr) disputed.push_back(name);
  }
  return disputed;
}

Record::TokenFacts Describe(const Candidate& candidate) {
  const Object& claims = candidate.proven->claims();
  const std::string* jti = claims.FindString("jti");
  const Value* exp = claims.Find("exp");
  return {candidate.token->sha256, jti == nullptr ? "" : *jti, candidate.proven->kid(),
          std::string(AlgorithmName(candidate.proven->algorithm())),
          exp == nullptr ? 0 : exp->AsInteger().value_or(0)};
}

// The job's id_tokens, each verified as far as possible.
struct Verified {
  std::vector<Candidate> candidates;
  std::chrono::sys_seconds now;  // read once, after the keys are there
  Findings findings;
};

Verified VerifyAll(const Job& job, const Inventory& inventory, const Config& config,
                   KeySource& keys, const Clock& clock) {
  Verified all;
  all.candidates = FindCandidates(inventory, config);
  ParseAndGetKeys(all.candidates, keys, all.findings);
  all.now = clock();
  const bool several_servers =
      std::count_if(config.issuers.begin(), config.issuers.end(),
                    [&](const Issuer& issuer) { return issuer.provider == job.provider; }) > 1;
  for (Candidate& candidate : all.candidates) {
    Verify(candidate, job, several_servers, all.now, all.findings);
  }
  return all;
}

Finding LegacyWarning(const Token& token) {
  return {Code::kLegacyToken,
          fmt::format("the job carries the legacy token {}", QuoteName(token.names.front())),
          "replace it by an id_token with an audience"};
}

// A record with what is known of every job.
Record Begin(const Job& job, const Config& config, std::chrono::sys_seconds now) {
  Record record;
  record.id = NewDecisionId();
  record.time = now;
  record.mode = config.mode == Mode::kReport ? "report" : "enforce";
  record.enforced = config.mode == Mode::kEnforce;
  record.policy_sha256 = config.policy_sha256;
  if (config.pulled) record.policy_serial = config.pulled->serial;
  record.job_id = job.job_id ? *job.job_id : job.run_id.value_or("");
  record.job_project = job.project_path ? *job.project_path : job.repository.value_or("");
  return record;
}

void Take(const Decision& decision, Record& record) {
  record.outcome = decision.outcome();
  record.rule = decision.rule();
  record.findings = decision.findings();
}

}  // namespace

Findings PolicyProblems(const Config& config, std::chrono::sys_seconds now) {
  if (!config.pulled || now < config.pulled->expires) return config.pull_problems;
  return {{Code::kPolicyExpired,
           fmt::format("the pulled policy with serial {} expired at {}", config.pulled->serial,
                       TimeText(config.pulled->expires)),
           "sign a new policy; if there is one, see why jobwarden policy pull does not get it"}};
}

bool Strips(const Record& record, const Config& config) {
  return record.enforced && !config.exposure.report_only;
}

Record RefuseWithoutToken(const Job& job, const Config& config, Findings reasons,
                          const Clock& clock) {
  Record record = Begin(job, config, clock());
  record.provider = ProviderName(job.provider);
  record.facts = MakeFacts(job.provider, nullptr, job, config.own_events);
  Take(Refuse(std::move(reasons)), record);
  return record;
}

Record Admit(const Job& job, const Inventory& inventory, const Config& config, KeySource& keys,
             const Clock& clock) {
  const auto begin = std::chrono::steady_clock::now();
  auto [candidates, now, findings] = VerifyAll(job, inventory, config, keys, clock);

  // The job's token is the first one for us; if there is none, the first one with a good signature.
  // So a job whose token has the wrong audience is told all other faults too.
  const Candidate* main = nullptr;
  std::vector<std::string> other_audiences;
  bool any_for_us = false;
  for (const Candidate& candidate : candidates) {
    if (!candidate.proven) continue;
    // A token with our audience and another one is valid at the other place too.
    for (const std::string& audience : candidate.audiences) {
      if (!candidate.issuer->Expects(audience)) other_audiences.push_back(audience);
    }
    if (main == nullptr || (candidate.IsForUs() && !any_for_us)) main = &candidate;
    any_for_us = any_for_us || candidate.IsForUs();
  }
  if (!any_for_us) Append(findings, NoneForUs(candidates));
  for (const Token& token : inventory.tokens) {
    if (token.kind == TokenKind::kLegacy) findings.push_back(LegacyWarning(token));
  }

  Record record = Begin(job, config, now);
  record.bound = job.bindable && main != nullptr;
  for (const Token& token : inventory.tokens) {
    record.tokens.push_back({std::string(TokenKindName(token.kind)), token.sha256, token.names,
                             token.audiences, token.locations});
  }

  const Provider provider = main == nullptr ? job.provider : main->issuer->provider;
  const SignedToken* proven = main == nullptr ? nullptr : &*main->proven;
  record.provider = ProviderName(provider);
  record.facts = MakeFacts(provider, proven, job, config.own_events);
  if (main != nullptr) {
    record.issuer = main->issuer->name;
    record.claims = proven->claims();
    record.token = Describe(*main);
  }

  // A job whose tokens could not be verified is not tokenless. There are no claims for the rules,
  // and a denial by a rule would hide that the keys were missing.
  const bool unverified = main == nullptr && !candidates.empty();
  Findings without_policy = PolicyProblems(config, now);
  const bool undecided = unverified || !without_policy.empty();
  Append(findings, std::move(without_policy));
  const Decision decision =
      undecided
          ? Refuse(std::move(findings))
          : Decide(config.policy,
                   {record.issuer, main == nullptr ? nullptr : &record.claims, &record.facts,
                    std::move(other_audiences), Disputed(job, record.facts), job.owner_unread},
                   std::move(findings));
  Take(decision, record);
  record.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begin);
  return record;
}

CheckedToken CheckToken(Secret token, const Issuer& issuer, const Config& config, KeySource& keys,
                        const Clock& clock) {
  Job job;
  job.provider = issuer.provider;
  job.bindable = false;
  const Inventory inventory = InventoryOf(std::move(token), issuer);
  Verified all = VerifyAll(job, inventory, config, keys, clock);
  Candidate& only = all.candidates.front();
  if (!only.IsForUs()) Append(all.findings, NoneForUs(all.candidates));
  return {std::move(only.proven), std::move(all.findings)};
}

Findings CheckIdTokens(const Job& job, const Inventory& inventory, const Config& config,
                       KeySource& keys, const Clock& clock) {
  Verified all = VerifyAll(job, inventory, config, keys, clock);
  Findings& findings = all.findings;
  if (all.candidates.empty()) {
    findings.push_back({Code::kTokenMissing, "no id_token of a configured issuer"});
  }
  for (const Candidate& candidate : all.candidates) {
    const Issuer& issuer = *candidate.issuer;
    const bool alone =
        std::all_of(candidate.audiences.begin(), candidate.audiences.end(),
                    [&](const std::string& audience) { return issuer.Expects(audience); });
    if (alone) continue;
    AddFindings(findings, *candidate.token,
                {{Code::kAudienceMismatch,
                  fmt::format("audience: expected {} alone, got {}", QuoteAll(issuer.audiences),
                              QuoteAll(candidate.audiences)),
                  "",
                  {{"aud", '[' + QuoteAll(issuer.audiences) + ']',
                    '[' + QuoteAll(candidate.audiences) + ']'}}}});
  }
  return std::move(all.findings);
}

}  // namespace jobwarden
