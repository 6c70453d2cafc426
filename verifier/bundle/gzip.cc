#include "verifier/bundle/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <stdexcept>

namespace jobwarden {
namespace {

constexpr int kGzip = 15 + 16;  // the largest window; the header and the end of gzip

Finding Refuse(std::string message) {
  return {Code::kPolicyRefused, "the bundle " + std::move(message),
          "make it with jobwarden policy sign"};
}

// zlib does not write to its input, but its type does not say so.
Bytef* Bytes(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

std::string Gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib: no memory");
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = Bytes(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = Bytes(out);
  stream.avail_out = static_cast<uInt>(out.size());
  const int end = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (end != Z_STREAM_END) throw std::runtime_error("zlib: the bound was too small");
  return out;
}

Result<std::string> Gunzip(std::string_view bytes, std::size_t max_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) throw std::runtime_error("zlib: no memory");
  stream.next_in = Bytes(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int status = Z_OK;
  while (status == Z_OK && out.size() <= max_bytes) {
    constexpr std::size_t kStep = 65'536;
    const std::size_t before = out.size();
    out.resize(before + kStep);
    stream.next_out = Bytes(out) + before;
    stream.avail_out = kStep;
    status = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  const bool rest = stream.avail_in > 0;
  inflateEnd(&stream);
  if (out.size() > max_bytes)
    return Refuse(fmt::format("unpacks to more than {} bytes", max_bytes));
  if (status != Z_STREAM_END) return Refuse("is not gzip, is damaged, or was cut short");
  if (rest) return Refuse("has bytes after its end");
  return out;
}

}  // namespace jobwarden
