#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/config/document.h"
#include "verifier/config/draft.h"
#include "verifier/config/schema.h"
#include "verifier/config/url.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/provider.h"
#include "verifier/token/algorithm.h"

namespace jobwarden {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::size_t kMaxName = 64;

void SetName(const Field& field, Issuer& issuer) {
  const std::string* text = field.Text();
  if (text == nullptr) return;
  issuer.name = *text;
  const bool good = std::all_of(text->begin(), text->end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  if (!good || text->empty() || text->size() > kMaxName) {
    field.Fail(fmt::format("expected 1 to {} of A-Z a-z 0-9 _ -, got {}", kMaxName, Quote(*text)),
               "a file of this name keeps its key set");
  }
}

void SetProvider(const Field& field, Issuer& issuer) {
  const std::string* name = field.Text();
  if (name == nullptr) return;
  if (const auto provider = ProviderFromName(*name)) {
    issuer.provider = *provider;
    return;
  }
  std::vector<std::string> known;
  for (const Provider each : AllProviders()) known.emplace_back(ProviderName(each));
  schema::RefuseChoice(field, *name, known);
}

void SetAudience(const Field& field, Issuer& issuer) {
  if (auto texts = field.Texts(true)) issuer.audiences = std::move(*texts);
}

void SetAlgorithms(const Field& field, Issuer& issuer) {
  if (!field.Texts(false)) return;
  std::vector<std::string> known;
  for (const Algorithm each : AllAlgorithms()) known.emplace_back(AlgorithmName(each));
  issuer.algorithms.clear();
  for (const Node& item : *field.node.As<Node::List>()) {
    const std::string& name = *item.As<std::string>();
    if (const auto algorithm = AlgorithmFromName(name)) {
      issuer.algorithms.push_back(*algorithm);
    } else {
      schema::RefuseChoice({field.problems, field.name, item}, name, known);
    }
  }
}

constexpr Key<KeySettings> kKeysKeys[] = {
    {"url", SetUrl<&KeySettings::url, UrlUse::kKeySet>},
    {"file", SetPath<&KeySettings::file>},
    {"ca_file", SetPath<&KeySettings::ca_file>},
    {"proxy", SetUrl<&KeySettings::proxy, UrlUse::kProxy>},
    {"timeout", SetDuration<&KeySettings::timeout, 1, kMinute>},
    {"max_age", SetDuration<&KeySettings::max_age, 1, 30 * kDay>},
    {"stale_for", SetDuration<&KeySettings::stale_for, 0, 30 * kDay>},
    {"cooldown", SetDuration<&KeySettings::cooldown, 1, kHour>},
};

void SetKeys(const Field& field, Issuer& issuer) {
  ReadTable(field, "[issuer.keys]", "issuer.keys.", kKeysKeys, issuer.keys);
}

void CheckPinned(const Node& table, const Issuer& issuer, Problems& problems) {
  const Node* keys = table.Find("keys");
  if (keys == nullptr || keys->Find("file") == nullptr) return;
  for (const std::string_view key : {"url", "proxy", "ca_file"}) {
    // Pinned keys or not, requests for id_tokens go through this proxy and trust this file.
    if (key != "url" && RequestsIdTokens(issuer.provider)) continue;
    if (const Node* other = keys->Find(key)) {
      problems.Add(other->place,
                   fmt::format("issuer.keys.{} contradicts issuer.keys.file: pinned keys are "
                               "never fetched",
                               key),
                   "keep one of them");
    }
  }
}

// Keys from plain http could be anybody's. Pinned keys do not come over the network.
void CheckPlainHttp(const Node& table, const Issuer& issuer, Draft& draft, Problems& problems) {
  if (!IsPlainHttp(issuer.url)) return;
  if (issuer.keys.file.empty()) {
    problems.Add(PlaceIn(table, "url"),
                 fmt::format("issuer.url: expected an https:// URL (http:// is for loopback "
                             "only), got {}",
                             Quote(issuer.url)),
                 "where there is no https, pin the keys: issuer.keys.file");
    return;
  }
  draft.config.warnings.push_back(
      {Code::kPlainHttp,
       fmt::format("issuer {}: {} is not encrypted: whoever listens on the network can take "
                   "jobs' tokens, and can change what a runner is told to run",
                   Quote(issuer.name), Quote(issuer.url)),
       "serve it over https"});
}

constexpr Key<Issuer> kIssuerKeys[] = {
    {"name", SetName, "name = \"gitlab\""},
    {"provider", SetProvider, "provider = \"gitlab\""},
    {"url", SetUrl<&Issuer::url, UrlUse::kIssuer>, "url = \"https://gitlab.example.com\""},
    {"audience", SetAudience, "audience = \"https://ci-runners.example.com\""},
    {"algorithms", SetAlgorithms},
    {"leeway", SetDuration<&Issuer::leeway, 0, 10 * kMinute>},
    {"max_lifetime", SetDuration<&Issuer::max_lifetime, kMinute, 31 * kDay>},
    {"server_url", SetUrl<&Issuer::server_url, UrlUse::kServer>},
    {"keys", SetKeys},
};

bool SameTokens(const Issuer& a, const Issuer& b) {
  return !a.url.empty() && a.url == b.url &&
         std::find_first_of(a.audiences.begin(), a.audiences.end(), b.audiences.begin(),
                            b.audiences.end()) != a.audiences.end();
}

}  // namespace

void ReadIssuers(const Field& field, Draft& draft) {
  const auto* list = field.node.As<Node::List>();
  if (list == nullptr) return field.FailKind("a list of tables", "write [[issuer]]");
  if (list->empty()) return field.Fail("is an empty list");
  for (const Node& table : *list) {
    Issuer& issuer = draft.config.issuers.emplace_back();
    draft.issuer_tables.push_back(&table);
    ReadTable({field.problems, "[[issuer]]", table}, "[[issuer]]", "issuer.", kIssuerKeys, issuer);
    CheckPinned(table, issuer, field.problems);
    CheckPlainHttp(table, issuer, draft, field.problems);
    if (issuer.server_url.empty()) issuer.server_url = ServerUrlOf(issuer.provider, issuer.url);
  }
}

void CheckIssuers(const Draft& draft, Problems& problems) {
  const auto& issuers = draft.config.issuers;
  for (std::size_t i = 0; i < issuers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!issuers[i].name.empty() && issuers[i].name == issuers[j].name) {
        problems.Add(
            PlaceIn(*draft.issuer_tables[i], "name"),
            fmt::format("two [[issuer]] have the name {}, the other at {}", Quote(issuers[i].name),
                        problems.Text(PlaceIn(*draft.issuer_tables[j], "name"))));
      }
      if (SameTokens(issuers[i], issuers[j])) {
        problems.Add(PlaceIn(*draft.issuer_tables[i], "audience"),
                     fmt::format("two [[issuer]] have this url and an audience in common, the "
                                 "other at {}",
                                 problems.Text(PlaceIn(*draft.issuer_tables[j], "audience"))),
                     "a token must belong to one of them: give each an audience of its own");
      }
    }
  }
}

void ListIssuerKeys(KeyPaths& paths) {
  ListKeys("issuer.", kIssuerKeys, paths);
  ListKeys("issuer.keys.", kKeysKeys, paths);
}

}  // namespace jobwarden
