#include "verifier/token/key_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/token/algorithm.h"
#include "verifier/token/signature.h"

namespace jobwarden {
namespace {

constexpr JsonLimits kLimits{.max_bytes = kMaxKeySetBytes, .max_values = 65'536};

// The members of RFC 7518 §6 that only private and symmetric keys have.
constexpr std::string_view kPrivateMembers[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

MadeKey Skip(std::string reason) {
  return {nullptr, std::move(reason)};
}

// The bytes of a member in base64url; nothing when it is absent or not base64url.
std::optional<std::string> Bytes(const Object& jwk, std::string_view name) {
  const std::string* text = jwk.FindString(name);
  return text == nullptr ? std::nullopt : DecodeBase64Url(*text);
}

// Why `use` or `key_ops` keep the key from checking signatures (RFC 7517 §4.2, §4.3); empty if they
// do not. Both may be absent.
std::string WhyNotForSignatures(const Object& jwk) {
  if (const Value* use = jwk.Find("use")) {
    const std::string* text = use->AsString();
    if (text == nullptr || *text != "sig") return "use is not sig";
  }
  if (const Value* operations = jwk.Find("key_ops")) {
    const Array* list = operations->AsArray();
    if (list == nullptr || std::find(list->begin(), list->end(), Value("verify")) == list->end()) {
      return "key_ops does not have verify";
    }
  }
  return "";
}

MadeKey MakeKey(const Object& jwk) {
  for (const std::string_view name : kPrivateMembers) {
    if (jwk.Find(name) != nullptr) {
      return Skip(fmt::format("not a public key: it has the member {}", name));
    }
  }
  if (std::string why = WhyNotForSignatures(jwk); !why.empty()) return Skip(std::move(why));
  KeyAlgorithm alg;
  if (const Value* value = jwk.Find("alg")) {
    const std::string* name = value->AsString();
    if (name != nullptr) alg = AlgorithmFromName(*name);
    if (!alg) {
      return Skip("alg is not a signature algorithm known here: " +
                  (name == nullptr ? std::string(value->TypeName()) : Quote(*name)));
    }
  }
  const std::string* kty = jwk.FindString("kty");
  if (kty == nullptr) return Skip("kty is missing or not a string");
  if (*kty == "RSA") {
    const auto n = Bytes(jwk, "n");
    const auto e = Bytes(jwk, "e");
    if (!n || !e) return Skip("n or e is missing or not canonical base64url");
    return MakeRsaKey(*n, *e, alg);
  }
  if (*kty != "EC" && *kty != "OKP") return Skip("unknown kty " + Quote(*kty));
  const std::string* crv = jwk.FindString("crv");
  const auto x = Bytes(jwk, "x");
  if (crv == nullptr || !x) return Skip("crv or x is missing, or x is not canonical base64url");
  if (*kty == "OKP") return MakeEdKey(*crv, *x, alg);
  const auto y = Bytes(jwk, "y");
  if (!y) return Skip("y is missing or not canonical base64url");
  return MakeEcKey(*crv, *x, *y, alg);
}

}  // namespace

struct KeySet::State {
  struct Entry {
    std::string kid;
    std::shared_ptr<const PublicKey> key;
  };
  std::vector<Entry> keys;
  std::shared_ptr<const PublicKey> only;
  std::vector<SkippedKey> skipped;
};

namespace {

// A key as the set lists it, or the reason why it cannot be used.
struct Listed {
  const std::string* kid = nullptr;
  MadeKey made;
};

Listed ReadListed(const Value& value) {
  const Object* jwk = value.AsObject();
  if (jwk == nullptr)
    return {nullptr, Skip(fmt::format("not an object, but {}", value.TypeName()))};
  const Value* kid = jwk->Find("kid");
  if (kid == nullptr) return {nullptr, MakeKey(*jwk)};
  const std::string* name = kid->AsString();
  return {name, name == nullptr ? Skip("kid is not a string") : MakeKey(*jwk)};
}

// The keys that a set lists under one kid: the same key once or more often, or different keys.
struct OneKid {
  std::shared_ptr<const PublicKey> key;
  bool is_one_key = true;
  bool is_taken = false;

  void Add(const std::shared_ptr<const PublicKey>& another) {
    is_one_key = is_one_key && key != nullptr && another != nullptr && SameKey(*key, *another);
  }
};

}  // namespace

KeySet::KeySet(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Result<KeySet> KeySet::Parse(std::string_view bytes, Code code, std::string_view what) {
  const auto document = ParseJson(bytes, kLimits, code, what);
  if (!document) return document.findings();
  const Value* keys = document->Find("keys");
  const Array* list = keys == nullptr ? nullptr : keys->AsArray();
  if (list == nullptr) {
    return Finding{code, fmt::format("{}: expected an object with an array keys", what), "", {}};
  }
  std::vector<Listed> all;
  all.reserve(list->size());
  std::map<std::string_view, OneKid> kids;
  for (const Value& jwk : *list) {
    const Listed& listed = all.emplace_back(ReadListed(jwk));
    if (listed.kid == nullptr) continue;
    const auto [at, is_first] = kids.try_emplace(*listed.kid, OneKid{listed.made.key});
    if (!is_first) at->second.Add(listed.made.key);
  }
  auto state = std::make_shared<State>();
  for (Listed& each : all) {
    OneKid* kid = each.kid == nullptr ? nullptr : &kids.at(*each.kid);
    const bool is_named = each.kid != nullptr && !each.kid->empty();
    std::string reason;
    if (kid != nullptr && !kid->is_one_key) {
      reason = "its kid appears more than once, and not with the same key";
    } else if (!each.made.key) {
      reason = std::move(each.made.reason);
    } else if (!is_named) {
      reason = "kid is missing or empty";
    }
    if (each.made.key && all.size() == 1) state->only = each.made.key;
    if (!reason.empty()) {
      state->skipped.push_back({each.kid == nullptr ? "" : *each.kid, std::move(reason)});
    } else if (!std::exchange(kid->is_taken, true)) {
      state->keys.push_back({*each.kid, std::move(each.made.key)});
    }
  }
  return KeySet(std::move(state));
}

const PublicKey* KeySet::Find(std::string_view kid) const {
  const auto found = std::find_if(state_->keys.begin(), state_->keys.end(),
                                  [kid](const State::Entry& each) { return each.kid == kid; });
  return found == state_->keys.end() ? nullptr : found->key.get();
}

const PublicKey* KeySet::Only() const {
  return state_->only.get();
}

std::vector<std::string> KeySet::kids() const {
  std::vector<std::string> kids;
  kids.reserve(state_->keys.size());
  for (const auto& entry : state_->keys) kids.push_back(entry.kid);
  return kids;
}

const std::vector<SkippedKey>& KeySet::skipped() const {
  return state_->skipped;
}

}  // namespace jobwarden
