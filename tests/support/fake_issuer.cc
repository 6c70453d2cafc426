#include "tests/support/fake_issuer.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <map>
#include <mutex>
#include <ostream>
#include <stdexcept>
#include <thread>

namespace jobwarden::testing {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* pointer) const { kFree(pointer); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Free<X509, X509_free>>;
using BioPtr = std::unique_ptr<BIO, Free<BIO, BIO_free_all>>;

void Require(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

// Poco reads certificates from files alone; libssl takes them from memory.
void Use(SSL_CTX* context, const Certificate& pem) {
  const BioPtr certificate(BIO_new_mem_buf(pem.certificate.data(), -1));
  const BioPtr key(BIO_new_mem_buf(pem.key.data(), -1));
  const CertificatePtr x509(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
  const KeyPtr pkey(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
  Require(x509 && pkey && SSL_CTX_use_certificate(context, x509.get()) == 1 &&
              SSL_CTX_use_PrivateKey(context, pkey.get()) == 1,
          "fake issuer: cannot use its certificate");
}

Poco::Net::ServerSocket Listen(const std::optional<Certificate>& certificate) {
  const Poco::Net::SocketAddress address("127.0.0.1", 0);
  if (!certificate) return Poco::Net::ServerSocket(address);
  const Poco::Net::Context::Ptr context = new Poco::Net::Context(
      Poco::Net::Context::TLS_SERVER_USE, "", "", "", Poco::Net::Context::VERIFY_NONE);
  Use(context->sslContext(), *certificate);
  return Poco::Net::SecureServerSocket(address, 64, context);
}

void Send(HTTPServerResponse& response, const Answer& answer) {
  std::this_thread::sleep_for(answer.delay);
  response.setStatus(static_cast<HTTPServerResponse::HTTPStatus>(answer.status));
  response.setContentType("application/json");
  response.setContentLength64(static_cast<std::int64_t>(answer.body.size()));
  for (const auto& [name, value] : answer.headers) response.set(name, value);
  std::ostream& out = response.send();
  if (answer.drip_pause.count() == 0) {
    out << answer.body;
    return;
  }
  for (const char byte : answer.body) {
    out << byte << std::flush;
    if (!out) return;
    std::this_thread::sleep_for(answer.drip_pause);
  }
}

}  // namespace

Certificate MakeCertificate(const std::string& host, long begin, long end) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr x509(X509_new());
  Require(key && x509, "fake issuer: cannot make a key");
  X509_set_version(x509.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), begin);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), end);
  X509_set_pubkey(x509.get(), key.get());
  X509_NAME* name = X509_get_subject_name(x509.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("fake issuer"), -1, -1, 0);
  X509_set_issuer_name(x509.get(), name);
  const bool address = std::isdigit(static_cast<unsigned char>(host.front())) != 0;
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                              ((address ? "IP:" : "DNS:") + host).c_str());
  Require(names != nullptr, "fake issuer: cannot name its host");
  X509_add_ext(x509.get(), names, -1);
  X509_EXTENSION_free(names);
  Require(X509_sign(x509.get(), key.get(), EVP_sha256()) > 0, "fake issuer: cannot sign");

  const BioPtr certificate_pem(BIO_new(BIO_s_mem()));
  const BioPtr key_pem(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_X509(certificate_pem.get(), x509.get()) == 1 &&
              PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                       nullptr) == 1,
          "fake issuer: cannot write its certificate");
  return {Text(certificate_pem.get()), Text(key_pem.get())};
}

struct FakeIssuer::State {
  std::string path;
  std::string url;

  mutable std::mutex mutex;
  std::string keys = R"({"keys":[]})";
  std::vector<std::pair<std::string, std::string>> keys_headers;
  std::string discovery;
  std::map<std::string, Answer> answers;
  std::map<std::string, FakeIssuer::Responder> responders;
  std::map<std::string, int> counts;
  std::map<std::string, std::string> last_headers;

  Poco::ThreadPool pool{2, 32};
  std::unique_ptr<Poco::Net::HTTPServer> server;

