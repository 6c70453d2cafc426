// What a server sends to `policy pull`: a signature, and the tar archive and gzip of a bundle. The
// first byte chooses the reader.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "verifier/bundle/bundle.h"
#include "verifier/bundle/gzip.h"
#include "verifier/bundle/minisign.h"

using namespace jobwarden;

namespace {

void ReadTwice(std::string_view tar) {
  const auto files = ReadTar(tar);
  if (!files) return;
  for (const BundleFile& file : *files) {
    if (!IsPlainPath(file.path)) std::abort();
  }
  // What was accepted means the same to whoever reads what we write of it.
  const auto again = ReadTar(WriteTar(*files));
  if (!again || again->size() != files->size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (*data) {
    case 't':
      ReadTwice(rest);
      break;
    case 'm':
      if (const auto read = ParseMinisign(rest); read && read->signature.size() != 64) std::abort();
      break;
    case 'b':
      if (const auto bundle = ReadBundle(rest); bundle && bundle->manifest.serial < 1) std::abort();
      break;
    case 'z':
      // The rest as what is in the gzip, so that the fuzzer need not find its checksum.
      static_cast<void>(ReadBundle(Gzip(rest)));
      break;
    default:
      static_cast<void>(ReadMinisignSecretKey(Secret(std::string(rest)), []() -> Result<Secret> {
        return Finding{Code::kConfigInvalid, "none"};
      }));
  }
  return 0;
}
