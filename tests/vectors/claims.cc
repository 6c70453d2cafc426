// Claims of tokens whose signature is good.

#include "tests/vectors/vectors.h"

namespace jobwarden::testing {

std::vector<Vector> ClaimVectors(const Maker& maker) {
  std::vector<Vector> all;
  const auto claim = [&](const std::string& name, const std::string& comment,
                         const std::string& expect, const std::string& what,
                         const std::string& json) -> Vector& {
    return all.emplace_back(
        Vector{name, comment, expect, maker.WithClaims(Maker::Claims(what, json))});
  };
  const auto time = [&](const std::string& name, const std::string& comment,
                        const std::string& expect, const std::string& what,
                        std::int64_t number) -> Vector& {
    return claim(name, comment, expect, what, std::to_string(number));
  };
  const char* missing = "REQUIRED_CLAIM_MISSING";
  const char* invalid = "CLAIM_INVALID";

  claim("iss-missing", "no iss", missing, "iss", "");
  claim("iss-number", "iss is a number", invalid, "iss", "1");
  claim("iss-array", "iss is an array", invalid, "iss", R"(["https://gitlab.example.com"])");
  const auto other_iss = [&](const std::string& name, const std::string& comment,
                             const std::string& iss) {
    claim("iss-" + name, comment, "ISSUER_MISMATCH", "iss", "\"" + iss + "\"");
  };
  other_iss("other", "iss is another server", "https://gitlab.evil.com");
  other_iss("trailing-slash", "iss has a slash behind it", "https://gitlab.example.com/");
  other_iss("other-case", "iss has a capital letter", "https://GitLab.example.com");
  other_iss("http", "iss is http", "http://gitlab.example.com");
  other_iss("prefix", "iss begins like the issuer", "https://gitlab.example.com.evil.com");
  other_iss("empty", "iss is empty", "");

  claim("aud-missing", "no aud", missing, "aud", "");
  claim("aud-null", "aud is null", invalid, "aud", "null");
  claim("aud-number", "aud is a number", invalid, "aud", "1");
  claim("aud-object", "aud is an object", invalid, "aud",
        R"({"a":"https://ci-runners.example.com"})");
  claim("aud-empty-array", "aud is an empty array", invalid, "aud", "[]");
  claim("aud-array-with-number", "aud has an element that is a number", invalid, "aud",
        R"(["https://ci-runners.example.com",1])");

  for (const std::string name : {"exp", "iat", "nbf"}) {
    if (name != "nbf") claim(name + "-missing", "no " + name, missing, name, "");
    claim(name + "-null", name + " is null", invalid, name, "null");
    claim(name + "-text", name + " is a string", invalid, name, "\"1795341600\"");
    claim(name + "-float", name + " has a fraction", invalid, name, "1795341600.5");
    claim(name + "-whole-float", name + " has a fraction that is 0", invalid, name, "1795341600.0");
    claim(name + "-exponent", name + " has an exponent", invalid, name, "1.7953416e9");
    claim(name + "-array", name + " is an array", invalid, name, "[1795341600]");
    claim(name + "-true", name + " is true", invalid, name, "true");
  }

  const std::int64_t iat = kNow - 60;
  time("exp-leeway-ago", "exp is exactly now - leeway", "TOKEN_EXPIRED", "exp", kNow - kLeeway);
  time("exp-now-without-leeway", "exp is now, the leeway is 0", "TOKEN_EXPIRED", "exp", kNow)
      .rules = {{"leeway", 0}};
  time("exp-zero", "exp is 0", "TOKEN_EXPIRED", "exp", 0).also = {invalid};
  time("exp-negative", "exp is negative", "TOKEN_EXPIRED", "exp", -1).also = {invalid};
  claim("exp-smallest", "exp is the smallest integer", "TOKEN_EXPIRED", "exp",
        "-9223372036854775808")
      .also = {invalid};
  claim("exp-largest", "exp is the largest integer", "LIFETIME_EXCEEDED", "exp",
        "9223372036854775807");
  time("exp-milliseconds", "exp is in milliseconds", "LIFETIME_EXCEEDED", "exp",
       (kNow + 3540) * 1000);
  time("exp-before-iat", "exp is one second before iat", invalid, "exp", iat - 1).rules = {
      {"leeway", 600}};
  time("lifetime-too-long", "exp - iat is one second more than max_lifetime", "LIFETIME_EXCEEDED",
       "exp", iat + kMaxLifetime + 1);
  time("iat-negative", "iat is negative", "LIFETIME_EXCEEDED", "iat", -1);
  claim("iat-smallest", "iat is the smallest integer", "LIFETIME_EXCEEDED", "iat",
        "-9223372036854775808");
  time("iat-in-the-future", "iat is one second more than now + leeway", "TOKEN_NOT_YET_VALID",
       "iat", kNow + kLeeway + 1);
  claim("iat-largest", "iat is the largest integer", "TOKEN_NOT_YET_VALID", "iat",
        "9223372036854775807")
      .also = {invalid};
  time("iat-now-and-a-second-without-leeway", "iat is one second from now, the leeway is 0",
       "TOKEN_NOT_YET_VALID", "iat", kNow + 1)
      .rules = {{"leeway", 0}};
  time("nbf-in-the-future", "nbf is one second more than now + leeway", "TOKEN_NOT_YET_VALID",
       "nbf", kNow + kLeeway + 1);
  claim("nbf-largest", "nbf is the largest integer", "TOKEN_NOT_YET_VALID", "nbf",
        "9223372036854775807");
  claim("claims-none", "the issuer and an expired exp alone: every failure is listed",
        "ISSUER_MISMATCH", "iss", "\"x\"");
  all.back().token = maker.WithClaims(R"({"iss":"x","exp":1})");
  all.back().also = {missing, "TOKEN_EXPIRED", missing};
  return all;
}

}  // namespace jobwarden::testing
