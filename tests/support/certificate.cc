#include "tests/support/certificate.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <stdexcept>

namespace jobwarden::testing {
namespace {

using BioPtr = std::unique_ptr<BIO, void (*)(BIO*)>;

void Require(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("certificate: ") + what);
}

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

void Extend(X509* x509, int what, const std::string& text) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, text.c_str());
  Require(extension != nullptr, "extension");
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
}

// `extension` with `value` says what it is for.
Certificate Make(const std::string& name, int extension, const std::string& value, long begin,
                 long end, const Certificate* authority) {
  const KeyPtr key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const X509Ptr x509(X509_new(), X509_free);
  Require(key && x509, "key");
  X509_set_version(x509.get(), X509_VERSION_3);
  std::array<unsigned char, 4> serial{};
  Require(RAND_bytes(serial.data(), serial.size()) == 1, "serial number");
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509.get()),
                          serial[0] | serial[1] << 8 | serial[2] << 16);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), begin);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), end);
  X509_set_pubkey(x509.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(x509.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  Extend(x509.get(), extension, value);
  if (authority == nullptr) {
    X509_set_issuer_name(x509.get(), subject);
    Require(X509_sign(x509.get(), key.get(), EVP_sha256()) > 0, "signature");
  } else {
    X509_set_issuer_name(x509.get(), X509_get_subject_name(ReadCertificate(*authority).get()));
    Require(X509_sign(x509.get(), ReadKey(*authority).get(), EVP_sha256()) > 0, "signature");
  }
  const BioPtr certificate_pem(BIO_new(BIO_s_mem()), BIO_free_all);
  const BioPtr key_pem(BIO_new(BIO_s_mem()), BIO_free_all);
  Require(PEM_write_bio_X509(certificate_pem.get(), x509.get()) == 1 &&
              PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                       nullptr) == 1,
          "PEM");
  return {Text(certificate_pem.get()), Text(key_pem.get())};
}

}  // namespace

Certificate MakeCertificate(const std::string& host, long begin, long end,
                            const Certificate* authority) {
  const bool address = host.find(':') != std::string::npos ||
                       std::isdigit(static_cast<unsigned char>(host.front())) != 0;
  return Make("fake issuer", NID_subject_alt_name, (address ? "IP:" : "DNS:") + host, begin, end,
              authority);
}

Certificate MakeAuthority(long begin, long end, const Certificate* authority) {
  return Make(authority == nullptr ? "fake authority" : "fake intermediate authority",
              NID_basic_constraints, "critical,CA:TRUE", begin, end, authority);
}

std::string HashedName(const Certificate& certificate) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "%08lx.0",
                X509_subject_name_hash(ReadCertificate(certificate).get()));
  return name.data();
}

X509Ptr ReadCertificate(const Certificate& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.certificate.data(), -1), BIO_free_all);
  X509Ptr x509(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  Require(x509 != nullptr, "not one");
  return x509;
}

KeyPtr ReadKey(const Certificate& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.key.data(), -1), BIO_free_all);
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  Require(key != nullptr, "no key");
  return key;
}

}  // namespace jobwarden::testing
