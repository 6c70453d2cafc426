#include "verifier/bundle/tar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

constexpr std::size_t kBlock = 512;

// A field of a header: where it begins, and how long it is.
struct Span {
  std::size_t at;
  std::size_t size;
};
constexpr Span kName{0, 100}, kMode{100, 8}, kUser{108, 8}, kGroup{116, 8}, kSize{124, 12},
    kTime{136, 12}, kChecksum{148, 8}, kType{156, 1}, kMagic{257, 8}, kPrefix{345, 155};

std::string_view In(std::string_view block, Span span) {
  return block.substr(span.at, span.size);
}

bool IsZero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == bytes.npos;
}

// Octal digits, then blanks and zeros to the field's end.
std::optional<std::uint64_t> Octal(std::string_view field) {
  std::uint64_t number = 0;
  std::size_t digits = 0;
  while (digits < field.size() && field[digits] >= '0' && field[digits] <= '7') {
    number = number << 3 | static_cast<unsigned>(field[digits++] - '0');
  }
  const std::string_view rest = field.substr(digits);
  const bool ends = rest.find_first_not_of(std::string_view(" \0", 2)) == rest.npos;
  return digits > 0 && ends ? std::optional(number) : std::nullopt;
}

// The sum of the header's bytes, with blanks in the place of the sum.
std::uint64_t ChecksumOf(std::string_view header) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool own = i >= kChecksum.at && i < kChecksum.at + kChecksum.size;
    sum += own ? ' ' : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

std::size_t Padded(std::size_t size) {
  return (size + kBlock - 1) / kBlock * kBlock;
}

Finding Refuse(std::string message) {
  return {Code::kPolicyRefused, "the bundle " + std::move(message),
          "make it with jobwarden policy sign"};
}

struct Header {
  std::string path;
  std::size_t size;
};

Result<Header> ReadHeader(std::string_view block) {
  if (Octal(In(block, kChecksum)) != ChecksumOf(block)) {
    return Refuse("is not a tar archive, or is damaged: a checksum is wrong");
  }
  const std::string_view name = In(block, kName);
  const std::string path(name.substr(0, name.find('\0')));
  // `ustar`, and the form of it that GNU tar writes.
  const std::string_view magic = In(block, kMagic);
  if (magic != std::string_view("ustar\00000", 8) && magic != std::string_view("ustar  \0", 8)) {
    return Refuse("is not in tar's form ustar");
  }
  const char type = block[kType.at];
  if (type != '0' && type != '\0') {
    return Refuse(fmt::format("holds {}, which is not a regular file (type {})", Quote(path),
                              Quote(std::string(1, type))));
  }
  if (!IsZero(name.substr(path.size())) || !IsZero(In(block, kPrefix)) || !IsPlainPath(path)) {
    return Refuse(
        fmt::format("holds the path {}: expected a relative path of up to {} bytes, with "
                    "names of A-Z a-z 0-9 . _ - that begin with a letter, a digit or _",
                    Quote(path), kMaxTarPath));
  }
  const auto size = Octal(In(block, kSize));
  if (!size) return Refuse(fmt::format("holds {} with a size that cannot be read", Quote(path)));
  return Header{path, *size};
}

// Whether one of the paths is also a folder on the way to another.
bool AnyIsFolder(const std::set<std::string>& paths) {
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
      if (paths.contains(path.substr(0, slash))) return true;
    }
    return false;
  });
}

void Put(std::string& block, Span span, std::string_view text) {
  block.replace(span.at, text.size(), text);
}

}  // namespace

bool IsPlainPath(std::string_view path) {
  if (path.empty() || path.size() > kMaxTarPath || path.ends_with('/')) return false;
  bool begins = true;  // a name begins here
  for (const char c : path) {
    const bool word =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!word && (begins || (c != '.' && c != '-' && c != '/'))) return false;
    begins = c == '/';
  }
  return true;
}

std::string WriteTar(const std::vector<BundleFile>& files) {
  std::string tar;
  for (const BundleFile& file : files) {
    std::string header(kBlock, '\0');
    Put(header, kName, file.path);
    Put(header, kMode, "0000644");
    Put(header, kUser, "0000000");
    Put(header, kGroup, "0000000");
    Put(header, kSize, fmt::format("{:011o}", file.bytes.size()));
    Put(header, kTime, "00000000000");
    Put(header, kType, "0");
    Put(header, kMagic, std::string_view("ustar\00000", 8));
    Put(header, kChecksum, fmt::format("{:06o}", ChecksumOf(header)) + std::string("\0 ", 2));
    tar += header;
    tar += file.bytes;
    tar.resize(Padded(tar.size()));
  }
  tar.resize(tar.size() + 2 * kBlock);
  return tar;
}

Result<std::vector<BundleFile>> ReadTar(std::string_view bytes) {
  std::vector<BundleFile> files;
  std::set<std::string> paths;
  for (;;) {
    if (bytes.size() < kBlock) return Refuse("was cut short");
    const std::string_view block = bytes.substr(0, kBlock);
    if (IsZero(block)) break;
    auto header = ReadHeader(block);
    if (!header) return std::move(header).findings();
    bytes.remove_prefix(kBlock);
    if (header->size > bytes.size() || Padded(header->size) > bytes.size()) {
      return Refuse("was cut short");
    }
    if (files.size() == kMaxTarFiles) {
      return Refuse(fmt::format("holds more than {} files", kMaxTarFiles));
    }
    if (!paths.insert(header->path).second) {
      return Refuse(fmt::format("holds {} twice", Quote(header->path)));
    }
    files.push_back({header->path, std::string(bytes.substr(0, header->size))});
    bytes.remove_prefix(Padded(header->size));
  }
  if (bytes.size() < 2 * kBlock || !IsZero(bytes)) return Refuse("goes on after its end");
  if (AnyIsFolder(paths)) return Refuse("holds a file in the place of a folder");
  return files;
}

}  // namespace jobwarden
