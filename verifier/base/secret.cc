#include "verifier/base/secret.h"

#include <openssl/crypto.h>

#include <utility>

namespace jobwarden {

void Wipe(std::string& text) {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

// A short string lives inside the object. Moving it copies the bytes, and the source keeps them.
Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
  Wipe(other.bytes_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe(bytes_);
    bytes_ = std::move(other.bytes_);
    Wipe(other.bytes_);
  }
  return *this;
}

}  // namespace jobwarden
