#include "verifier/bundle/minisign.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/bundle/blake2b.h"
#include "verifier/token/algorithm.h"
#include "verifier/token/signature.h"

namespace jobwarden {
namespace {

constexpr std::size_t kAlgorithmBytes = 2;
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kSignatureBytes = 64;

Finding Refuse(std::string_view message, std::string hint = "") {
  return {Code::kPolicyRefused, fmt::format("the signature {}", message), std::move(hint)};
}

// The next line, without its end.
std::string_view TakeLine(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool IsMadeBy(const SigningKey& key, std::string_view bytes, std::string_view signature) {
  const MadeKey made = MakeEdKey("Ed25519", key.public_key, std::nullopt);
  return made.key != nullptr && VerifyBytes(*made.key, Algorithm::kEdDSA, bytes, signature);
}

}  // namespace

Result<MinisignSignature> ParseMinisign(std::string_view text) {
  constexpr std::string_view kHint = "publish what minisign or jobwarden policy sign wrote";
  if (text.size() > kMaxSignatureBytes) {
    return Refuse(fmt::format("has more than {} bytes", kMaxSignatureBytes), std::string(kHint));
  }
  std::string_view untrusted = TakeLine(text);
  const auto first = DecodeBase64(TakeLine(text));
  std::string_view trusted = TakeLine(text);
  auto global = DecodeBase64(TakeLine(text));
  const bool good = TakePrefix(untrusted, "untrusted comment: ") && first &&
                    first->size() == kAlgorithmBytes + kIdBytes + kSignatureBytes &&
                    TakePrefix(trusted, "trusted comment: ") && global &&
                    global->size() == kSignatureBytes && text.empty();
  if (!good) return Refuse("is not in minisign's form", std::string(kHint));
  const bool prehashed = first->starts_with("ED");
  if (!prehashed && !first->starts_with("Ed")) {
    return Refuse(fmt::format("has the algorithm {}, expected ED or Ed",
                              Quote(first->substr(0, kAlgorithmBytes))));
  }
  return MinisignSignature{prehashed, first->substr(kAlgorithmBytes, kIdBytes),
                           first->substr(kAlgorithmBytes + kIdBytes), std::string(trusted),
                           *std::move(global)};
}

Result<SigningKey> VerifyMinisign(std::string_view bytes, const MinisignSignature& signature,
                                  const std::vector<SigningKey>& keys) {
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const SigningKey& each) {
    return each.id == signature.key_id;
  });
  if (key == keys.end()) {
    std::vector<std::string> ids;
    ids.reserve(keys.size());
    for (const SigningKey& each : keys) ids.push_back(KeyIdText(each.id));
    return Refuse(fmt::format("is by the key {}, expected {}{}", KeyIdText(signature.key_id),
                              ids.size() > 1 ? "one of " : "", Join(ids, ", ")),
                  "sign by a key of policy.pull.keys; add a new key there before it is used");
  }
  const std::string digest = signature.prehashed ? Blake2b512(bytes) : std::string();
  if (!IsMadeBy(*key, signature.prehashed ? digest : bytes, signature.signature)) {
    return Refuse("is not of these bytes",
                  "was the bundle published with its own signature? the signature goes first");
  }
  if (!IsMadeBy(*key, signature.signature + signature.trusted_comment,
                signature.global_signature)) {
    return Refuse("does not cover its trusted comment", "sign the bundle again");
  }
  return *key;
}

}  // namespace jobwarden
