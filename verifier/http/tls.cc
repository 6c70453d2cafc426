#include "verifier/http/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <ctime>
#include <string_view>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;

Finding Fault(std::string_view setting, const std::string& path) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return {kCode, fmt::format("{}: {}: {}", setting, Quote(path),
                             reason == nullptr ? "cannot be used" : LibraryWords(reason))};
}

Status CheckKeyFile(const std::string& path) {
  const auto fd = OpenFile(path, kCode, "serve.tls_key");
  if (!fd) return fd.findings();
  struct stat st {};
  if (fstat(fd->get(), &st) != 0 || (st.st_mode & S_IROTH) != 0) {
    return Finding{kCode, fmt::format("serve.tls_key: everybody may read {}", Quote(path)),
                   "chmod o-r it"};
  }
  return CheckWriters(*fd, path, std::nullopt, kCode, "serve.tls_key");
}

}  // namespace

Result<TlsServer> MakeTlsServer(const TlsFiles& files) {
  if (auto checked = CheckKeyFile(files.key); !checked) return std::move(checked).findings();
  ERR_clear_error();
  TlsServer tls(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX* context = tls.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return Fault("serve", "TLS");
  }
  // Idle connections are many, and their buffers would be most of the memory.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_CLEANSE_PLAINTEXT);
  // A key with a passphrase is refused. libcrypto would ask the terminal for it.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return -1; });
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // Tickets are bound to this context: a session does not outlive its authority.
  constexpr unsigned char kId[] = "jobwarden";
  SSL_CTX_set_session_id_context(context, kId, sizeof(kId) - 1);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return Fault("serve.tls_certificate", files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return Fault("serve.tls_key", files.key);
  }
  if (!files.client_ca.empty()) {
    if (SSL_CTX_load_verify_file(context, files.client_ca.c_str()) != 1) {
      return Fault("serve.client_ca", files.client_ca);
    }
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(files.client_ca.c_str()));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return tls;
}

std::chrono::sys_seconds CertificateEnd(const TlsServer& tls) {
  tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(tls.get())), &end) != 1) {
    return {};
  }
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&end)));
}

std::string TlsFilesState(const TlsFiles& files) {
  std::string state;
  for (const std::string* path : {&files.certificate, &files.key, &files.client_ca}) {
    struct stat st {};
    if (path->empty() || stat(path->c_str(), &st) != 0) continue;
    state +=
        fmt::format("{}:{}:{}.{};", st.st_ino, st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  }
  return state;
}

}  // namespace jobwarden
