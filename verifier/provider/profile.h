#ifndef JOBWARDEN_VERIFIER_PROVIDER_PROFILE_H_
#define JOBWARDEN_VERIFIER_PROVIDER_PROFILE_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/provider/job.h"

namespace jobwarden {

// What the providers' own files share, and what provider.cc calls of them. The functions that end
// in a provider's name do what provider.h says of the one without; `claims` is null without a
// token.

/// A claim as text: a string, or a whole number in decimal, for ids come as either. Nothing when it
/// is absent, null or of another type.
std::optional<std::string> ClaimText(const Object* claims, std::string_view name);

/// Checks that each of `ids` is a string or a whole number, and each of `texts` a string, and that
/// none is empty (REQUIRED_CLAIM_MISSING, CLAIM_INVALID).
Findings CheckRequired(const Object& claims, std::initializer_list<std::string_view> ids,
                       std::initializer_list<std::string_view> texts, std::string_view hint);

/// Collects what differs between a token's claims and the job.
class Comparison {
 public:
  explicit Comparison(const Object& claims) : claims_(claims) {}

  /// Notes a JOB_MISMATCH unless claim and job say the same, or one of them says nothing.
  void Same(std::string_view claim, const std::optional<std::string>& job);
  /// The same, but both must say it.
  void SameAndThere(std::string_view claim, const std::optional<std::string>& job);

  Findings Take() { return std::move(findings_); }

 private:
  void Note(std::string_view claim, const std::optional<std::string>& job);

  const Object& claims_;
  Findings findings_;
};

/// Collects facts, each from the first place that has it.
class FactList {
 public:
  FactList(const Object* claims, const Job& job);

  /// From the claim, else from the job.
  void Add(std::string_view fact, std::string_view claim, const std::optional<std::string>& job);
  void Add(std::string_view fact, const std::optional<std::string>& text);
  void Add(std::string_view fact, bool value) { facts_.Set(fact, value); }

  Object Take() { return std::move(facts_); }

 private:
  const Object* claims_;
  Object facts_;
};

Findings CheckJobTokenGitLab(const Object& claims);
Findings BindGitLab(const Object& claims, const Job& job);
bool IsForkGitLab(const Object* claims, const Job& job);
Object MakeFactsGitLab(const Object* claims, const Job& job);

Findings CheckJobTokenGitHub(const Object& claims);
Findings BindGitHub(const Object& claims, const Job& job);
bool IsForkGitHub(const Object* claims, const Job& job);
Object MakeFactsGitHub(const Object* claims, const Job& job);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_PROFILE_H_
