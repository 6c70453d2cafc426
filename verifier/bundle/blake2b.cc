#include "verifier/bundle/blake2b.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace jobwarden {

std::string Blake2b512(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_blake2b512(), nullptr) !=
      1) {
    throw std::runtime_error("libcrypto has no BLAKE2b-512");
  }
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace jobwarden
