#ifndef JOBWARDEN_VERIFIER_FETCH_TLS_H_
#define JOBWARDEN_VERIFIER_FETCH_TLS_H_

#include <Poco/Net/Context.h>
#include <Poco/Net/StreamSocket.h>

#include <string>

#include "verifier/base/result.h"

namespace jobwarden {

/// A context for TLS 1.2 and later that trusts what TrustCertificates says.
Result<Poco::Net::Context::Ptr> MakeClientContext(const std::string& ca_file);

/// Makes TLS of a connection. The server's certificate must be valid for `host`, a name or an
/// address, and lead to one that TrustCertificates trusts. KEYS_UNAVAILABLE in words, for example
/// `TLS: the certificate of gitlab.example.com has expired`.
Result<Poco::Net::StreamSocket> StartTls(const Poco::Net::StreamSocket& connection,
                                         const std::string& host, const std::string& ca_file);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_TLS_H_
