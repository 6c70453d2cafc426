#include "verifier/fetch/tls.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <utility>

#include "verifier/base/text.h"
#include "verifier/fetch/trusted_certificates.h"

namespace jobwarden {
namespace {

using Poco::Net::Context;

Finding Refuse(std::string message, std::string hint = "") {
  return {Code::kKeysUnavailable, std::move(message), std::move(hint)};
}

// Why a certificate of this thread's present handshake is refused, and how many certificates lie
// between it and the server's own. Poco does not tell.
thread_local int g_certificate_error = X509_V_OK;
thread_local int g_certificate_depth = 0;

int OnCertificate(int ok, X509_STORE_CTX* store) {
  if (ok == 0) {
    g_certificate_error = X509_STORE_CTX_get_error(store);
    g_certificate_depth = X509_STORE_CTX_get_error_depth(store);
  }
  return ok;
}

bool Expect(SSL_CTX* context, const std::string& host) {
  X509_VERIFY_PARAM* expected = SSL_CTX_get0_param(context);
  Poco::Net::IPAddress address;
  if (Poco::Net::IPAddress::tryParse(host, address)) {
    return X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
  }
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1;
}

Finding CertificateRefusal(const std::string& host) {
  const std::string subject = g_certificate_depth == 0
                                  ? "TLS: the certificate of " + host
                                  : "TLS: an authority's certificate on the way to " + host;
  switch (g_certificate_error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Refuse(subject + " has expired", "renew it; or is this machine's clock wrong?");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Refuse(subject + " is not yet valid", "is this machine's clock right?");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Refuse(subject + " is for another host",
                    "the host in the URL must be a name in the certificate");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:  // an authority of that name, with another key
      return Refuse("TLS: the certificate of " + host + " leads to no authority that is trusted",
                    "name the authority's certificate in `ca_file` in the configuration");
    default:
      return Refuse(subject + " is refused: " + X509_verify_cert_error_string(g_certificate_error));
  }
}

// `text` is libssl's, `error:0A000102:SSL routines::unsupported protocol`.
Finding HandshakeRefusal(const std::string& host, const std::string& text) {
  const std::string reason = text.substr(text.rfind(':') + 1);
  if (Contains(reason, "alert protocol version") || Contains(reason, "unsupported protocol")) {
    return Refuse(fmt::format("TLS: {} offers nothing newer than TLS 1.1", host),
                  "switch TLS 1.2 or later on there");
  }
  if (Contains(reason, "wrong version number")) {
    return Refuse(fmt::format("TLS: {} does not speak TLS on this port", host),
                  "is it a port for plain HTTP?");
  }
  return Refuse(fmt::format("TLS: no handshake with {}: {}", host, reason));
}

}  // namespace

Result<Context::Ptr> MakeClientContext(const std::string& ca_file) {
  try {
    Context::Ptr context = new Context(Context::TLS_CLIENT_USE, "", "", "", Context::VERIFY_STRICT,
                                       9, false, "DEFAULT");
    // libcrypto checks the name. Poco's own check excuses localhost.
    context->enableExtendedCertificateVerification(false);
    SSL_CTX* ssl = context->sslContext();
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, OnCertificate);
    if (SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) != 1) {
      return Refuse("TLS: this machine's OpenSSL offers no TLS 1.2");
    }
    if (auto trust = TrustCertificates(ssl, ca_file); !trust) return std::move(trust).findings();
    return context;
  } catch (const Poco::Exception& error) {
    return Refuse("TLS: cannot be set up: " + error.displayText());
  }
}

Result<Poco::Net::StreamSocket> StartTls(const Poco::Net::StreamSocket& connection,
                                         const std::string& host, const std::string& ca_file) {
  const auto context = MakeClientContext(ca_file);
  if (!context) return context.findings();
  g_certificate_error = X509_V_OK;
  try {
    if (!Expect((*context)->sslContext(), host)) {
      return Refuse("TLS: cannot be set up for host " + Quote(host));
    }
    return Poco::Net::StreamSocket(
        Poco::Net::SecureStreamSocket::attach(connection, host, *context));
  } catch (const Poco::Exception& error) {
    if (g_certificate_error != X509_V_OK) return CertificateRefusal(host);
    return HandshakeRefusal(host, error.message().empty() ? error.name() : error.message());
  }
}

}  // namespace jobwarden
