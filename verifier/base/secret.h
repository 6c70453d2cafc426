#ifndef JOBWARDEN_VERIFIER_BASE_SECRET_H_
#define JOBWARDEN_VERIFIER_BASE_SECRET_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace jobwarden {

/// Overwrites the bytes of `text`, its whole capacity, and empties it. The compiler cannot optimise
/// this away.
void Wipe(std::string& text);

/// Bytes that must not be seen: a token, or a value that may hold one.
///
/// It can be moved but not copied, and is wiped when it is destroyed or moved from. No operator
/// prints or compares it, so that each use of `view()` is visible in a review.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { Wipe(bytes_); }

  /// A copy, which has a name of its own so that a reader sees it.
  Secret Clone() const { return Secret(bytes_); }

  std::string_view view() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }

 private:
  std::string bytes_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_SECRET_H_
