#include "verifier/fetch/http_get.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPBasicCredentials.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/String.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <istream>
#include <optional>
#include <sstream>
#include <string>
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
// Poco reads 100 fields unless it is told otherwise. A page with a strict security policy, behind a
// proxy that traces its requests, has more.
constexpr int kMaxFields = 1000;
// Poco's own limits, which cannot be changed.
constexpr int kMaxNameBytes = 256;
constexpr int kMaxValueBytes = 8192;

HttpTry Refused(std::string problem, std::string hint) {
  return {HttpTry::End::kRefused, {}, std::move(problem), std::move(hint)};
}

HttpTry Broken(std::string problem, std::string hint) {
  return {HttpTry::End::kBroken, {}, std::move(problem), std::move(hint)};
}

std::string ReadVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Poco's type for a status ends with 511, but a server may send any three digits, and a number that
// the type does not have must not be read as that type. The response's text has what was received.
int StatusOf(const HTTPResponse& response) {
  std::ostringstream head;
  response.write(head);  // `HTTP/1.1 599 Reason`, and the fields
  std::istringstream words(head.str());
  std::string version;
  int status = 0;
  words >> version >> status;
  return status;
}

// Reads the answer's header. Interim answers (1xx, RFC 9110 §15.2), which a server may send before
// the answer although nobody asked for them, are passed over. Poco does that for 100 alone.
std::istream& ReceiveHeader(HTTPClientSession& session, HTTPResponse& response) {
  response.setFieldLimit(kMaxFields);
  for (;;) {
    std::istream& body = session.receiveResponse(response);
    if (StatusOf(response) / 100 != 1) return body;
  }
}

// Asks the proxy for a tunnel to the host, and returns the status of its answer.
int AskForTunnel(const StreamSocket& socket, const Proxy& proxy, const Url& url) {
  HTTPClientSession session(socket);
  session.setKeepAlive(true);
  HTTPRequest request(HTTPRequest::HTTP_CONNECT, url.Authority(), HTTPRequest::HTTP_1_1);
  request.set(HTTPRequest::HOST, url.Authority());
  if (!proxy.user.empty()) {
    Poco::Net::HTTPBasicCredentials(proxy.user, proxy.password).proxyAuthenticate(request);
  }
  session.sendRequest(request);
  HTTPResponse response;
  ReceiveHeader(session, response);
  session.detachSocket();
  return StatusOf(response);
}

// The codings of the answer that have to be undone before it can be read; empty when there is none.
std::string ContentCodingOf(const HTTPResponse& response) {
  const std::string coding = response.get("Content-Encoding", "");
  return Poco::icompare(coding, "identity") == 0 ? "" : coding;
}

std::string TransferCodingOf(const HTTPResponse& response) {
  if (response.getChunkedTransferEncoding()) return "";  // which Poco undoes
  const std::string coding = response.get(HTTPResponse::TRANSFER_ENCODING, "");
  return Poco::icompare(coding, HTTPResponse::IDENTITY_TRANSFER_ENCODING) == 0 ? "" : coding;
}

HttpTry ReadBody(std::istream& stream, const HTTPResponse& response, const HttpRequest& request) {
  const std::size_t max_bytes = request.max_answer_bytes;
  std::string coding = request.any_coding ? "" : ContentCodingOf(response);
  if (coding.empty()) coding = TransferCodingOf(response);
  if (!coding.empty()) {
    return Refused(
        fmt::format("the answer is encoded as {}, which was not asked for", Quote(coding)),
        "does a proxy or a cache on the way compress answers? let it hand this one on as it is");
  }
  HttpTry made{HttpTry::End::kAnswered, {}, "", ""};
  std::string& body = made.answer.body;
  std::array<char, 16'384> buffer{};
  // Without this an error of the connection would look like the end of the body.
  stream.exceptions(std::ios::badbit);
  while (stream) {
    stream.read(buffer.data(), buffer.size());
    body.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    if (body.size() > max_bytes) {
      return Refused(fmt::format("answered with more than {} bytes", max_bytes), "");
    }
  }
  if (response.hasContentLength() &&
      static_cast<std::uint64_t>(response.getContentLength64()) != body.size()) {
    return Broken(fmt::format("the answer broke off after {} bytes", body.size()), "");
  }
  return made;
}

