#ifndef JOBWARDEN_VERIFIER_EXPOSURE_INVENTORY_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_INVENTORY_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
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
  kLegacy,    ///< a JWT that the server gave unasked, as CI_JOB_JWT, CI_JOB_JWT_V1 or _V2
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
};

/// Finds the tokens in `variables`, which are in the server's order.
///
/// The job token comes first; what begins inside it is never a token of its own, so that one that
/// is a JWT is never taken for an id_token. A JWT starts at `eyJ` anywhere in a value, also right
/// after other base64url characters. The first variable that holds a JWT tells its kind: legacy by
/// that variable's name, whoever issued it, unless it names one of `issuers` and an audience other
/// than that issuer's url; else an id_token when it names the url of one of `issuers`; else no
/// token. (A job can copy a token into CI_JOB_JWT, but only behind the variable in which the server
/// gave it; and it can name an id_token so, but only with an audience. Neither hides an id_token.)
/// A text that begins with a whole other token (`${TOKEN}suffix`) holds that one.
///
/// Takes time and memory in proportion to the variables, whatever they hold.
Inventory TakeInventory(const std::vector<Variable>& variables, std::string_view job_token,
                        const std::vector<Issuer>& issuers);

inline constexpr std::size_t kMaxTokens = 256;

/// JOB_UNREADABLE when there are more than kMaxTokens: each costs a search of all that the job
/// gets, and a part of each record.
Status CheckTokenCount(const Inventory& inventory);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_INVENTORY_H_
