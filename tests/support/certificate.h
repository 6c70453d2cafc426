#ifndef JOBWARDEN_TESTS_SUPPORT_CERTIFICATE_H_
#define JOBWARDEN_TESTS_SUPPORT_CERTIFICATE_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace jobwarden::testing {

/// A server's or an authority's certificate, and its key; both as PEM.
struct Certificate {
  std::string certificate;
  std::string key;
};

/// A new one for `host`, a name or an address, good from `begin` to `end` (seconds from now). It
/// signs itself, or `authority` signs it.
Certificate MakeCertificate(const std::string& host, long begin = -3600, long end = 3600,
                            const Certificate* authority = nullptr);

/// A new authority: a root, or one that `authority` vouches for.
Certificate MakeAuthority(long begin = -3600, long end = 3600,
                          const Certificate* authority = nullptr);

/// The name that a system's folder of trusted certificates has for it: `1a2b3c4d.0`.
std::string HashedName(const Certificate& certificate);

using X509Ptr = std::unique_ptr<X509, void (*)(X509*)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
X509Ptr ReadCertificate(const Certificate& pem);
KeyPtr ReadKey(const Certificate& pem);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_CERTIFICATE_H_
