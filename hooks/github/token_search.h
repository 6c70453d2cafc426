#ifndef JOBWARDEN_HOOKS_GITHUB_TOKEN_SEARCH_H_
#define JOBWARDEN_HOOKS_GITHUB_TOKEN_SEARCH_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/mask/live_jwts.h"
#include "verifier/mask/multi_search.h"

namespace jobwarden {

enum class SecretKind {
  kIdToken,         ///< a JWT of the issuers that has not expired, as it is or in base64
  kRequestBearer,   ///< the value with which the job requests id_tokens; also ACTIONS_RUNTIME_TOKEN
  kGitHubToken,     ///< `ghs_`, `ghp_`, `github_pat_` and their like
  kGitCredentials,  ///< the header with which actions/checkout lets git log in
  kPrivateKey,      ///< in PEM form
  kGoogleLogin,     ///< a file of google-github-actions/auth
};

/// What to look for. Does not own what it refers to.
struct SoughtSecrets {
  const std::vector<std::string>& issuers;
  std::chrono::sys_seconds now;
  std::string_view request_token = {};  ///< empty: none
};

/// A line of a file that holds a secret, never the secret itself.
struct SecretLine {
  SecretKind kind;
  std::size_t line;  ///< the first line is 1
};

/// Finds the lines of one file that hold a secret. The caller passes the file in pieces; the sizes
/// of the pieces make no difference. Takes linear time. Does not find kGoogleLogin, which only a
/// file's name shows.
class TokenSearch {
 public:
  explicit TokenSearch(const SoughtSecrets& sought);
  TokenSearch(const TokenSearch&) = delete;
  TokenSearch& operator=(const TokenSearch&) = delete;
  ~TokenSearch();

  /// Begins a file. Call it first.
  void Begin();
  /// Takes the next bytes of the file; `ends` says that they are the last. Returns the lines that
  /// these bytes show to hold a secret. A line may be returned twice.
  std::vector<SecretLine> Take(std::string_view bytes, bool ends);

 private:
  void TakePlain(std::size_t fresh, std::vector<SecretLine>& lines);
  void TakeEncoded(std::size_t until, std::vector<SecretLine>& lines);
  void TakeKnown(std::size_t until, std::vector<SecretLine>& lines);
  bool HoldsToken(std::string_view text, std::size_t from) const;
  bool IsLive(std::string_view text, std::size_t at) const;
  std::size_t LineOf(std::size_t at) const;

  const SoughtSecrets sought_;
  const MultiSearch encoded_starts_;
  const MultiSearch known_;
  std::optional<LiveJwts> plain_;
  // The part of the file that is still needed. It begins at the file's byte base_, on line line_.
  std::string text_;
  std::uint64_t base_ = 0;
  std::size_t line_ = 1;
  std::uint64_t last_found_ = 0;    // beginning of the last plain token, plus one
  std::size_t searched_until_ = 0;  // in text_; all searches but the one for plain tokens
  std::array<std::uint64_t, 3> decoded_until_{};  // in the file, for each alignment
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_TOKEN_SEARCH_H_
