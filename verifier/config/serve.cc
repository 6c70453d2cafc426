#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "verifier/base/number.h"
#include "verifier/config/config.h"
#include "verifier/config/document.h"
#include "verifier/config/draft.h"
#include "verifier/config/schema.h"

namespace jobwarden {
namespace {

constexpr Choice<LogFormat> kLogFormats[] = {
    {"logfmt", LogFormat::kLogfmt}, {"json", LogFormat::kJson}, {"off", LogFormat::kOff}};

void SetListen(const Field& field, ServeSettings& serve) {
  if (auto texts = field.Texts(true)) serve.listen = *std::move(texts);
}

void SetUsers(const Field& field, ServeSettings& serve) {
  if (auto texts = field.Texts(true)) serve.users = *std::move(texts);
}

void SetMode(const Field& field, ServeSettings& serve) {
  const std::string* text = field.Text();
  if (text == nullptr) return;
  const auto mode = ParseNumber<mode_t>(*text, 8);
  if (!mode || *mode > 0777) return field.Fail("expected a file's mode", "\"0660\"");
  serve.socket_mode = *mode;
}

template <auto kMember, std::int64_t kLeast, std::int64_t kMost>
void SetCount(const Field& field, ServeSettings& serve) {
  const auto* number = field.node.As<std::int64_t>();
  if (number == nullptr) return field.FailKind("a whole number");
  if (*number < kLeast || *number > kMost) {
    return field.Fail(fmt::format("expected {} to {}, got {}", kLeast, kMost, *number));
  }
  serve.*kMember = static_cast<std::size_t>(*number);
}

constexpr Key<ServeSettings> kKeys[] = {
    {"listen", SetListen},
    {"socket_mode", SetMode},
    {"users", SetUsers},
    {"tls_certificate", SetPath<&ServeSettings::tls_certificate>},
    {"tls_key", SetPath<&ServeSettings::tls_key>},
    {"client_ca", SetPath<&ServeSettings::client_ca>},
    {"insecure_listen", SetBool<&ServeSettings::insecure_listen>},
    {"api_keys_file", SetPath<&ServeSettings::api_keys_file>},
    {"access_log", SetChoice<&ServeSettings::access_log, kLogFormats>},
    {"workers", SetCount<&ServeSettings::workers, 0, 256>},
    {"max_connections", SetCount<&ServeSettings::max_connections, 16, 1'000'000>},
    {"rate", SetCount<&ServeSettings::rate, 0, 1'000'000>},
};

}  // namespace

void ReadServe(const Field& field, Draft& draft) {
  ServeSettings& serve = draft.config.serve;
  ReadTable(field, "[serve]", "serve.", kKeys, serve);
  const auto needs = [&](std::string_view key, std::string_view other, std::string_view hint) {
    const Node* node = field.node.Find(key);
    if (node == nullptr || field.node.Find(other) != nullptr) return;
    field.problems.Add(node->place, fmt::format("serve.{} without serve.{}", key, other),
                       std::string(hint));
  };
  needs("tls_certificate", "tls_key", "a certificate is nothing without its key");
  needs("tls_key", "tls_certificate", "a key is nothing without its certificate");
  needs("client_ca", "tls_certificate", "only TLS asks clients for certificates");
}

void ListServeKeys(KeyPaths& paths) {
  ListKeys("serve.", kKeys, paths);
}

}  // namespace jobwarden
