#include "verifier/service/site.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string_view>

#include "verifier/base/encoding.h"
#include "verifier/base/secret.h"
#include "verifier/http/head.h"
#include "verifier/os/file.h"
#include "verifier/os/user.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxApiKeyBytes = 65'536;
constexpr std::size_t kMinApiKey = 16;

}  // namespace

Result<std::vector<std::string>> ReadApiKeys(const std::string& path) {
  std::vector<std::string> digests;
  if (path.empty()) return digests;
  constexpr Code kCode = Code::kConfigInvalid;
  const auto fd = OpenFile(path, kCode, "serve.api_keys_file");
  if (!fd) return fd.findings();
  if (auto status = CheckWriters(*fd, path, std::nullopt, kCode, "serve.api_keys_file"); !status) {
    return std::move(status).findings();
  }
  auto bytes = ReadAll(*fd, path, kMaxApiKeyBytes, kCode, "serve.api_keys_file");
  if (!bytes) return std::move(bytes).findings();
  const Secret text(*std::move(bytes));
  std::string_view rest = text.view();
  while (!rest.empty()) {
    const std::string_view line = TrimBlanks(TakeUpTo(rest, '\n'));
    if (line.empty() || line.starts_with('#')) continue;
    if (line.size() < kMinApiKey) {
      return Finding{kCode, fmt::format("serve.api_keys_file: a key of {} bytes, expected {} at "
                                        "least",
                                        line.size(), kMinApiKey)};
    }
    digests.push_back(Sha256Hex(line));
  }
  if (digests.empty()) return Finding{kCode, "serve.api_keys_file: it holds no key"};
  return digests;
}

Result<std::vector<uid_t>> FindUsers(const std::vector<std::string>& names) {
  std::vector<uid_t> users;
  for (const std::string& name : names) {
    const auto user = FindUser(name, Code::kConfigInvalid, "serve.users");
    if (!user) return user.findings();
    users.push_back(user->uid);
  }
  return users;
}

Result<std::shared_ptr<Site>> MakeSite(Config config) {
  auto keys = ReadApiKeys(config.serve.api_keys_file);
  if (!keys) return std::move(keys).findings();
  auto users = FindUsers(config.serve.users);
  if (!users) return std::move(users).findings();
  auto site = std::make_shared<Site>(std::move(config));
  site->api_keys = *std::move(keys);
  site->users = *std::move(users);
  return site;
}

TlsFiles FilesOf(const ServeSettings& serve) {
  return {serve.tls_certificate, serve.tls_key, serve.client_ca};
}

}  // namespace jobwarden
