// How much of a bare RSA signature's speed is left with every check of a token around it.
//
// Each benchmark checks the same RS256 token (RSA 2048, about 1.4 KB, all claims that GitLab
// gives), so their rates can be compared as they stand; the program prints the ratio at the end.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>

#include "tests/support/signer.h"
#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
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
  std::string signature = *DecodeBase64Url(token.substr(token.rfind('.') + 1));
  std::unique_ptr<BIO, decltype(&BIO_free)> pem{nullptr, &BIO_free};
  EVP_PKEY* key = nullptr;

  Fixture() {
    const std::string text = signer.Pem();
    pem.reset(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    key = PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr);
  }
};

Fixture& TheFixture() {
  static Fixture fixture;
  return fixture;
}

const unsigned char* Bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void Need(bool good) {
  if (!good) std::abort();
}

void RawDigestVerify(benchmark::State& state) {
  Fixture& fixture = TheFixture();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  for (auto _ : state) {
    Need(EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, fixture.key) == 1);
    Need(EVP_DigestVerify(context, Bytes(fixture.signature), fixture.signature.size(),
                          Bytes(fixture.input), fixture.input.size()) == 1);
    EVP_MD_CTX_reset(context);
  }
  EVP_MD_CTX_free(context);
}
BENCHMARK(RawDigestVerify);

void RawKeyVerify(benchmark::State& state) {
  Fixture& fixture = TheFixture();
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(fixture.key, nullptr);
  Need(EVP_PKEY_verify_init(context) == 1);
  Need(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1);
  Need(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1);
  EVP_MD_CTX* hashing = EVP_MD_CTX_new();
  for (auto _ : state) {
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

void AllChecks(benchmark::State& state) {
  Fixture& fixture = TheFixture();
  const ClaimRules rules{.issuer = kIssuerUrl};
  const std::vector<Algorithm> allowed{Algorithm::kRS256};
  const std::chrono::sys_seconds now{std::chrono::seconds(kNow)};
  for (auto _ : state) {
    const auto token = CompactToken::Parse(fixture.token);
    Need(token && token->issuer() != nullptr && *token->issuer() == rules.issuer);
    const auto verified = SignedToken::Verify(*token, fixture.keys, allowed);
    Need(bool(verified));
    Need(CheckClaims(*verified, rules, now).empty());
    const auto audiences = AudiencesOf(*verified);
    Need(audiences && audiences->size() == 1);
  }
}
BENCHMARK(AllChecks);

void ParseOnly(benchmark::State& state) {
  Fixture& fixture = TheFixture();
  for (auto _ : state) {
    auto token = CompactToken::Parse(fixture.token);
    Need(bool(token));
  }
}
BENCHMARK(ParseOnly);

void JsonOnly(benchmark::State& state) {
  const std::string payload = Payload();
  for (auto _ : state) {
    auto token = ParseJson(payload, {.max_bytes = 16384}, Code::kMalformedToken, "x");
    Need(bool(token));
  }
}
BENCHMARK(JsonOnly);

void Base64(benchmark::State& state) {
  Fixture& fixture = TheFixture();
  const auto x = fixture.token.substr(fixture.token.find('.') + 1,
                                      fixture.input.size() - fixture.token.find('.') - 1);
  for (auto _ : state) {
    auto token = DecodeBase64Url(x);
    Need(bool(token));
  }
}
BENCHMARK(Base64);

}  // namespace

BENCHMARK_MAIN();
