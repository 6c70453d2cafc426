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

/// Finds the lines of one file that hold a JWT of some issuers which has not expired: as it is, or
/// in base64. The file comes in pieces, and where it is cut makes no difference. Takes linear time.
class TokenSearch {
 public:
  /// Does not own `issuers`.
  TokenSearch(const std::vector<std::string>& issuers, std::chrono::sys_seconds now);
  TokenSearch(const TokenSearch&) = delete;
  TokenSearch& operator=(const TokenSearch&) = delete;
  ~TokenSearch();

  /// A file begins. To be called first.
  void Begin();
  /// It goes on with these bytes, and with `ends` there are no more. Gives the lines that have come
  /// to be known by now; a line may come twice.
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
  // What of the file is still needed. It begins at the file's byte base_, on its line line_.
  std::string text_;
  std::uint64_t base_ = 0;
  std::size_t line_ = 1;
  std::uint64_t last_found_ = 0;  // where the last plain one begins, plus one
  std::size_t encoded_from_ = 0;  // in text_: before it nothing in base64 begins that is not known
  std::array<std::uint64_t, 3> decoded_until_{};  // in the file, for each way to begin
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_TOKEN_SEARCH_H_
