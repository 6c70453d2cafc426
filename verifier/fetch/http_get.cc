#include "verifier/fetch/http_get.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPBasicCredentials.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <istream>
#include <optional>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/base/version.h"
#include "verifier/fetch/proxy.h"
#include "verifier/fetch/tls.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;
using Poco::Net::StreamSocket;

constexpr int kMaxRedirects = 3;

// One answer: the end of the way, or the place to ask next.
struct Step {
  HttpAnswer answer;
  std::optional<Url> next;
};

Finding Refuse(std::string message, std::string hint = "") {
  return {Code::kKeysUnavailable, std::move(message), std::move(hint), {}, false};
}

std::string ReadVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Asks the proxy for a way to the host.
Status Tunnel(const StreamSocket& socket, const Proxy& proxy, const Url& url) {
  HTTPClientSession session(socket);
  session.setKeepAlive(true);
  HTTPRequest request(HTTPRequest::HTTP_CONNECT, url.Authority(), HTTPRequest::HTTP_1_1);
  request.set(HTTPRequest::HOST, url.Authority());
  if (!proxy.user.empty()) {
    Poco::Net::HTTPBasicCredentials(proxy.user, proxy.password).proxyAuthenticate(request);
  }
  session.sendRequest(request);
  HTTPResponse response;
  session.receiveResponse(response);
  session.detachSocket();
  if (response.getStatus() == HTTPResponse::HTTP_OK) return Ok();
  return Refuse(fmt::format("the proxy {}:{} answered {}", proxy.host, proxy.port,
                            static_cast<int>(response.getStatus())),
                "see `proxy` of this issuer, and https_proxy and no_proxy in the environment");
}

Result<std::string> ReadBody(std::istream& stream, const HTTPResponse& response) {
  std::string body;
  std::array<char, 16'384> buffer{};
  // Without this an error of the connection would look like the end of the body.
  stream.exceptions(std::ios::badbit);
  while (stream) {
    stream.read(buffer.data(), buffer.size());
    body.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    if (body.size() > kMaxAnswerBytes) {
      return Refuse(fmt::format("answered with more than {} bytes", kMaxAnswerBytes));
    }
  }
  if (response.hasContentLength() &&
      static_cast<std::uint64_t>(response.getContentLength64()) != body.size()) {
    return Refuse(fmt::format("the answer broke off after {} bytes", body.size()));
  }
  return body;
}

Result<Step> Ask(const StreamSocket& socket, const Url& url, const std::string& etag) {
  HTTPClientSession session(socket);
  HTTPRequest request(HTTPRequest::HTTP_GET, url.target, HTTPRequest::HTTP_1_1);
  const bool default_port = url.port == (url.secure ? 443 : 80);
  std::string host = url.Authority();
  if (default_port) host.resize(host.rfind(':'));
  request.set(HTTPRequest::HOST, host);
  request.set("Accept", "application/json");
  request.set("User-Agent", fmt::format("jobwarden/{}", Version()));
  if (!etag.empty()) request.set("If-None-Match", etag);
  session.sendRequest(request);
  HTTPResponse response;
  std::istream& stream = session.receiveResponse(response);

  Step step;
  switch (const int status = response.getStatus()) {
    case HTTPResponse::HTTP_OK: {
      auto body = ReadBody(stream, response);
      if (!body) return std::move(body).findings();
      step.answer.body = *std::move(body);
      break;
    }
    case HTTPResponse::HTTP_NOT_MODIFIED:
      if (etag.empty()) return Refuse("answered 304, but was not asked for changes");
      step.answer.not_modified = true;
      break;
    case HTTPResponse::HTTP_MOVED_PERMANENTLY:
    case HTTPResponse::HTTP_FOUND:
    case HTTPResponse::HTTP_SEE_OTHER:
    case HTTPResponse::HTTP_TEMPORARY_REDIRECT:
    case HTTPResponse::HTTP_PERMANENT_REDIRECT: {
      auto next = ResolveUrl(url, response.get("Location", ""));
      if (!next) return std::move(next).findings();
      if (!next->SameOrigin(url)) {
        return Refuse(
            fmt::format("redirects to {}, another scheme, host or port", Quote(next->text)),
            "configure the URL where the answer really is");
      }
      step.next = *std::move(next);
      return step;
    }
    default:
      return Refuse(fmt::format("answered {}", status));
  }
  step.answer.etag = response.get("ETag", "");
  step.answer.cache_control = response.get("Cache-Control", "");
  step.answer.age = response.get("Age", "");
  return step;
}

Result<Step> Exchange(const Url& url, const KeySettings& settings, const std::string& etag,
                      Deadline deadline) {
  const auto proxy = ChooseProxy(url, settings.proxy, ReadVariable);
  if (!proxy) return proxy.findings();
  auto socket = *proxy ? Connect((*proxy)->host, (*proxy)->port, deadline)
                       : Connect(url.host, url.port, deadline);
  if (!socket) return std::move(socket).findings();
  const Watch watch(*socket, deadline);
  if (*proxy) {
    if (auto status = Tunnel(*socket, **proxy, url); !status) return std::move(status).findings();
  }
  if (!url.secure) return Ask(*socket, url, etag);
  const auto secure = StartTls(*socket, url.host, settings.ca_file);
  if (!secure) return secure.findings();
  return Ask(*secure, url, etag);
}

// What went wrong below HTTP, or in its grammar.
std::string Words(const Poco::Exception& error) {
  if (error.code() != 0) return ErrorText(error.code());
  const std::string name = error.name();
  return fmt::format("the connection broke off, or the answer is not HTTP ({})", name);
}

Result<Step> ExchangeInTime(const Url& url, const KeySettings& settings, const std::string& etag,
                            Deadline deadline) {
  const auto refuse = [&](std::string message, std::string hint) {
    return Refuse(fmt::format("{}: {}", Quote(url.text), message), std::move(hint));
  };
  std::optional<Result<Step>> step;
  std::string broken;
  try {
    step = Exchange(url, settings, etag, deadline);
  } catch (const Poco::Exception& error) {
    broken = Words(error);
  } catch (const std::exception& error) {
    broken = error.what();
  }
  // A connection that was shut down in the middle of an answer may look like the end of it.
  if (std::chrono::steady_clock::now() >= deadline) {
    return refuse(fmt::format("no whole answer within {} s", settings.timeout.count()),
                  "is it reachable from this machine? `timeout` of this issuer can be longer");
  }
  if (!step) return refuse(broken, "");
  if (*step) return *std::move(step);
  Finding& finding = step->findings().front();
  return refuse(finding.message, std::move(finding.hint));
}

}  // namespace

Result<HttpAnswer> HttpGet(const Url& url, const KeySettings& settings, const std::string& etag,
                           Deadline deadline) {
  Url at = url;
  for (int redirects = 0;; ++redirects) {
    auto step = ExchangeInTime(at, settings, etag, deadline);
    if (!step) return std::move(step).findings();
    if (!step->next) return std::move(step->answer);
    if (redirects == kMaxRedirects) {
      return Refuse(fmt::format("{}: more than {} redirects", Quote(url.text), kMaxRedirects));
    }
    at = *std::move(step->next);
  }
}

}  // namespace jobwarden
