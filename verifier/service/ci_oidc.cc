#include "verifier/service/ci_oidc.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verifier/admission/admit.h"
#include "verifier/admission/choose_issuer.h"
#include "verifier/base/text.h"
#include "verifier/os/clock.h"
#include "verifier/provider/repository.h"
#include "verifier/service/body.h"
#include "verifier/service/json_answer.h"
#include "verifier/service/validation.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

// What a request may expect of a provider's token.
struct Expectation {
  Provider provider;
  std::string_view field;
  std::string_view claim;
  std::string_view code;
  bool without_case = false;
};
constexpr Expectation kExpectations[] = {
    {Provider::kGitHub, "expected_repository", "repository", "GITHUB_REPO_MISMATCH", true},
    {Provider::kGitHub, "expected_ref", "ref", "GITHUB_REF_MISMATCH"},
    {Provider::kGitLab, "expected_project_path", "project_path", "GITLAB_PROJECT_MISMATCH"},
    {Provider::kGitLab, "expected_ref", "ref", "GITLAB_REF_MISMATCH"},
    {Provider::kGitLab, "expected_ref_protected", "ref_protected",
     "GITLAB_REF_PROTECTION_MISMATCH"},
};

std::optional<Provider> ReadProvider(Body& body) {
  const std::string* name = body.Text("provider", Body::Need::kRequired);
  if (name == nullptr) return std::nullopt;
  if (*name == "github_actions") return Provider::kGitHub;
  if (*name == "gitlab") return Provider::kGitLab;
  body.Fail("provider", "literal_error", "Input should be 'github_actions' or 'gitlab'");
  return std::nullopt;
}

struct Expected {
  const Expectation* what;
  std::string value;
};

std::vector<Expected> ReadExpected(Body& body, std::optional<Provider> provider) {
  std::vector<Expected> all;
  for (const Expectation& each : kExpectations) {
    if (!provider || each.provider != *provider) continue;
    const std::string* text = body.Text(each.field);
    if (text == nullptr) continue;
    if (each.claim == "ref_protected" && *text != "true" && *text != "false") {
      body.Fail(each.field, "literal_error", "Input should be 'true' or 'false'");
    }
    all.push_back({&each, *text});
  }
  return all;
}

bool Meets(const Value* claim, const Expected& expected) {
  if (claim == nullptr) return false;
  // GitLab sends "true" as a string.
  if (const auto boolean = claim->AsBool()) return (*boolean ? "true" : "false") == expected.value;
  const std::string* text = claim->AsString();
  if (text == nullptr) return false;
  return expected.what->without_case ? SameRepositoryName(*text, expected.value)
                                     : *text == expected.value;
}

// The answer for a token that does not even claim to be of an issuer of `config`.
std::optional<HttpResponse> OtherIssuer(std::string_view token, const Config& config) {
  const auto iss = PeekIssuer(token);
  if (!iss) return std::nullopt;
  std::vector<std::string> urls;
  for (const Issuer& each : config.issuers) urls.push_back(each.url);
  if (std::find(urls.begin(), urls.end(), *iss) != urls.end()) return std::nullopt;
  const std::string expected = QuoteAll(urls);
  return Validation({{Code::kIssuerMismatch,
                      fmt::format("iss: expected {}{}, got {}", urls.size() > 1 ? "one of " : "",
                                  expected, Quote(*iss)),
                      "",
                      {{"iss", '[' + expected + ']', Quote(*iss)}}}},
                    false)
      .Answer();
}

}  // namespace

HttpReply ValidateCiOidc(const Site& site, std::string_view bytes, AskedKeys& keys,
                         bool is_last_try) {
  Body body(bytes);
  Secret token = body.TakeSecret("token", Body::Need::kRequired);
  const auto provider = ReadProvider(body);
  const auto expected = ReadExpected(body, provider);
  if (provider) body.RefuseOthers();
  if (!body.good()) return body.Refusal();

  const Config& config = site.of_provider.at(*provider);
  if (config.issuers.empty()) {
    return ErrorAnswer(422, "ISSUER_NOT_CONFIGURED",
                       "provider: no issuer of this provider is configured here",
                       "add an [[issuer]] to the service's configuration");
  }
  const auto issuer = IssuerFor(config, "", token.view());
  if (!issuer) {
    // A text that is no token at all is told so, and not that its issuer is unknown.
    if (const auto form = CompactToken::Parse(token.view()); !form) {
      if (const int status = FaultStatus(form.findings())) {
        return ErrorAnswer(status, form.findings());
      }
    }
    return Validation(issuer.findings(), false).Answer();
  }
  const CheckedToken checked = CheckToken(token.Clone(), **issuer, config, keys, SystemNow);
  if (!checked.proven) {
    // A token of somebody else's is no reason to ask this issuer for keys.
    if (auto other = OtherIssuer(token.view(), config)) return *std::move(other);
  }
  if (MustWait(keys, is_last_try)) return keys.Wait();
  if (const int status = FaultStatus(checked.findings)) {
    return ErrorAnswer(status, checked.findings);
  }
  Validation validation(checked.findings, checked.proven.has_value());
  if (checked.proven) {
    for (const Expected& each : expected) {
      const Value* claim = checked.proven->claims().Find(each.what->claim);
      if (!Meets(claim, each)) {
        validation.AddMismatch(each.what->code, each.what->claim, claim, each.value);
      }
    }
  }
  return validation.Answer();
}

}  // namespace jobwarden
