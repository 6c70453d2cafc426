#include "verifier/provider/job_claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/provider/repository.h"

namespace jobwarden {
namespace {

const Value* FindClaim(const Object* claims, std::string_view name) {
  const Value* value = claims == nullptr ? nullptr : claims->Find(name);
  return value == nullptr || value->IsNull() ? nullptr : value;
}

}  // namespace

std::optional<std::string> ClaimText(const Object* claims, std::string_view name) {
  const Value* value = FindClaim(claims, name);
  if (value == nullptr) return std::nullopt;
  if (const std::string* text = value->AsString()) return *text;
  if (const std::optional<std::int64_t> number = value->AsInteger()) return std::to_string(*number);
  return std::nullopt;
}

Findings CheckRequired(const Object& claims, std::initializer_list<std::string_view> ids,
                       std::initializer_list<std::string_view> texts, std::string_view hint,
                       std::initializer_list<std::string_view> may_be_empty) {
  Findings findings;
  const auto check = [&](std::string_view name, std::string_view expected, const auto& will_do) {
    const Value* value = FindClaim(&claims, name);
    if (value != nullptr && will_do(*value)) return;
    const std::string got = BriefJson(value);
    findings.push_back({value == nullptr ? Code::kRequiredClaimMissing : Code::kClaimInvalid,
                        value == nullptr
                            ? fmt::format("{}: missing", name)
                            : fmt::format("{}: expected {}, got {}", name, expected, got),
                        std::string(hint),
                        {{std::string(name), Quote(expected), got}}});
  };
  const auto is_text = [](const Value& value) { return value.AsString() != nullptr; };
  const auto says_something = [&](const Value& value) {
    return is_text(value) && !value.AsString()->empty();
  };
  for (const std::string_view name : ids) {
    check(name, "an id", [&](const Value& v) { return v.AsInteger() || says_something(v); });
  }
  for (const std::string_view name : texts) check(name, "text", says_something);
  for (const std::string_view name : may_be_empty) check(name, "text", is_text);
  return findings;
}

void Comparison::Add(std::string_view claim, const std::optional<std::string>& job) {
  const std::string got = BriefJson(FindClaim(&claims_, claim));
  const std::string expected = job ? Quote(*job) : "null";
  findings_.push_back(
      {Code::kJobMismatch,
       job ? fmt::format("{}: expected {}, got {}", claim, expected, got)
           : fmt::format("{}: the runner does not say it, so the token is bound to nothing", claim),
       job ? "the token was made for another job; a job must bring its own"
           : "a token binds only to a job whose own ids are known; with --facts, name them there",
       {{std::string(claim), expected, got}}});
}

void Comparison::Same(std::string_view claim, const std::optional<std::string>& job) {
  if (job && FindClaim(&claims_, claim) != nullptr) SameAndThere(claim, job);
}

void Comparison::SameAndThere(std::string_view claim, const std::optional<std::string>& job) {
  if (!job || ClaimText(&claims_, claim) != job) Add(claim, job);
}

void Comparison::SameRepositoryAndThere(std::string_view claim,
                                        const std::optional<std::string>& job) {
  const auto name = ClaimText(&claims_, claim);
  if (!job || !name || !SameRepositoryName(*name, *job)) Add(claim, job);
}

FactList::FactList(const Object* claims, const Job& job) : claims_(claims) {
  constexpr std::size_t kMost = 16;
  facts_.members().reserve(kMost);
  Add("job_name", job.job_name);
  Add("image", job.image);
  // An empty list says that the job has no services. Where nobody knows that, the fact is absent.
  const bool unknown = !job.bindable || std::find(job.disputed.begin(), job.disputed.end(),
                                                  "services") != job.disputed.end();
  if (!unknown || !job.services.empty()) {
    facts_.Set("services", Array(job.services.begin(), job.services.end()));
  }
  if (const Value* is_protected = FindClaim(claims, "ref_protected")) {
    facts_.Set("ref_protected", *is_protected);
  } else if (job.ref_protected) {
    facts_.Set("ref_protected", *job.ref_protected);
  }
}

void FactList::Add(std::string_view fact, std::string_view claim,
                   const std::optional<std::string>& job) {
  if (const Value* value = FindClaim(claims_, claim)) {
    facts_.Set(fact, *value);
  } else {
    Add(fact, job);
  }
}

void FactList::Add(std::string_view fact, const std::optional<std::string>& text) {
  if (text) facts_.Set(fact, *text);
}

}  // namespace jobwarden
