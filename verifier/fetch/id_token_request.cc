#include "verifier/fetch/id_token_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <optional>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/fetch/http_get.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxAnswer = 2 * kMaxTokenBytes;
constexpr milliseconds kFirstWait{500};
constexpr milliseconds kLongestWait{4000};
// No try begins when less time is left.
constexpr milliseconds kShortestTry{1000};

Finding Misused(std::string message, std::string hint) {
  return {Code::kConfigInvalid, std::move(message), std::move(hint)};
}

// Whether `text` can be part of a header's value as it is.
bool IsBearerToken(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestTokenBytes &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

// Whether another try may do better.
enum class Again {
  kNo,
  kAtTheBeginning,  // of the job; see Patience::refused
  kYes,
};

// How one try went: a token, or why there is none.
struct Try {
  Secret token;
  std::string problem;
  std::string hint;
  Again again = Again::kNo;
  std::optional<milliseconds> wait;  // that the server asks for
};

// The wait that Retry-After asks for in seconds (RFC 9110 §10.2.3); nothing for a date or zero.
std::optional<milliseconds> RetryAfter(std::string_view text) {
  std::uint32_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (text.empty() || stop != end || error != std::errc() || seconds == 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

Try ReadToken(HttpAnswer& answer) {
  const Secret body(std::move(answer.body));
  Try result;
  result.again = Again::kAtTheBeginning;
  result.problem = "answered with something other than a JSON object with a token as `value`";
  result.hint = "does something stand between this machine and GitHub's service?";
  auto document =
      ParseJson(body.view(), {.max_bytes = kMaxAnswer}, Code::kTokenRequestFailed, "answer");
  // The finding is dropped: it may show a piece of the body.
  if (!document) return result;
  const Value* value = document->Find("value");
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  if (text != nullptr && HasTokenCharacters(*text)) result.token = Secret(*text);
  Wipe(*document);
  return result;
}

Try Judge(HttpAnswer& answer) {
  Try result;
  const int status = answer.status;
  if (status == 200) return ReadToken(answer);
  result.problem = fmt::format("answered {}", status);
  result.again = Again::kAtTheBeginning;
  if (status == 429 || status >= 500) {
    result.again = Again::kYes;
    result.wait = RetryAfter(answer.retry_after);
    result.hint = "the service is busy or down: run the job again later";
  } else if (status >= 300 && status < 400) {
    result.again = Again::kNo;
    result.problem += ", a redirect, which is not followed: the request's token is for this host";
    result.hint = "does a proxy or a portal stand between this machine and GitHub's service?";
  } else if (status == 401) {
    result.hint = "the request's token has expired, or its job is over";
  } else if (status == 403 || status == 404) {
    result.hint =
        "does the job have `permissions: id-token: write`, and is it still running? a pull request "
        "from a fork gets no id_token";
  } else {
    result.hint = "is the audience one that GitHub accepts?";
  }
  return result;
}

Try Once(const HttpRequest& request, const KeySettings& settings, milliseconds left) {
  const milliseconds most = std::min(left, milliseconds(settings.timeout));
  HttpTry made = TryHttpGet(request, settings, steady_clock::now() + most);
  switch (made.end) {
    case HttpTry::End::kAnswered:
      return Judge(made.answer);
    case HttpTry::End::kTimedOut:
      return {{},
              fmt::format("no whole answer within {:.2g} s",
                          std::chrono::duration_cast<std::chrono::duration<double>>(most).count()),
              "is it reachable from this machine? `timeout` in [issuer.keys] can be longer",
              Again::kYes,
              {}};
    case HttpTry::End::kBroken:
      return {{}, std::move(made.problem), std::move(made.hint), Again::kYes, {}};
    case HttpTry::End::kRefused:
      break;
  }
  return {{}, std::move(made.problem), std::move(made.hint), Again::kNo, {}};
}

// Jobs that the service turned away together must not return together.
milliseconds WaitAfter(int tries) {
  static std::random_device source;
  const milliseconds most = std::min(kFirstWait * (1 << std::min(tries - 1, 8)), kLongestWait);
  return milliseconds(
      std::uniform_int_distribution<milliseconds::rep>(most.count() / 2, most.count())(source));
}

}  // namespace

Result<IdTokenRequest> ParseIdTokenRequest(std::string_view input) {
  const std::size_t first = input.find('\n');
  const std::size_t second = first == input.npos ? input.npos : input.find('\n', first + 1);
  if (second == input.npos || second + 1 != input.size()) {
    return Misused("standard input: expected two lines, the request's URL and its token",
                   "each ends with a newline, and nothing follows");
  }
  return MakeIdTokenRequest(input.substr(0, first), input.substr(first + 1, second - first - 1));
}

Result<IdTokenRequest> MakeIdTokenRequest(std::string_view url, std::string_view token) {
  if (!IsBearerToken(token)) {
    return Misused(
        fmt::format("standard input: line 2: expected a token of 1 to {} printable characters",
                    kMaxRequestTokenBytes),
        "the value of ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  }
  // The finding is dropped: it would show the query.
  auto parsed = ParseUrl(url.substr(0, kMaxRequestUrlBytes + 1));
  if (!parsed) {
    return Misused(
        "standard input: line 1: expected an https:// URL without a user name (http:// is for "
        "this machine alone)",
        "the value of ACTIONS_ID_TOKEN_REQUEST_URL");
  }
  return IdTokenRequest{*std::move(parsed), Secret(std::string(token))};
}

Url WithAudience(Url url, std::string_view audience) {
  if (audience.empty()) return url;
  const bool has_query = url.target.find('?') != url.target.npos;
  for (std::string* text : {&url.text, &url.target}) {
    *text += has_query ? "&audience=" : "?audience=";
    for (const char c : audience) {
      const bool plain = IsBase64Url(c) || c == '.' || c == '~';
      *text += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return url;
}

Pace RealPace() {
  return {steady_clock::now, [](milliseconds time) { std::this_thread::sleep_for(time); }};
}

Result<Secret> FetchIdToken(const IdTokenRequest& request, std::string_view audience,
                            const KeySettings& settings, const Patience& patience,
                            const Pace& pace) {
  // A peer that goes away while we write must not end this program.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  HttpRequest http{WithAudience(request.url, audience), {}, kMaxAnswer};
  http.headers.emplace_back("Authorization", "bearer ");
  std::string& authorization = http.headers.back().second;
  authorization.reserve(authorization.size() + request.token.size());
  authorization += request.token.view();

  const auto begin = pace.now();
  const auto end = begin + patience.all;
  for (int tries = 1;; ++tries) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - pace.now());
    Try result = Once(http, settings, left);
    if (!result.token.empty()) {
      Wipe(authorization);
      return std::move(result.token);
    }
    std::string problem =
        fmt::format("token endpoint {}: {}", Quote(request.url.Authority()), result.problem);
    const milliseconds wait = result.wait.value_or(WaitAfter(tries));
    const auto last = result.again == Again::kYes              ? end
                      : result.again == Again::kAtTheBeginning ? begin + patience.refused
                                                               : begin;
    if (pace.now() + wait + kShortestTry < std::min(last, end)) {
      pace.sleep(wait);
      continue;
    }
    Wipe(authorization);
    if (result.wait) {
      problem += fmt::format(", and asks to wait for {} s",
                             std::chrono::duration_cast<std::chrono::seconds>(wait).count());
    }
    if (tries > 1) problem += fmt::format(", the last of {} tries", tries);
    if (result.again == Again::kAtTheBeginning && tries > 1) {
      result.hint += "; if nothing of that is so, run the job again";
    }
    return Finding{Code::kTokenRequestFailed, std::move(problem), std::move(result.hint)};
  }
}

}  // namespace jobwarden
