#ifndef JOBWARDEN_VERIFIER_EXPOSURE_INVENTORY_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_INVENTORY_H_

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/base/value_length.h"
#include "verifier/exposure/settings.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

/// A variable of a job, as the job response, the generated script or the environment has it.
struct Variable {
  std::string name;
  Secret value;  ///< a file variable's content
  bool file = false;
};

/// A Variable whose bytes belong to somebody else.
struct VariableView {
  std::string_view name;
  std::string_view value;
  bool file = false;
};

enum class TokenKind {
  kIdToken,   ///< a JWT that names a configured issuer
  kJobToken,  ///< the job's CI_JOB_TOKEN, which may itself be a JWT: never an id_token
  kLegacy,    ///< a JWT that the server gave unasked, as CI_JOB_JWT, CI_JOB_JWT_V1 or _V2
  kSecret,    ///< what the runner got for the job's `secrets:`
  kNamed,     ///< the value of a variable that an `[[exposure.rule]]` names
};

/// `id_token`, `job_token`, `legacy`, `secret`, `named`.
std::string_view TokenKindName(TokenKind kind);

/// A token that a job carries, under all its names.
struct Token {
  TokenKind kind = TokenKind::kIdToken;
  /// All variables that hold it, whole or inside; none twice. Of a secret or a named value, first
  /// the variable that made it one.
  std::vector<std::string> names;
  std::string sha256;  ///< empty for what could be guessed from it: see MayBeGuessed
  std::string issuer;  ///< an id_token's: the configured name
  std::vector<std::string> audiences;  ///< an id_token's `aud` as it says itself; unverified
  bool ours = false;                   ///< an id_token's: all its audiences are ours
  std::vector<std::string> locations;  ///< where it is: `variables`, `file variables`, `secrets`…
  Secret value;
};

/// Whether people may have made the values of this kind: they can be found from their digests, and
/// short ones stand in other texts by chance.
inline bool MayBeGuessed(TokenKind kind) {
  return kind == TokenKind::kSecret || kind == TokenKind::kNamed;
}

inline bool MayStandByChance(const Token& token) {
  return MayBeGuessed(token.kind) && token.value.size() < kMinEmbeddedBytes;
}

/// All tokens that a job carries.
struct Inventory {
  std::vector<Token> tokens;
};

/// What is a token whatever it looks like: the values of these variables.
struct TokenNames {
  std::vector<std::string_view> secrets;  ///< resolved by the runner
  std::span<const ExposureRule> rules{};  ///< the first that fits a name, unless it says "keep"
};

inline constexpr std::size_t kMaxTokens = 256;

/// Finds the tokens in `variables`, which are in the server's order.
///
/// The job token comes first; what begins inside it is never a token of its own, so that one that
/// is a JWT is never taken for an id_token. A JWT starts at `eyJ` anywhere in a value, also right
/// after other base64url characters. The first variable that holds a JWT tells its kind: legacy by
/// that variable's name, whoever issued it, unless it names one of `issuers` and an audience other
/// than that issuer's url; else an id_token when it names the url of one of `issuers`; else no
/// token. What is the whole value of a variable, has a JWT's header (with an `alg` or a `kid`) and
/// a payload that is not a strict JSON object counts as an id_token of the first issuer, so that it
/// is refused and not passed over. (A job can copy a token into CI_JOB_JWT, but only after the
/// variable in which the server gave it; and it can name an id_token so, but only with an audience.
/// Neither hides an id_token.) A text that begins with a whole other token (`${TOKEN}suffix`) holds
/// that one.
///
/// The last value of a variable in `named` counts, unless it is empty or one of the tokens above.
/// Other variables hold a value of 16 bytes or more when it stands in them, and one of 8 bytes or
/// more when they equal it. No variable holds a shorter one: `main` and `1` stand in many.
///
/// Takes time and memory in proportion to the variables, whatever they hold: where there are more
/// than kMaxTokens, the names of the values in `named` are left incomplete.
Inventory TakeInventory(const std::vector<VariableView>& variables, std::string_view job_token,
                        const std::vector<Issuer>& issuers, const TokenNames& named = {});
Inventory TakeInventory(const std::vector<Variable>& variables, std::string_view job_token,
                        const std::vector<Issuer>& issuers, const TokenNames& named = {});

/// The audiences that a JWT names itself; none where its payload cannot be read.
std::vector<std::string> UnverifiedAudiences(std::string_view jwt);

/// An id_token of this issuer, whatever it looks like, as all that a job carries: one of another
/// issuer is then refused for what is wrong with it, and not taken for none. It has no name.
Inventory InventoryOf(Secret token, const Issuer& issuer);

/// JOB_UNREADABLE when there are more than kMaxTokens: each costs a search of all that the job
/// gets, and a part of each record.
Status CheckTokenCount(const Inventory& inventory);

/// The values that are nowhere left when the variables of these names go: no other variable holds
/// them. What may stand in other texts by chance is not among them. They live as long as
/// `inventory`.
std::vector<std::string_view> ValuesGone(const Inventory& inventory,
                                         const std::set<std::string>& names);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_INVENTORY_H_
