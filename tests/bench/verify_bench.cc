// How much of a bare RSA signature's speed is left with every check of a token around it.
//
// Each benchmark checks the same RS256 token (RSA 2048, about 1.4 KB, all claims that GitLab
// gives), so their rates can be compared as they stand; the ratios stand at the end. Where the
// machine is busy, --benchmark_repetitions=5 helps: the best of them counts.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/signer.h"
#include "verifier/base/encoding.h"
#include "verifier/policy/decision.h"
#include "verifier/provider/provider.h"
#include "verifier/token/claims.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/key_set.h"
#include "verifier/token/signed_token.h"

using namespace jobwarden;

namespace {

constexpr std::int64_t kNow = 1795341600;
constexpr const char* kIssuerUrl = "https://gitlab.example.com";

std::string Payload() {
  return fmt::format(
      R"({{"namespace_id":"72","namespace_path":"platform","project_id":"1502",)"
      R"("project_path":"platform/app","user_id":"41","user_login":"ada.lovelace",)"
      R"("user_email":"ada.lovelace@example.com","user_access_level":"maintainer",)"
      R"("user_identities":[{{"provider":"saml","extern_uid":"ada.lovelace"}}],)"
      R"("groups_direct":["platform","platform/deployers"],)"
      R"("job_project_id":"1502","job_project_path":"platform/app","job_namespace_id":"72",)"
      R"("job_namespace_path":"platform","pipeline_id":"90210","pipeline_source":"push",)"
      R"("job_id":"302118","ref":"main","ref_type":"branch","ref_path":"refs/heads/main",)"
      R"("ref_protected":"true","runner_id":17,"runner_environment":"self-hosted",)"
      R"("sha":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","project_visibility":"private",)"
      R"("ci_config_ref_uri":"gitlab.example.com/platform/app//.gitlab-ci.yml@refs/heads/main",)"
      R"("ci_config_sha":"4b825dc642cb6eb9a060e54bf8d69288fbee4904",)"
      R"("jti":"8a3f3c61-1b0e-4d3c-9c1f-0d7f8d1f6d52","iat":{0},"nbf":{1},"exp":{2},"iss":"{3}",)"
      R"("sub":"project_path:platform/app:ref_type:branch:ref:main",)"
      R"("aud":"https://ci-runners.example.com"}})",
      kNow - 60, kNow - 65, kNow + 3540, kIssuerUrl);
}

struct Fixture {
  testing::Signer signer{"RS256", "gitlab-2026"};
  std::string token = signer.Sign(Payload());
  KeySet keys = KeySet::Parse(signer.KeySetJson(), Code::kKeysUnavailable, "key set").value();
  std::string input = token.substr(0, token.rfind('.'));
  std::string signature = DecodeBase64Url(token.substr(token.rfind('.') + 1)).value();
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{nullptr, &EVP_PKEY_free};

  Fixture() {
    const std::string text = signer.Pem();
    const std::unique_ptr<BIO, decltype(&BIO_free)> pem(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
    key.reset(PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr));
  }
};

const Fixture& TheFixture() {
  static const Fixture fixture;
  return fixture;
}

const unsigned char* Bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void Need(bool good) {
  if (!good) std::abort();
}

void RawDigestVerify(benchmark::State& state) {
  const Fixture& fixture = TheFixture();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  while (state.KeepRunning()) {
    Need(EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, fixture.key.get()) == 1);
    Need(EVP_DigestVerify(context, Bytes(fixture.signature), fixture.signature.size(),
                          Bytes(fixture.input), fixture.input.size()) == 1);
    EVP_MD_CTX_reset(context);
  }
  EVP_MD_CTX_free(context);
}
BENCHMARK(RawDigestVerify);

