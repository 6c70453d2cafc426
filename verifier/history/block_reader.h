#ifndef JOBWARDEN_VERIFIER_HISTORY_BLOCK_READER_H_
#define JOBWARDEN_VERIFIER_HISTORY_BLOCK_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "verifier/base/result.h"

namespace jobwarden {

/// Some whole lines of a file. The last line of a file may lack its newline.
struct LineBlock {
  std::string text;
  std::uint64_t first_line;  ///< its number in the file, from 1
  bool cut = false;          ///< the text is the beginning of one line that is too long
};

/// Reads a file, plain or gzipped (RFC 1952, also several members one after another), in blocks of
/// whole lines. It holds one block, so a file of any size needs little memory.
class BlockReader {
 public:
  /// A longer line comes cut, in a block of its own.
  static constexpr std::size_t kMaxLineBytes = std::size_t{4} * 1024 * 1024;

  /// AUDIT_FAILED if the file cannot be opened, or is compressed in another way.
  static Result<BlockReader> Open(const std::string& path);

  /// The next block; nothing at the file's end. AUDIT_FAILED if reading fails, or the compressed
  /// data are damaged or cut off. The blocks before that are good.
  Result<std::optional<LineBlock>> Next();

  /// How many of the file's bytes are read; compressed ones if it is compressed.
  std::uint64_t position() const;
  std::uint64_t size() const { return size_; }

 private:
  struct Close {
    void operator()(void* file) const;
  };

  BlockReader(std::string path, std::unique_ptr<void, Close> file, std::uint64_t size);

  std::string path_;
  std::unique_ptr<void, Close> file_;
  std::uint64_t size_;
  std::string rest_;  // of a line whose end is not read yet
  std::uint64_t line_ = 1;
  bool skipping_ = false;  // the rest of a line that is too long
  bool ended_ = false;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HISTORY_BLOCK_READER_H_
