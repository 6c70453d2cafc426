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

/// What reading a tree may cost. Memory stays below 16 MiB, and three descriptors are open at a
/// time, whatever the tree is.
struct TreeLimits {
  std::chrono::milliseconds time{300};
  std::uint64_t bytes = std::uint64_t{256} << 20U;
  std::size_t entries = 1'000'000;  ///< names in folders, those that are left out included
};

inline constexpr std::size_t kMaxTreePieceBytes = std::size_t{256} << 10U;
inline constexpr std::size_t kMaxTreeOverlap = 4096;

/// Consecutive bytes of a regular file: kMaxTreePieceBytes, or what is left of it.
struct TreePiece {
  std::string_view path;  ///< below the folder: `src/main.c`
  /// But for the first piece of a file they begin with the last TreeReader::overlap bytes of the
  /// piece before.
  std::string_view bytes;
  bool begins;  ///< it is the first piece of its file
  bool ends;    ///< it is the last; it may hold no more than what the piece before had
};

/// Who reads a tree. Neither function may keep what it is given.
struct TreeReader {
  std::size_t overlap = 0;  ///< kMaxTreeOverlap at most
  /// Whether the file or folder at this path, below the folder, is of no interest.
  std::function<bool(std::string_view path)> leaves_out;
  /// Gets each piece of each file. False: it has seen enough.
  std::function<bool(const TreePiece& piece)> read;
  /// Is told what cannot be read, or is a file of more bytes than the whole tree may have, and the
  /// walk goes on behind it. Where it is not set, the walk stops there.
  std::function<void(std::string why)> passes_over = {};
};

/// Hands the bytes of all regular files below an open folder to `reader`; nothing for empty ones.
///
/// The tree may be a stranger's, who changes it meanwhile: links are not followed; devices,
/// sockets and FIFOs are not opened; a file may shrink, grow or vanish. What vanished is no loss.
///
/// Gives back why `reader` did not see everything, in words for a person (`more than 256 MiB`,
/// `took longer than 300 ms`, `folder "x" cannot be read: Permission denied`), and stops at the
/// first such thing. Empty: it saw everything, or enough, or was told by passes_over.
std::string ReadTree(const Fd& folder, const TreeReader& reader, const TreeLimits& limits);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_TREE_WALK_H_
