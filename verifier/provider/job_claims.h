#ifndef JOBWARDEN_VERIFIER_PROVIDER_JOB_CLAIMS_H_
#define JOBWARDEN_VERIFIER_PROVIDER_JOB_CLAIMS_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/provider/job.h"

namespace jobwarden {

// What the providers' files share: reading a token's claims and comparing them with the job.

/// A claim as text: a string, or a whole number in decimal, because servers send ids as both.
/// Nothing when the claim is absent, null or of another type, and when there are no claims.
std::optional<std::string> ClaimText(const Object* claims, std::string_view name);

/// Checks that each of `ids` is a string or a whole number, and each of `texts` a string, and that
/// none is empty, except those of `may_be_empty`, which are texts too (REQUIRED_CLAIM_MISSING,
/// CLAIM_INVALID).
Findings CheckRequired(const Object& claims, std::initializer_list<std::string_view> ids,
                       std::initializer_list<std::string_view> texts, std::string_view hint,
                       std::initializer_list<std::string_view> may_be_empty = {});

/// Collects the differences between a token's claims and the job.
class Comparison {
 public:
  /// Does not own `claims`.
  explicit Comparison(const Object& claims) : claims_(claims) {}

  /// Adds a JOB_MISMATCH if claim and job both have a value and the values differ.
  void Same(std::string_view claim, const std::optional<std::string>& job);
  /// Adds a JOB_MISMATCH unless claim and job both have a value and the values are equal.
  void SameAndThere(std::string_view claim, const std::optional<std::string>& job);
  /// The same for the name of a GitHub repository.
  void SameRepositoryAndThere(std::string_view claim, const std::optional<std::string>& job);

  Findings Take() { return std::move(findings_); }

 private:
  void Add(std::string_view claim, const std::optional<std::string>& job);

  const Object& claims_;
  Findings findings_;
};

/// Collects facts. It begins with those that every job may have and no claim decides.
class FactList {
 public:
  /// Does not own `claims`, which are null where the job has no token.
  FactList(const Object* claims, const Job& job);

  /// Adds the claim; if it is absent, what the job says.
  void Add(std::string_view fact, std::string_view claim, const std::optional<std::string>& job);
  void Add(std::string_view fact, const std::optional<std::string>& text);
  void Add(std::string_view fact, bool value) { facts_.Set(fact, value); }

  Object Take() { return std::move(facts_); }

 private:
  const Object* claims_;
  Object facts_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_JOB_CLAIMS_H_
