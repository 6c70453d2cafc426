#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/bundle/blake2b.h"
#include "verifier/bundle/minisign.h"

namespace jobwarden {
namespace {

// The parts of a secret key's file, in their order.
constexpr std::size_t kSalt = 6, kOperations = 38, kMemory = 46, kKeys = 54, kEnd = 158;
// Of the part from kKeys on: the id, the seed, the public key; a checksum follows.
constexpr std::size_t kIdBytes = 8, kSeedBytes = 32, kPublicBytes = 32;
constexpr std::uint64_t kMaxMemory = std::uint64_t{2} << 30;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Finding Refuse(std::string_view message, std::string hint = "") {
  return {Code::kConfigInvalid, fmt::format("the secret key {}", message), std::move(hint)};
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::uint64_t LittleEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

struct Cost {
  std::uint64_t n;
  std::uint64_t r = 8;
  std::uint64_t p = 1;
};

// scrypt's parameters for a number of operations and of bytes, as libsodium chooses them
// (crypto_pwhash_scryptsalsa208sha256): the file has the latter alone.
Cost CostOf(std::uint64_t operations, std::uint64_t memory) {
  Cost cost{2};
  operations = std::max<std::uint64_t>(operations, 32'768);
  const bool by_operations = operations < memory / 32;
  const std::uint64_t most = by_operations ? operations / (cost.r * 4) : memory / (cost.r * 128);
  while (cost.n <= most / 2) cost.n *= 2;
  if (!by_operations) {
    cost.p = std::max<std::uint64_t>(
        1, std::min<std::uint64_t>(operations / 4 / cost.n, 0x3FFF'FFFF) / cost.r);
  }
  return cost;
}

// What the keys in the file are combined with by exclusive or.
Result<Secret> Stream(std::string_view file, const Secret& password) {
  const std::uint64_t operations = LittleEndian(file.substr(kOperations));
  const std::uint64_t memory = LittleEndian(file.substr(kMemory));
  if (memory > kMaxMemory || operations > kMaxMemory) {
    return Refuse(fmt::format("asks for scrypt with more than {} bytes", kMaxMemory));
  }
  const Cost cost = CostOf(operations, memory);
  std::string stream(kEnd - kKeys, '\0');
  if (EVP_PBE_scrypt(password.view().data(), password.size(), Bytes(file.substr(kSalt)),
                     kOperations - kSalt, cost.n, cost.r, cost.p, kMaxMemory * 2, Bytes(stream),
                     stream.size()) != 1) {
    return Refuse("cannot be decrypted: scrypt failed",
                  "it needs 1 GiB of memory; is there as much?");
  }
  return Secret(std::move(stream));
}

Key PrivateKey(std::string_view seed) {
  return {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()),
          EVP_PKEY_free};
}

// Empty if there is no such key.
std::string PublicHalf(std::string_view seed) {
  const Key key = PrivateKey(seed);
  std::string half(kPublicBytes, '\0');
  std::size_t size = half.size();
  const bool good = key && EVP_PKEY_get_raw_public_key(key.get(), Bytes(half), &size) == 1;
  return good && size == half.size() ? half : "";
}

// Empty when libcrypto fails.
std::string Sign(std::string_view bytes, std::string_view seed) {
  const Key key = PrivateKey(seed);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  const bool good =
      key && context &&
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestSign(context.get(), Bytes(signature), &size, Bytes(bytes), bytes.size()) == 1;
  return good && size == signature.size() ? signature : "";
}

}  // namespace

Result<MinisignSecretKey> ReadMinisignSecretKey(const Secret& text, const AskPassword& password) {
  constexpr std::string_view kHint = "make a key with minisign -G";
  const std::string_view all = text.view();
  const auto begin = all.find('\n') + 1;  // 0 where there is no second line
  const std::string_view line = all.substr(begin, all.find_first_of("\r\n", begin) - begin);
  auto decoded = all.starts_with("untrusted comment:") ? DecodeBase64(line) : std::nullopt;
  const Secret file(decoded ? *std::exchange(decoded, std::nullopt) : std::string());
  const std::string_view bytes = file.view();
  if (bytes.size() != kEnd || !bytes.starts_with("Ed") || bytes.substr(4, 2) != "B2") {
    return Refuse("is not in minisign's form", std::string(kHint));
  }
  const std::string_view derivation = bytes.substr(2, 2);
  const bool encrypted = derivation == "Sc";
  if (!encrypted && derivation != std::string_view("\0\0", 2)) {
    return Refuse("is encrypted in a way that is not known: " + Quote(derivation),
                  std::string(kHint));
  }
  std::string keys(bytes.substr(kKeys));
  if (encrypted) {
    const auto given = password();
    if (!given) {
      Wipe(keys);
      return given.findings();
    }
    const auto stream = Stream(bytes, *given);
    if (!stream) return stream.findings();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      keys[i] = static_cast<char>(keys[i] ^ stream->view()[i]);
    }
  }
  const Secret clear(std::move(keys));
  const std::string_view id = clear.view().substr(0, kIdBytes);
  const std::string_view seed = clear.view().substr(kIdBytes, kSeedBytes);
  const std::string half = PublicHalf(seed);
  if (half.empty() || half != clear.view().substr(kIdBytes + kSeedBytes, kPublicBytes)) {
    return Refuse(encrypted ? "cannot be decrypted: the password is wrong" : "is damaged");
  }
  const std::string line_of_public = EncodeBase64(fmt::format("Ed{}{}", id, half));
  return MinisignSecretKey{Secret(std::string(seed)), *ParseSigningKey(line_of_public)};
}

Result<std::string> SignMinisign(std::string_view bytes, const MinisignSecretKey& key,
                                 std::string_view trusted_comment) {
  const std::string signature = Sign(Blake2b512(bytes), key.seed.view());
  const std::string global = Sign(fmt::format("{}{}", signature, trusted_comment), key.seed.view());
  if (signature.empty() || global.empty()) return Refuse("could not be used: libcrypto failed");
  return fmt::format(
      "untrusted comment: signature by jobwarden policy sign, key {}\n{}\ntrusted comment: "
      "{}\n{}\n",
      KeyIdText(key.public_key.id), EncodeBase64("ED" + key.public_key.id + signature),
      trusted_comment, EncodeBase64(global));
}

}  // namespace jobwarden
