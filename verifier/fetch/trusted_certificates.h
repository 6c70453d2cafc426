#ifndef JOBWARDEN_VERIFIER_FETCH_TRUSTED_CERTIFICATES_H_
#define JOBWARDEN_VERIFIER_FETCH_TRUSTED_CERTIFICATES_H_

#include <openssl/ssl.h>

#include <string>

#include "verifier/base/result.h"

namespace jobwarden {

/// Sets which certificates a handshake trusts: those of `ca_file` alone, or the system's where that
/// is empty. Of the system's, SSL_CERT_FILE in the environment replaces the file and SSL_CERT_DIR
/// the folders (several are separated by `:`), as for every program that uses OpenSSL.
///
/// Each trusted certificate is the end of a chain, also one that another authority vouches for: an
/// issuing authority's, or the server's own.
///
/// KEYS_UNAVAILABLE when a file that was named cannot be read or holds no certificate, and for a
/// path in the environment that is relative: what it means depends on the folder of the program,
/// and that may be a job's.
Status TrustCertificates(SSL_CTX* context, const std::string& ca_file);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_TRUSTED_CERTIFICATES_H_