void RawKeyVerify(benchmark::State& state) {
  const Fixture& fixture = TheFixture();
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(fixture.key.get(), nullptr);
  Need(EVP_PKEY_verify_init(context) == 1);
  Need(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1);
  Need(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1);
  EVP_MD_CTX* hashing = EVP_MD_CTX_new();
  while (state.KeepRunning()) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    Need(EVP_DigestInit_ex(hashing, EVP_sha256(), nullptr) == 1);
    Need(EVP_DigestUpdate(hashing, fixture.input.data(), fixture.input.size()) == 1);
    Need(EVP_DigestFinal_ex(hashing, digest, &size) == 1);
    Need(EVP_PKEY_verify(context, Bytes(fixture.signature), fixture.signature.size(), digest,
                         size) == 1);
  }
  EVP_MD_CTX_free(hashing);
  EVP_PKEY_CTX_free(context);
}
BENCHMARK(RawKeyVerify);

Job TheJob() {
  Job job;
  job.job_id = "302118";
  job.pipeline_id = "90210";
  job.runner_id = "17";
  job.project_id = "1502";
  job.project_path = "platform/app";
  job.user_id = "41";
  job.sha = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
  job.ref = "main";
  job.ref_type = "branch";
  job.job_name = "deploy";
  job.event = "push";
  job.ref_protected = true;
  job.image = "registry.example.com/platform/deploy:3";
  return job;
}

Policy ThePolicy() {
  const auto condition = [](const Value& value) { return Condition::Make(value).value(); };
  Rule rule;
  rule.name = "platform deploys";
  rule.issuer = "gitlab";
  rule.claims = {{"project_path", condition("platform/**")},
                 {"ref_protected", condition(true)},
                 {"ref", condition(Array{"main", "release/*"})}};
  rule.facts = {{"image", condition("registry.example.com/**")}};
  return {{rule}, {}, ForkAction::kDeny};
}

// What Admit does with a job's only token, from its text to the decision.
void AllChecks(benchmark::State& state) {
  const Fixture& fixture = TheFixture();
  const Job job = TheJob();
  const Policy policy = ThePolicy();
  const ClaimRules rules{.issuer = kIssuerUrl};
  const std::vector<Algorithm> allowed{Algorithm::kRS256};
  const std::chrono::sys_seconds now{std::chrono::seconds(kNow)};
  while (state.KeepRunning()) {
    const auto compact = CompactToken::Parse(fixture.token);
    Need(compact && compact->issuer() != nullptr && *compact->issuer() == rules.issuer);
    const auto token = SignedToken::Verify(*compact, fixture.keys, allowed);
    Need(bool(token));
    Findings findings = CheckClaims(*token, rules, now);
    const auto audiences = AudiencesOf(*token);
    Need(audiences && audiences->front() == "https://ci-runners.example.com");
    Append(findings, CheckJobToken(Provider::kGitLab, *token));
    Append(findings, Bind(Provider::kGitLab, *token, job));
    const Object facts = MakeFacts(Provider::kGitLab, &*token, job);
    const Decision decision =
        Decide(policy, {"gitlab", &token->claims(), &facts, {}}, std::move(findings));
    Need(decision.outcome() == Outcome::kAllow);
  }
}
BENCHMARK(AllChecks);

// The usual output, and the ratio that counts.
class Reporter : public benchmark::ConsoleReporter {
 public:
  Reporter() : ConsoleReporter(OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration) {
        double& best = best_[run.benchmark_name()];
        const double time = run.GetAdjustedCPUTime();
        best = best == 0 ? time : std::min(best, time);
      }
    }
    ConsoleReporter::ReportRuns(runs);
  }
  void Finalize() override {
    ConsoleReporter::Finalize();
    const double raw = best_["RawDigestVerify"];
    if (raw == 0) return;
    for (const auto& [name, time] : best_) {
      fmt::print("{:<16} {:>7.0f}/s  {:.2f} of EVP_DigestVerify\n", name, 1e9 / time, raw / time);
    }
  }

 private:
  std::map<std::string, double> best_;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
