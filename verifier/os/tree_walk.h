#ifndef JOBWARDEN_VERIFIER_OS_TREE_WALK_H_
#define JOBWARDEN_VERIFIER_OS_TREE_WALK_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "verifier/os/fd.h"

namespace jobwarden {

/// Limits for reading a tree. Whatever the tree is, the reader needs less than 16 MiB of memory and
/// three open descriptors.
struct TreeLimits {
  std::chrono::milliseconds time{300};
  std::uint64_t bytes = std::uint64_t{256} << 20U;
  std::size_t entries = 1'000'000;  ///< names in folders, also those that are left out
};

inline constexpr std::size_t kMaxTreePieceBytes = std::size_t{256} << 10U;
inline constexpr std::size_t kMaxTreeOverlap = 4096;

/// Consecutive bytes of a regular file: kMaxTreePieceBytes, or the rest of the file.
struct TreePiece {
  std::string_view path;  ///< below the folder: `src/main.c`
  /// In all pieces but a file's first one, they begin with the last TreeReader::overlap bytes of
  /// the piece before.
  std::string_view bytes;
  bool begins;  ///< it is the first piece of its file
  bool ends;    ///< it is the last; it may hold nothing but the overlap
};

/// The caller's side of ReadTree. No function may keep its argument.
struct TreeReader {
  std::size_t overlap = 0;  ///< kMaxTreeOverlap at most
  /// Whether to leave out the file or folder at this path, which is relative to the tree.
  std::function<bool(std::string_view path)> leaves_out;
  /// Gets each piece of each file. Returns false to end the walk.
  std::function<bool(const TreePiece& piece)> read;
  /// Gets the reason why a file or folder cannot be read, or that a file has more bytes than the
  /// whole tree may have. The walk goes on after it. If this is not set, the walk stops there.
  std::function<void(std::string why)> passes_over = {};
};

/// Passes the bytes of all regular files below an open folder to `reader`; empty files are skipped.
///
/// The tree may belong to a stranger who changes it meanwhile. Links are not followed; devices,
/// sockets and FIFOs are not opened; a file may shrink, grow or vanish. A file that vanished is not
/// reported.
///
/// Returns why `reader` did not see everything, in words for a person (`more than 256 MiB`,
/// `took longer than 300 ms`, `folder "x" cannot be read: Permission denied`). The walk stops at
/// the first such reason. Empty if `reader` saw everything, or ended the walk, or got every reason
/// by passes_over.
std::string ReadTree(const Fd& folder, const TreeReader& reader, const TreeLimits& limits);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_TREE_WALK_H_
