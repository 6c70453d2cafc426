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
#include <openssl/ssl.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <map>
#include <mutex>
#include <ostream>
#include <stdexcept>

namespace jobwarden::testing {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

// Poco reads certificates from files alone; libssl takes them from memory.
void Use(SSL_CTX* context, const Certificate& pem) {
  const X509Ptr certificate = ReadCertificate(pem);
  const KeyPtr key = ReadKey(pem);
  if (SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    throw std::runtime_error("fake issuer: cannot use its certificate");
  }
}

Poco::Net::ServerSocket Listen(const Serving& serving) {
  constexpr int kBacklog = 256;
  const Poco::Net::SocketAddress address(serving.address, 0);
  if (!serving.certificate) return Poco::Net::ServerSocket(address, kBacklog);
  const Poco::Net::Context::Ptr context = new Poco::Net::Context(
      Poco::Net::Context::TLS_SERVER_USE, "", "", "", Poco::Net::Context::VERIFY_NONE);
  SSL_CTX* ssl = context->sslContext();
  if (serving.tls_1_1_only) {
    // Below the level that libssl thinks safe, where TLS 1.1 is left out.
    SSL_CTX_set_cipher_list(ssl, "DEFAULT:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(ssl, TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(ssl, TLS1_1_VERSION);
  }
  Use(ssl, *serving.certificate);
  return Poco::Net::SecureServerSocket(address, kBacklog, context);
}

}  // namespace

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

  std::condition_variable ends;
  int broken_off = 0;

  // False when the answers are broken off before that time has passed.
  bool Pause(std::chrono::milliseconds time) {
    if (time.count() == 0) return true;
    std::unique_lock lock(mutex);
    return !ends.wait_for(lock, time, [this, before = broken_off] { return broken_off != before; });
  }

  void Send(HTTPServerResponse& response, const Answer& answer) {
    if (!Pause(answer.delay)) return;
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
      if (!out || !Pause(answer.drip_pause)) return;
    }
  }

  // What a static server answers to one who has the file with this ETag.
  static Answer Current(const Answer& answer, const std::string& known) {
    for (const auto& [name, value] : answer.headers) {
      if (name == "ETag" && value == known) return {.status = 304, .headers = answer.headers};
    }
    return answer;
  }

  // Notes a request, and decides what to answer.
  Answer Take(const HTTPServerRequest& request) {
    const std::lock_guard lock(mutex);
    std::string target = request.getURI();
    last_headers.clear();
    for (const auto& [name, value] : request) last_headers[name] = value;
    if (!target.starts_with(path)) return {.status = 404, .body = "not here"};
    target.erase(0, path.size());
    ++counts[target];
    if (const auto told = answers.find(target); told != answers.end()) {
      return Current(told->second, request.get("If-None-Match", ""));
    }
    const auto query = std::min(target.find('?'), target.size());
    if (const auto found = responders.find(target.substr(0, query)); found != responders.end()) {
      return found->second(target.substr(std::min(query + 1, target.size())),
                           request.get("Authorization", ""));
    }
    if (target == kDiscoveryPath) return {.status = 200, .body = discovery};
    if (target != kKeysPath) return {.status = 404, .body = "not here"};
    return Current({.status = 200, .body = keys, .headers = keys_headers},
                   request.get("If-None-Match", ""));
  }
};

namespace {

template <class Serve>
class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Serve serve) : serve_(std::move(serve)) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new Handler(serve_);
  }

 private:
  class Handler final : public Poco::Net::HTTPRequestHandler {
   public:
    explicit Handler(Serve serve) : serve_(std::move(serve)) {}
    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
      serve_(request, response);
    }

   private:
    Serve serve_;
  };

  Serve serve_;
};

}  // namespace

FakeIssuer::FakeIssuer(std::string path, const Serving& serving)
    : state_(std::make_unique<State>()) {
  static_cast<void>(
      std::signal(SIGPIPE, SIG_IGN));  // a client may go away in the middle of an answer
  const auto socket = Listen(serving);
  state_->path = std::move(path);
  state_->url = (serving.certificate ? "https://" : "http://") + serving.host + ":" +
                std::to_string(socket.address().port()) + state_->path;
  state_->discovery = R"({"issuer":")" + state_->url + R"(","jwks_uri":")" + keys_url() + R"("})";
  auto serve = [state = state_.get()](HTTPServerRequest& request, HTTPServerResponse& response) {
    state->Send(response, state->Take(request));
  };
  Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
  parameters->setKeepAlive(false);
  parameters->setMaxThreads(32);
  state_->server = std::make_unique<Poco::Net::HTTPServer>(new Factory(std::move(serve)),
                                                           state_->pool, socket, parameters);
  state_->server->start();
}

void FakeIssuer::BreakOff() {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->broken_off;
  }
  state_->ends.notify_all();
}

FakeIssuer::~FakeIssuer() {
  BreakOff();
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
