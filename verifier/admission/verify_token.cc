#include "verifier/admission/verify_token.h"

#include <utility>

#include "verifier/admission/choose_issuer.h"
#include "verifier/exposure/inventory.h"

namespace jobwarden {

Result<Record> VerifyToken(TokenQuestion question, const Config& config, KeySource& keys,
                           const Clock& clock) {
  const auto issuer = IssuerFor(config, question.issuer, question.token.view());
  if (!issuer) return issuer.findings();
  Job job;
  job.bindable = false;
  job.provider = (*issuer)->provider;
  if (question.facts) {
    auto facts = question.facts(job.provider);
    if (!facts) return std::move(facts).findings();
    job = *std::move(facts);
  }
  return Admit(job, InventoryOf(std::move(question.token), **issuer), config, keys, clock);
}

}  // namespace jobwarden
