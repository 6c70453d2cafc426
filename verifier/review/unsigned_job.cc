#include "verifier/review/unsigned_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verifier/admission/facts.h"
#include "verifier/base/text.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

Result<const Issuer*> IssuerOf(const JobDescription& description, const Config& config) {
  const std::string* iss = description.claims ? description.claims->FindString("iss") : nullptr;
  std::vector<const Issuer*> fitting;
  std::vector<std::string> names;
  for (const Issuer& issuer : config.issuers) {
    names.push_back(issuer.name);
    const bool fits = (description.issuer.empty() || issuer.name == description.issuer) &&
                      (!description.provider || issuer.provider == *description.provider) &&
                      (iss == nullptr || issuer.url == *iss);
    if (fits) fitting.push_back(&issuer);
  }
  if (fitting.size() == 1) return fitting.front();
  const std::string what = description.issuer.empty() ? "issuer" : Quote(description.issuer);
  return Finding{Code::kConfigInvalid,
                 fmt::format("{}: {} of the configured issuers fit", what,
                             fitting.empty() ? "none" : "several"),
                 fmt::format("name one of {}", QuoteAll(names))};
}

}  // namespace

Result<UnsignedJob> MakeUnsignedJob(const JobDescription& description, const Config& config) {
  UnsignedJob made;
  if (description.claims) {
    const auto issuer = IssuerOf(description, config);
    if (!issuer) return issuer.findings();
    made.issuer = (*issuer)->name;
    made.provider = (*issuer)->provider;
    made.claims = description.claims;
    if (made.claims->Find("iss") == nullptr) made.claims->Set("iss", (*issuer)->url);
    if (made.claims->Find("aud") == nullptr && !(*issuer)->audiences.empty()) {
      made.claims->Set("aud", (*issuer)->audiences.front());
    }
  } else {
    made.provider = description.provider ? *description.provider : config.issuers.front().provider;
  }
  auto job = JobOfFacts(description.facts, made.provider, "facts");
  if (!job) return job.findings();
  job->bindable = true;  // a runner's job, of which all facts are known that there are
  made.facts = FactsOfUnsigned(made.provider, made.claims ? &*made.claims : nullptr, *job,
                               config.own_events);
  made.other_audiences = description.other_audiences;
  return made;
}

}  // namespace jobwarden
