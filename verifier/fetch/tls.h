#ifndef JOBWARDEN_VERIFIER_FETCH_TLS_H_
#define JOBWARDEN_VERIFIER_FETCH_TLS_H_

#include <Poco/Net/Context.h>
#include <Poco/Net/StreamSocket.h>

#include <string>

#include "verifier/base/result.h"

namespace jobwarden {

/// What a client needs for TLS: it trusts the certificates of `ca_file`, or the system's where it
/// is empty. Of a system that has a hashed folder only those are read that a handshake asks for.
Result<Poco::Net::Context::Ptr> MakeClientContext(const std::string& ca_file);

/// Makes TLS (1.2 or later) of a connection. The certificate must be valid for `host`, a name or an
/// address, and lead to one that is trusted: those of `ca_file`, or the system's where it is empty.
/// KEYS_UNAVAILABLE in words, for example `TLS: the certificate of gitlab.example.com has expired`.
Result<Poco::Net::StreamSocket> StartTls(const Poco::Net::StreamSocket& connection,
                                         const std::string& host, const std::string& ca_file);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_TLS_H_
