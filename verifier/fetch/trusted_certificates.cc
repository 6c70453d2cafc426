#include "verifier/fetch/trusted_certificates.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

Finding Refuse(std::string message, std::string hint) {
  return {Code::kKeysUnavailable, "TLS: " + std::move(message), std::move(hint)};
}

// `what` is how an administrator knows the file.
Status LoadFile(SSL_CTX* context, const std::string& path, const std::string& what) {
  if (SSL_CTX_load_verify_file(context, path.c_str()) == 1) return Ok();
  ERR_clear_error();
  return Refuse("no certificates can be read from " + what,
                "expected a file of certificates in PEM form");
}

bool IsAbsolute(std::string_view path) {
  return path.empty() || path.front() == '/';
}

bool AreAbsolute(std::string_view paths) {
  while (IsAbsolute(paths)) {
    const std::size_t colon = paths.find(':');
    if (colon == paths.npos) return true;
    paths.remove_prefix(colon + 1);
  }
  return false;
}

// Whether the folder's files are named by the hashes of their subjects. Such a folder is read one
// certificate at a time, when a handshake asks for it.
bool IsHashed(const std::string& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    const bool hash = std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return c == '.' || std::isxdigit(c) != 0;
    });
    if (hash && name.size() == 10 && name[8] == '.') return true;
  }
  return false;
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Status TrustSystem(SSL_CTX* context) {
  const char* file_name = X509_get_default_cert_file_env();
  const char* folder_name = X509_get_default_cert_dir_env();
  const std::string file = Variable(file_name);
  const std::string folders = Variable(folder_name);
  const auto relative = [](const char* name, const std::string& value) {
    return Refuse(fmt::format("{}: expected an absolute path, got {}", name, Quote(value)),
                  "write the whole path into the environment");
  };
  if (!IsAbsolute(file)) return relative(file_name, file);
  if (!AreAbsolute(folders)) return relative(folder_name, folders);

  if (!file.empty()) {
    if (auto loaded = LoadFile(context, file, fmt::format("{} {}", file_name, Quote(file)));
        !loaded) {
      return loaded;
    }
  } else if (!folders.empty() || !IsHashed(X509_get_default_cert_dir())) {
    // Not beside a hashed folder, which holds the same: to read the file costs more than all the
    // rest of a fetch. The file may be absent.
    SSL_CTX_set_default_verify_file(context);
  }
  SSL_CTX_load_verify_dir(context, folders.empty() ? X509_get_default_cert_dir() : folders.c_str());
  ERR_clear_error();
  return Ok();
}

}  // namespace

Status TrustCertificates(SSL_CTX* context, const std::string& ca_file) {
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return ca_file.empty() ? TrustSystem(context) : LoadFile(context, ca_file, Quote(ca_file));
}

}  // namespace jobwarden