HttpTry Ask(const StreamSocket& socket, const HttpRequest& what) {
  const Url& url = what.url;
  HTTPClientSession session(socket);
  HTTPRequest request(HTTPRequest::HTTP_GET, url.target, HTTPRequest::HTTP_1_1);
  const bool default_port = url.port == (url.secure ? 443 : 80);
  std::string host = url.Authority();
  if (default_port) host.resize(host.rfind(':'));
  request.set(HTTPRequest::HOST, host);
  request.set("Accept", "application/json");
  // Without this any coding would be welcome (RFC 9110 §12.5.3).
  request.set("Accept-Encoding", "identity");
  request.set("User-Agent", fmt::format("jobwarden/{}", Version()));
  for (const auto& [name, value] : what.headers) request.set(name, value);
  session.sendRequest(request);
  HTTPResponse response;
  std::istream& stream = ReceiveHeader(session, response);

  HttpTry made{HttpTry::End::kAnswered, {}, "", ""};
  const int status = StatusOf(response);
  if (status == HTTPResponse::HTTP_OK) {
    made = ReadBody(stream, response, what);
  }
  made.answer.status = status;
  made.answer.coding = ContentCodingOf(response);
  made.answer.etag = response.get("ETag", "");
  made.answer.cache_control = response.get("Cache-Control", "");
  made.answer.age = response.get("Age", "");
  made.answer.date = response.get("Date", "");
  made.answer.location = response.get("Location", "");
  made.answer.retry_after = response.get("Retry-After", "");
  return made;
}

// What went wrong below HTTP, or in its grammar. Poco tells which limit was passed in words alone.
HttpTry Failed(const Poco::Exception& error) {
  constexpr const char* kHint = "does a proxy or a portal on the way add to the header?";
  if (error.code() != 0) return Broken(ErrorText(error.code()), "");
  const std::string& text = error.message();
  if (Contains(text, "Too many header fields")) {
    return Refused(fmt::format("the answer's header has more than {} fields", kMaxFields), kHint);
  }
  if (Contains(text, "ield value too long")) {  // "Field …", "Folded field …"
    return Refused(fmt::format("the answer's header has a field of more than {} bytes, or one "
                               "whose line does not end",
                               kMaxValueBytes),
                   kHint);
  }
  if (Contains(text, "Field name too long")) {
    return Refused(fmt::format("the answer's header has a name of more than {} bytes, or one "
                               "without a colon",
                               kMaxNameBytes),
                   kHint);
  }
  const std::string name = error.name();
  return Broken(fmt::format("the connection broke off, or the answer is not HTTP ({})", name), "");
}

// Opens a tunnel through the proxy. Nothing when it is open, else why not.
std::optional<HttpTry> OpenTunnel(const StreamSocket& socket, const Proxy& proxy, const Url& url) {
  const std::string who = "the proxy " + Authority(proxy.host, proxy.port);
  try {
    const int status = AskForTunnel(socket, proxy, url);
    // Any of these means that the tunnel is open (RFC 9110 §9.3.6).
    if (status / 100 == 2) return std::nullopt;
    const auto end = status >= HTTPResponse::HTTP_INTERNAL_SERVER_ERROR ? Broken : Refused;
    return end(fmt::format("{} answered {}", who, status),
               "see `proxy` in the configuration, and https_proxy and no_proxy in the environment");
  } catch (const Poco::Exception& error) {
    HttpTry failed = Failed(error);
    failed.problem = fmt::format("{}: {}", who, failed.problem);
    return failed;
  }
}

