#include "verifier/service/api.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "verifier/admission/admit.h"
#include "verifier/base/encoding.h"
#include "verifier/base/value.h"
#include "verifier/base/version.h"
#include "verifier/http/head.h"
#include "verifier/os/clock.h"
#include "verifier/service/ci_oidc.h"
#include "verifier/service/decide.h"
#include "verifier/service/inspect.h"
#include "verifier/service/json_answer.h"
#include "verifier/service/jwt_policy.h"
#include "verifier/service/openapi.h"
#include "verifier/service/page.h"
#include "verifier/service/presets.h"
#include "verifier/token/jwt_scan.h"

namespace jobwarden {
namespace {

constexpr std::string_view kPresets = "/v1/presets/";

using PostHandler = HttpReply (*)(const Site&, std::string_view body, AskedKeys& keys,
                                  bool is_last_try);
struct PostRoute {
  std::string_view path;
  PostHandler handler;
};
constexpr PostRoute kPosts[] = {
    {"/v1/validate/ci-oidc", ValidateCiOidc},
    {"/v1/decide", DecideRequest},
    {"/v1/validate/jwt", ValidateJwt},
    {"/v1/inspect/token",
     [](const Site&, std::string_view body, AskedKeys&, bool) -> HttpReply {
       return InspectRequest(body);
     }},
};

HttpResponse Health() {
  return JsonAnswer(200, Object{{"status", "ok"}, {"version", Version()}});
}

// Ready is who can decide about a token of each issuer, by a policy that is in force.
HttpResponse Readiness(const Site& site) {
  Array checks;
  bool ready = true;
  if (!site.config.policy_settings.pull.keys.empty()) {
    const Findings problems = PolicyProblems(site.config, SystemNow());
    ready = problems.empty();
    Object check{{"id", "policy"}, {"status", ready ? "ok" : "failed"}};
    if (!ready) check.Set("message", problems.front().message);
    checks.emplace_back(std::move(check));
  }
  for (const ServedKeys::Health& each : site.keys.health()) {
    ready = ready && each.usable;
    Object check{{"id", "keys:" + each.issuer},
                 {"status", !each.usable           ? "failed"
                            : each.problem.empty() ? "ok"
                                                   : "warning"}};
    if (!each.problem.empty()) check.Set("message", each.problem);
    checks.emplace_back(std::move(check));
  }
  return JsonAnswer(ready ? 200 : 503, Object{{"ready", ready}, {"checks", std::move(checks)}});
}

HttpResponse WrongMethod(std::string_view allowed) {
  HttpResponse answer = ErrorAnswer(405, "METHOD_NOT_ALLOWED",
                                    "method: expected " + std::string(allowed) + ", got another",
                                    "GET /openapi.json lists the requests");
  answer.fields = "Allow: " + std::string(allowed) + "\r\n";
  return answer;
}

// A URL is written down by proxies, browsers and logs, so a token in it is no secret any more.
bool HoldsToken(std::string_view target) {
  if (target.find(kJwtStart) != target.npos) return true;
  return target.find('%') != target.npos &&
         PercentDecoded(target).view().find(kJwtStart) != std::string_view::npos;
}

bool AsksForToken(std::string_view query) {
  while (!query.empty()) {
    std::string_view part = TakeUpTo(query, '&');
    const std::string_view name = TakeUpTo(part, '=');
    for (const std::string_view known : {"token", "id_token", "access_token", "jwt", "secret"}) {
      if (SameWithoutCase(name, known)) return true;
    }
  }
  return false;
}

bool MayAsk(const Site& site, const std::string& authorization) {
  if (site.api_keys.empty()) return true;
  const std::string got = Sha256Hex(BearerOf(authorization));
  bool known = false;
  for (const std::string& key : site.api_keys) {
    known = (CRYPTO_memcmp(key.data(), got.data(), got.size()) == 0) || known;
  }
  return known;
}

HttpReply Named(HttpReply reply, std::string_view route) {
  if (auto* answer = std::get_if<HttpResponse>(&reply)) answer->route = route;
  return reply;
}

}  // namespace

void Api::SetSite(std::shared_ptr<const Site> site) {
  const std::lock_guard lock(mutex_);
  site_.swap(site);
}

std::shared_ptr<const Site> Api::site() const {
  const std::lock_guard lock(mutex_);
  return site_;
}

HttpResponse Api::Refuse(const HttpFault& fault) {
  struct Name {
    int status;
    std::string_view code;
    std::string_view hint;
  };
  constexpr Name kNames[] = {
      {408, "REQUEST_TIMEOUT", "send the whole request within some seconds"},
      {413, "BODY_TOO_LARGE", "a token has at most 65536 bytes"},
      {417, "EXPECTATION_FAILED", ""},
      {429, "TOO_MANY_REQUESTS", "ask again later"},
      {431, "HEADER_TOO_LARGE", "send the token in the body"},
      {503, "BUSY", "ask again later"},
  };
  std::string_view code = "REQUEST_INVALID";
  std::string_view hint = "send an HTTP/1.1 request";
  for (const Name& name : kNames) {
    if (name.status == fault.status) {
      code = name.code;
      hint = name.hint;
    }
  }
  HttpResponse answer = ErrorAnswer(fault.status, code, fault.problem, hint);
  if (fault.status == 429 || fault.status == 503) answer.retry_after = 1;
  return answer;
}

HttpReply Api::Handle(HttpExchange& exchange) {
  const auto current = site();
  HttpReply reply;
  try {
    reply = Route(exchange, *current);
  } catch (const std::exception&) {  // out of memory
    return ErrorAnswer(500, "INTERNAL", "the request could not be answered", "ask again");
  }
  if (auto* wait = std::get_if<HttpWait>(&reply)) {
    // The keys that it waits for are this site's.
    return HttpWait([current, wait = std::move(*wait)](std::function<void()> again) {
      wait(std::move(again));
    });
  }
  return reply;
}

HttpReply Api::Route(HttpExchange& exchange, const Site& site) {
  const ReceivedRequest& request = exchange.request;
  std::string_view query = request.target;
  const std::string_view path = TakeUpTo(query, '?');
  const bool is_get = request.method == "GET" || request.method == "HEAD";

  if (exchange.client.uid && !site.users.empty() &&
      std::find(site.users.begin(), site.users.end(), *exchange.client.uid) == site.users.end()) {
    return ErrorAnswer(403, "USER_NOT_ALLOWED", "this user may not ask",
                       "the service's administrator can add the user to serve.users");
  }
  if (path == "/healthz") return is_get ? Named(Health(), "/healthz") : WrongMethod("GET");
  if (path == "/readyz") return is_get ? Named(Readiness(site), "/readyz") : WrongMethod("GET");
  if (exchange.is_first_try && !rate_.Take(exchange.client.key, exchange.began)) {
    return Refuse({429, "this client has made as many requests as it may in a second"});
  }
  if (path == "/metrics" && gauges) {
    if (!is_get) return WrongMethod("GET");
    HttpResponse answer;
    answer.body = metrics_.Text(gauges());
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.route = "/metrics";
    return answer;
  }
  if (HoldsToken(request.target) || AsksForToken(query)) {
    return ErrorAnswer(400, "TOKEN_IN_URL", "the URL holds a token",
                       "send it in the body, and take it for known to whoever reads logs");
  }
  if (path == "/") return is_get ? Named(Page(), "/") : WrongMethod("GET");
  if (path == "/page.js") return is_get ? Named(PageScript(), "/page.js") : WrongMethod("GET");
  if (path == "/page.css") return is_get ? Named(PageStyle(), "/page.css") : WrongMethod("GET");
  if (path == "/openapi.json") {
    return is_get ? Named(OpenApiAnswer(), "/openapi.json") : WrongMethod("GET");
  }
  if (!MayAsk(site, request.authorization)) {
    HttpResponse answer = ErrorAnswer(401, "API_KEY_INVALID", "the API key is missing or unknown",
                                      "send Authorization: Bearer KEY");
    answer.fields = "WWW-Authenticate: Bearer\r\n";
    return answer;
  }
  if (path.starts_with(kPresets)) {
    return is_get ? Named(PresetFor(site.config, path.substr(kPresets.size())), "/v1/presets")
                  : WrongMethod("GET");
  }
  for (const PostRoute& route : kPosts) {
    if (route.path != path) continue;
    if (request.method != "POST") return Named(WrongMethod("POST"), route.path);
    AskedKeys keys(site.keys, exchange.began);
    return Named(route.handler(site, request.body, keys, exchange.is_last_try), route.path);
  }
  return ErrorAnswer(404, "NOT_FOUND", "there is nothing at this path",
                     "GET /openapi.json lists the requests");
}

}  // namespace jobwarden
