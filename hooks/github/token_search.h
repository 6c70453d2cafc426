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

/// Finds the lines of one file that hold a JWT of some issuers that has not expired, as it is or in
/// base64. The caller passes the file in pieces; the sizes of the pieces make no difference. Takes
/// linear time.
class TokenSearch {
 public:
  /// Does not own `issuers`.
  TokenSearch(const std::vector<std::string>& issuers, std::chrono::sys_seconds now);
  TokenSearch(const TokenSearch&) = delete;
  TokenSearch& operator=(const TokenSearch&) = delete;
  ~TokenSearch();

  /// Begins a file. Call it first.
  void Begin();
  /// Takes the next bytes of the file; `ends` says that they are the last. Returns the lines that
  /// these bytes show to hold a token. A line may be returned twice.
  std::vector<std::size_t> Take(std::string_view bytes, bool ends);

 private:
  void TakePlain(std::size_t fresh, std::vector<std::size_t>& lines);
  void TakeEncoded(bool ends, std::vector<std::size_t>& lines);
  bool HoldsToken(std::string_view text) const;
  bool IsLive(std::string_view jwt) const;
  std::size_t LineOf(std::size_t at) const;

  const std::vector<std::string>& issuers_;
  const std::chrono::sys_seconds now_;
  const MultiSearch encoded_starts_;
  std::optional<LiveJwts> plain_;
  // The part of the file that is still needed. It begins at the file's byte base_, on line line_.
  std::string text_;
  std::uint64_t base_ = 0;
  std::size_t line_ = 1;
  std::uint64_t last_found_ = 0;  // beginning of the last plain token, plus one
  std::size_t encoded_from_ = 0;  // in text_; the search for base64 is done up to here
  std::array<std::uint64_t, 3> decoded_until_{};  // in the file, for each alignment
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_TOKEN_SEARCH_H_
