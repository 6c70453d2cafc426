#ifndef JOBWARDEN_VERIFIER_BASE_RESULT_H_
#define JOBWARDEN_VERIFIER_BASE_RESULT_H_

#include <cassert>
#include <utility>
#include <variant>

#include "verifier/base/finding.h"

namespace jobwarden {

/// A T, or the one or more findings that say why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}                      // NOLINT(*-explicit-*)
  Result(Finding finding) : content_(Findings{std::move(finding)}) {}  // NOLINT(*-explicit-*)
  Result(Findings findings) : content_(std::move(findings)) {          // NOLINT(*-explicit-*)
    assert(!this->findings().empty());
  }

  explicit operator bool() const { return content_.index() == 0; }

  /// REQUIRES: this result holds a T.
  T& value() & { return *std::get_if<0>(&content_); }
  const T& value() const& { return *std::get_if<0>(&content_); }
  T&& value() && { return std::move(*std::get_if<0>(&content_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }

  /// REQUIRES: this result holds no T.
  Findings& findings() & { return *std::get_if<1>(&content_); }
  const Findings& findings() const& { return *std::get_if<1>(&content_); }
  Findings&& findings() && { return std::move(*std::get_if<1>(&content_)); }

 private:
  std::variant<T, Findings> content_;
};

/// The result of an action that returns no value.
using Status = Result<std::monostate>;
inline Status Ok() {
  return std::monostate{};
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_RESULT_H_
