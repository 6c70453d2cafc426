#ifndef JOBWARDEN_VERIFIER_REVIEW_IGNORE_H_
#define JOBWARDEN_VERIFIER_REVIEW_IGNORE_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/config/config.h"
#include "verifier/review/remark.h"

namespace jobwarden {

/// Which warnings the files' comments silence: `# jobwarden: ignore CODE, CODE`.
///
/// At the end of a line the comment is for that line; alone on a line, for the next line that is no
/// comment. For the first line of a rule it is for the whole rule.
class IgnoreComments {
 public:
  explicit IgnoreComments(const std::vector<ConfigFile>& files);

  bool Silences(const Remark& warning) const;

  /// A warning for each code in a comment that is none.
  const std::vector<Remark>& unknown() const { return unknown_; }

 private:
  void Read(std::size_t file, std::string_view text);
  bool Has(const Place& place, const std::string& code) const {
    return codes_.contains({{place.file, place.line}, code});
  }

  std::set<std::pair<std::pair<std::size_t, std::uint32_t>, std::string>> codes_;
  std::vector<Remark> unknown_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_IGNORE_H_
