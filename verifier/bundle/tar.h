#ifndef JOBWARDEN_VERIFIER_BUNDLE_TAR_H_
#define JOBWARDEN_VERIFIER_BUNDLE_TAR_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"

namespace jobwarden {

struct BundleFile {
  std::string path;
  std::string bytes;
};

inline constexpr std::size_t kMaxTarFiles = 1000;
inline constexpr std::size_t kMaxTarPath = 100;

/// Whether a path may be in a bundle: relative, 100 bytes at most, each name of `A-Z a-z 0-9 . _ -`
/// and not beginning with a dot or a dash. So it has no `..`, nothing hidden, and means the same
/// everywhere.
bool IsPlainPath(std::string_view path);

/// Writes the files as a tar archive (POSIX.1-1988 ustar), in their order, with no time, owner or
/// mode of this machine. REQUIRES: plain paths.
std::string WriteTar(const std::vector<BundleFile>& files);

/// Reads such an archive. It is far stricter than tar is: POLICY_REFUSED for all but regular files
/// (links, devices, folders, extended headers), for a path that is not plain or appears twice, for
/// one that lies below another file's, for more than kMaxTarFiles, for a wrong checksum, and for
/// an archive that is cut short or goes on after its end.
Result<std::vector<BundleFile>> ReadTar(std::string_view bytes);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BUNDLE_TAR_H_
