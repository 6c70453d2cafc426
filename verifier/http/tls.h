#ifndef JOBWARDEN_VERIFIER_HTTP_TLS_H_
#define JOBWARDEN_VERIFIER_HTTP_TLS_H_

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>

#include "verifier/base/result.h"

namespace jobwarden {

/// The files of a server that speaks TLS, in PEM.
struct TlsFiles {
  std::string certificate;  ///< with the chain after it
  std::string key;
  std::string client_ca;  ///< if it is set, only clients with a certificate of these are served
};

using TlsServer = std::shared_ptr<SSL_CTX>;

/// TLS 1.2 and up. The key's file must not be open to others (see CheckWriters, and it may not be
/// readable by all). CONFIG_INVALID.
Result<TlsServer> MakeTlsServer(const TlsFiles& files);

/// When the server's own certificate ends.
std::chrono::sys_seconds CertificateEnd(const TlsServer& tls);

/// What changes when one of the files is replaced: inode, size and time of each.
std::string TlsFilesState(const TlsFiles& files);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HTTP_TLS_H_
