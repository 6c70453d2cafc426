#include "verifier/history/block_reader.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kAuditFailed;
constexpr std::size_t kBlockBytes = std::size_t{1} * 1024 * 1024;
constexpr unsigned kBufferBytes = 256 * 1024;

struct Compression {
  std::string_view magic;
  std::string_view program;
};
constexpr std::array<Compression, 3> kOthers = {{
    {"\x28\xB5\x2F\xFD", "zstd"},
    {"\xFD\x37zXZ", "xz"},
    {"BZh", "bzip2"},
}};

gzFile Gz(void* file) {
  return static_cast<gzFile>(file);
}

Finding Damaged(const std::string& path, std::string_view why) {
  return {kCode, fmt::format("audit file {}: {}", Quote(path), why),
          "the lines before that are read; restore the file if the rest matters"};
}

}  // namespace

void BlockReader::Close::operator()(void* file) const {
  gzclose_r(Gz(file));
}

BlockReader::BlockReader(std::string path, std::unique_ptr<void, Close> file, std::uint64_t size)
    : path_(std::move(path)), file_(std::move(file)), size_(size) {}

Result<BlockReader> BlockReader::Open(const std::string& path) {
  auto fd = OpenFile(path, kCode, "audit file");
  if (!fd) return std::move(fd).findings();
  std::array<char, 8> head{};
  const ssize_t length = pread(fd->get(), head.data(), head.size(), 0);
  const std::string_view begin(head.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  for (const Compression& other : kOthers) {
    if (!begin.starts_with(other.magic)) continue;
    return Finding{
        kCode,
        fmt::format("audit file {}: expected text or gzip, got {}", Quote(path), other.program),
        fmt::format("unpack it with {} -d first", other.program)};
  }
  struct stat st {};
  if (fstat(fd->get(), &st) != 0) return Damaged(path, ErrorText(errno));
  std::unique_ptr<void, Close> file(gzdopen(fd->get(), "rb"));
  if (file == nullptr) return Damaged(path, ErrorText(ENOMEM));
  fd->Release();
  gzbuffer(Gz(file.get()), kBufferBytes);
  return BlockReader(path, std::move(file), static_cast<std::uint64_t>(st.st_size));
}

std::uint64_t BlockReader::position() const {
  const auto offset = gzoffset(Gz(file_.get()));
  return offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
}

Result<std::optional<LineBlock>> BlockReader::Next() {
  while (!ended_) {
    std::string text = std::exchange(rest_, {});
    const std::size_t old = text.size();
    text.resize(old + kBlockBytes);
    const int count = gzread(Gz(file_.get()), text.data() + old, kBlockBytes);
    int error = Z_OK;
    const char* why = gzerror(Gz(file_.get()), &error);
    if (count < 0 || error != Z_OK) {
      ended_ = true;
      return Damaged(path_, error == Z_ERRNO       ? ErrorText(errno)
                            : error == Z_BUF_ERROR ? std::string("the gzip data are cut off")
                                                   : fmt::format("gzip: {}", why));
    }
    text.resize(old + static_cast<std::size_t>(count));
    ended_ = count == 0;

    if (skipping_) {
      const std::size_t end = text.find('\n');
      if (end == std::string::npos) continue;
      text.erase(0, end + 1);
      skipping_ = false;
      ++line_;
    }
    if (!ended_) {
      const std::size_t end = text.rfind('\n');
      const std::size_t whole = end == std::string::npos ? 0 : end + 1;
      rest_ = text.substr(whole);
      text.resize(whole);
    }
    if (text.empty() && rest_.size() > kMaxLineBytes) {
      skipping_ = true;
      return std::optional(LineBlock{std::exchange(rest_, {}), line_, true});
    }
    if (text.empty()) continue;
    LineBlock block{std::move(text), line_};
    line_ += static_cast<std::uint64_t>(std::count(block.text.begin(), block.text.end(), '\n'));
    return std::optional(std::move(block));
  }
  return std::optional<LineBlock>();
}

}  // namespace jobwarden