  // Notes a request, and decides what to answer.
  Answer Take(const HTTPServerRequest& request) {
    const std::lock_guard lock(mutex);
    std::string target = request.getURI();
    last_headers.clear();
    for (const auto& [name, value] : request) last_headers[name] = value;
    if (!target.starts_with(path)) return {.status = 404, .body = "not here"};
    target.erase(0, path.size());
    ++counts[target];
    if (const auto told = answers.find(target); told != answers.end()) return told->second;
    const auto query = std::min(target.find('?'), target.size());
    if (const auto found = responders.find(target.substr(0, query)); found != responders.end()) {
      return found->second(target.substr(std::min(query + 1, target.size())),
                           request.get("Authorization", ""));
    }
    if (target == kDiscoveryPath) return {.status = 200, .body = discovery};
    if (target != kKeysPath) return {.status = 404, .body = "not here"};
    for (const auto& [name, value] : keys_headers) {
      if (name == "ETag" && request.get("If-None-Match", "") == value) {
        return {.status = 304, .body = "", .headers = keys_headers};
      }
    }
    return {.status = 200, .body = keys, .headers = keys_headers};
  }
};

namespace {

template <class Take>
class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Take take) : take_(std::move(take)) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new Handler(take_);
  }

 private:
  class Handler final : public Poco::Net::HTTPRequestHandler {
   public:
    explicit Handler(Take take) : take_(std::move(take)) {}
    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
      Send(response, take_(request));
    }

   private:
    Take take_;
  };

  Take take_;
};

}  // namespace

FakeIssuer::FakeIssuer(std::string path, const std::optional<Certificate>& certificate,
                       const std::string& host)
    : state_(std::make_unique<State>()) {
  static_cast<void>(
      std::signal(SIGPIPE, SIG_IGN));  // a client may go away in the middle of an answer
  const auto socket = Listen(certificate);
  state_->path = std::move(path);
  state_->url = (certificate ? "https://" : "http://") + host + ":" +
                std::to_string(socket.address().port()) + state_->path;
  state_->discovery = R"({"issuer":")" + state_->url + R"(","jwks_uri":")" + keys_url() + R"("})";
  auto take = [state = state_.get()](const HTTPServerRequest& request) {
    return state->Take(request);
  };
  Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
  parameters->setKeepAlive(false);
  parameters->setMaxThreads(32);
  state_->server = std::make_unique<Poco::Net::HTTPServer>(new Factory(std::move(take)),
                                                           state_->pool, socket, parameters);
  state_->server->start();
}

FakeIssuer::~FakeIssuer() {
  state_->server->stopAll(true);
  state_->pool.joinAll();
}

std::uint16_t FakeIssuer::port() const {
  return state_->server->port();
}

std::string FakeIssuer::url() const {
  return state_->url;
}

std::string FakeIssuer::keys_url() const {
  return state_->url + kKeysPath;
}

void FakeIssuer::SetKeys(std::string jwks) {
  const std::lock_guard lock(state_->mutex);
  state_->keys = std::move(jwks);
}

void FakeIssuer::SetKeysHeaders(std::vector<std::pair<std::string, std::string>> headers) {
  const std::lock_guard lock(state_->mutex);
  state_->keys_headers = std::move(headers);
}

void FakeIssuer::SetDiscovery(std::string document) {
  const std::lock_guard lock(state_->mutex);
  state_->discovery = std::move(document);
}

void FakeIssuer::SetAnswer(const std::string& path, std::optional<Answer> answer) {
  const std::lock_guard lock(state_->mutex);
  if (answer) {
    state_->answers[path] = *std::move(answer);
  } else {
    state_->answers.erase(path);
  }
}

void FakeIssuer::SetResponder(const std::string& path, Responder responder) {
  const std::lock_guard lock(state_->mutex);
  if (responder) {
    state_->responders[path] = std::move(responder);
  } else {
    state_->responders.erase(path);
  }
}

int FakeIssuer::requests() const {
  const std::lock_guard lock(state_->mutex);
  int sum = 0;
  for (const auto& [path, count] : state_->counts) sum += count;
  return sum;
}

int FakeIssuer::requests(const std::string& path) const {
  const std::lock_guard lock(state_->mutex);
  const auto at = state_->counts.find(path);
  return at == state_->counts.end() ? 0 : at->second;
}

std::string FakeIssuer::LastHeader(const std::string& name) const {
  const std::lock_guard lock(state_->mutex);
  const auto at = state_->last_headers.find(name);
  return at == state_->last_headers.end() ? "" : at->second;
}

}  // namespace jobwarden::testing
