#ifndef JOBWARDEN_VERIFIER_EXPOSURE_INVENTORY_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_INVENTORY_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/secret.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

/// A variable of a job, as the job response, the generated script or the environment has it.
struct Variable {
  std::string name;
  Secret value;  ///< a file variable's content
  bool file = false;
};

enum class TokenKind {
  kIdToken,   ///< a JWT that names a configured issuer
  kJobToken,  ///< the job's CI_JOB_TOKEN, which may itself be a JWT: never an id_token
  kLegacy,    ///< CI_JOB_JWT, CI_JOB_JWT_V1, CI_JOB_JWT_V2
};

/// `id_token`, `job_token`, `legacy`.
std::string_view TokenKindName(TokenKind kind);

/// A token that a job carries, under all its names.
struct Token {
  TokenKind kind;
  std::vector<std::string> names;  ///< all variables that hold it, whole or inside; none twice
  std::string sha256;
  std::string issuer;                  ///< an id_token's: the configured name
  std::vector<std::string> audiences;  ///< an id_token's `aud` as it says itself; unverified
  Secret value;
};

/// All tokens that a job carries.
struct Inventory {
  std::vector<Token> tokens;

  const Token* FindByDigest(std::string_view sha256) const;
};

/// Finds the tokens in `variables`.
///
/// The job token is classified first, so that one that is a JWT is never taken for an id_token;
/// so are the legacy variables. A JWT starts at `eyJ` anywhere in a value, also right after other
/// base64url characters, and is an id_token when it names the url of one of `issuers`. A variable
/// that holds a token inside a longer text is one of its names when the token is a JWT, the job
/// token, or 16 bytes or longer.
Inventory TakeInventory(const std::vector<Variable>& variables, std::string_view job_token,
                        const std::vector<Issuer>& issuers);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_INVENTORY_H_