HttpTry Exchange(const HttpRequest& request, const KeySettings& settings, Deadline deadline) {
  const Url& url = request.url;
  const auto proxy = ChooseProxy(url, settings.proxy, ReadVariable);
  if (!proxy) return Refused(proxy.findings().front().message, proxy.findings().front().hint);
  const auto socket = *proxy ? Connect((*proxy)->host, (*proxy)->port, deadline)
                             : Connect(url.host, url.port, deadline);
  if (!socket) {
    return Broken(socket.findings().front().message, socket.findings().front().hint);
  }
  const CutAtDeadline cut(*socket, deadline);
  if (*proxy) {
    if (auto closed = OpenTunnel(*socket, **proxy, url)) return *std::move(closed);
  }
  if (!url.secure) return Ask(*socket, request);
  const auto secure = StartTls(*socket, url.host, settings.ca_file);
  if (!secure) {
    const Finding& finding = secure.findings().front();
    // A hint says that a person has to change something: another try would fail as well.
    return finding.hint.empty() ? Broken(finding.message, "")
                                : Refused(finding.message, finding.hint);
  }
  return Ask(*secure, request);
}

bool IsRedirect(int status) {
  return status == HTTPResponse::HTTP_MOVED_PERMANENTLY || status == HTTPResponse::HTTP_FOUND ||
         status == HTTPResponse::HTTP_SEE_OTHER ||
         status == HTTPResponse::HTTP_TEMPORARY_REDIRECT ||
         status == HTTPResponse::HTTP_PERMANENT_REDIRECT;
}

}  // namespace

HttpTry TryHttpGet(const HttpRequest& request, const KeySettings& settings, Deadline deadline) {
  HttpTry made;
  try {
    made = Exchange(request, settings, deadline);
  } catch (const Poco::Exception& error) {
    made = Failed(error);
  } catch (const std::exception& error) {
    made = Broken(error.what(), "");
  }
  // A connection that was shut down at the deadline may look like the end of the answer.
  if (std::chrono::steady_clock::now() >= deadline) return {HttpTry::End::kTimedOut, {}, "", ""};
  return made;
}

std::string ReusableEtag(const std::string& etag) {
  constexpr std::size_t kMaxBytes = 256;
  const bool plain =
      std::all_of(etag.begin(), etag.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  return plain && etag.size() <= kMaxBytes ? etag : "";
}

Result<HttpAnswer> HttpGet(HttpRequest request, const KeySettings& settings,
                           const std::string& etag, Deadline deadline, Code code) {
  const Url first = request.url;
  // Caches on the way may have an older answer than the server's own.
  request.headers.emplace_back("Cache-Control", "no-cache");
  if (!etag.empty()) request.headers.emplace_back("If-None-Match", etag);
  for (int redirects = 0;; ++redirects) {
    const Url& at = request.url;
    const auto refuse = [&](std::string_view message, std::string hint = "") {
      return Finding{code, fmt::format("{}: {}", Quote(WithoutQuery(at.text)), message),
                     std::move(hint)};
    };
    HttpTry made = TryHttpGet(request, settings, deadline);
    if (made.end == HttpTry::End::kTimedOut) {
      return refuse(
          fmt::format("no whole answer within {} s", settings.timeout.count()),
          "is it reachable from this machine? `timeout` in the configuration can be longer");
    }
    if (made.end != HttpTry::End::kAnswered) return refuse(made.problem, std::move(made.hint));
    const int status = made.answer.status;
    if (status == HTTPResponse::HTTP_OK) return std::move(made.answer);
    if (status == HTTPResponse::HTTP_NOT_MODIFIED) {
      if (etag.empty()) return refuse("answered 304, but was not asked for changes");
      return std::move(made.answer);
    }
    if (!IsRedirect(status)) return refuse(fmt::format("answered {}", status));
    auto next = ResolveUrl(at, made.answer.location);
    if (!next) return refuse(next.findings().front().message);
    if (!next->SameOrigin(at)) {
      return refuse(fmt::format("redirects to {}, another scheme, host or port",
                                Quote(WithoutQuery(next->text))),
                    "configure the URL where the answer really is");
    }
    if (redirects == kMaxRedirects) {
      return Finding{code, fmt::format("{}: more than {} redirects",
                                       Quote(WithoutQuery(first.text)), kMaxRedirects)};
    }
    request.url = *std::move(next);
  }
}

}  // namespace jobwarden
