#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "verifier/config/config.h"
#include "verifier/config/draft.h"
#include "verifier/config/schema.h"
#include "verifier/config/signing_key.h"

namespace jobwarden {
namespace {

void SetKeys(const Field& field, PullSettings& pull) {
  const auto texts = field.Texts(true);
  if (!texts) return;
  const auto* list = field.node.As<Node::List>();
  for (std::size_t i = 0; i < texts->size(); ++i) {
    const Field item{field.problems, field.name, list == nullptr ? field.node : (*list)[i]};
    auto key = ParseSigningKey((*texts)[i]);
    if (!key) {
      // The text is not repeated: it may be the secret key.
      item.Fail(fmt::format("expected a public key of minisign, got a text of {} characters",
                            (*texts)[i].size()),
                "copy the second line of minisign.pub; it begins with RW");
    } else if (std::any_of(pull.keys.begin(), pull.keys.end(),
                           [&](const SigningKey& each) { return each.text == key->text; })) {
      item.Fail("a key appears twice");
    } else {
      pull.keys.push_back(*std::move(key));
    }
  }
}

constexpr Key<PullSettings> kPullKeys[] = {
    {"url", SetUrl<&PullSettings::url, UrlUse::kKeySet>},
    {"keys", SetKeys, "keys = [\"RWQ…\"]"},
    {"ca_file", SetPath<&PullSettings::ca_file>},
    {"proxy", SetUrl<&PullSettings::proxy, UrlUse::kProxy>},
    {"timeout", SetDuration<&PullSettings::timeout, 1, 600>},
};

}  // namespace

void ReadPull(const Field& field, PolicySettings& settings) {
  ReadTable(field, "[policy.pull]", "policy.pull.", kPullKeys, settings.pull);
}

void ListPullKeys(KeyPaths& paths) {
  ListKeys("policy.pull.", kPullKeys, paths);
}

}  // namespace jobwarden
