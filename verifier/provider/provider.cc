#include "verifier/provider/provider.h"

#include "verifier/provider/profile.h"

namespace jobwarden {
namespace {

const Object* ClaimsOf(const SignedToken* token) {
  return token == nullptr ? nullptr : &token->claims();
}

}  // namespace

std::string_view ProviderName(Provider provider) {
  return provider == Provider::kGitLab ? "gitlab" : "github";
}

Findings CheckJobToken(Provider provider, const SignedToken& token) {
  return provider == Provider::kGitLab ? CheckJobTokenGitLab(token.claims())
                                       : CheckJobTokenGitHub(token.claims());
}

Findings Bind(Provider provider, const SignedToken& token, const Job& job) {
  return provider == Provider::kGitLab ? BindGitLab(token.claims(), job)
                                       : BindGitHub(token.claims(), job);
}

bool IsFork(Provider provider, const SignedToken* token, const Job& job) {
  return provider == Provider::kGitLab ? IsForkGitLab(ClaimsOf(token), job)
                                       : IsForkGitHub(ClaimsOf(token), job);
}

Object MakeFacts(Provider provider, const SignedToken* token, const Job& job) {
  return provider == Provider::kGitLab ? MakeFactsGitLab(ClaimsOf(token), job)
                                       : MakeFactsGitHub(ClaimsOf(token), job);
}

}  // namespace jobwarden
