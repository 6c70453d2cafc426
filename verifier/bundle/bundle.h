#ifndef JOBWARDEN_VERIFIER_BUNDLE_BUNDLE_H_
#define JOBWARDEN_VERIFIER_BUNDLE_BUNDLE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/bundle/tar.h"

namespace jobwarden {

/// What a bundle says of itself, in its first file.
struct Manifest {
  std::int64_t serial = 0;           ///< at least 1; a later policy has a higher one
  std::chrono::sys_seconds expires;  ///< nobody decides by it from then on
  std::string version;               ///< for people; may be empty
};

/// The rules of a fleet and their tests: a tar.gz with `manifest.json`, `rules.d/NAME.toml` and,
/// below `tests/`, the test files (`*.test.toml`) and what they name.
struct Bundle {
  Manifest manifest;
  std::vector<BundleFile> files;  ///< all but the manifest; at least one of them has rules
};

inline constexpr std::size_t kMaxBundleBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxUnpackedBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxVersionText = 100;

bool IsRules(const BundleFile& file);
bool IsTests(const BundleFile& file);

/// POLICY_REFUSED if a file has no place in a bundle or is too large, or there are no rules.
Status CheckBundleFiles(const std::vector<BundleFile>& files);

/// The bytes of the bundle. The same bundle gives the same bytes. REQUIRES: CheckBundleFiles.
std::string WriteBundle(const Bundle& bundle);

/// Reads a bundle. POLICY_REFUSED for anything that WriteBundle does not write, but for what tar
/// and gzip leave open. Call it only for bytes whose signature is good.
Result<Bundle> ReadBundle(std::string_view bytes);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BUNDLE_BUNDLE_H_
