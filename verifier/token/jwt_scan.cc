#include "verifier/token/jwt_scan.h"

#include <algorithm>
#include <cstddef>

#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

bool IsJsonObject(std::string_view encoded) {
  if (encoded.size() > kMaxTokenBytes) return false;
  const auto text = DecodeBase64Url(encoded);
  if (!text) return false;
  const auto value =
      ParseJson(*text, {.max_bytes = kMaxTokenBytes}, Code::kMalformedToken, "token: header");
  return value && value->AsObject() != nullptr;
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

// Only kTries offsets are tried, so that a text of nothing but `eyJ` costs no more than other
// texts.
std::size_t JwtBegin(std::string_view run) {
  constexpr int kTries = 16;
  const std::size_t first = run.find(kJwtStart);
  std::size_t at = run.rfind(kJwtStart);
  for (int i = 0; i < kTries && at != std::string_view::npos; ++i) {
    if (IsJsonObject(run.substr(at))) return at;
    if (at == 0) break;
    at = run.rfind(kJwtStart, at - 1);
  }
  return first;
}

bool IsPartOfGitHubToken(std::string_view text, std::size_t at) {
  constexpr std::size_t kMaxApp = 40;
  constexpr std::string_view kKind = "ghs_";
  std::string_view before = text.substr(0, at);
  if (!before.ends_with('_')) return false;
  before.remove_suffix(1);
  std::size_t app = 0;
  while (app < std::min(kMaxApp, before.size()) &&
         IsAlphanumeric(before[before.size() - app - 1])) {
    ++app;
  }
  before.remove_suffix(app);
  return app > 0 && before.ends_with(kKind);
}

std::vector<std::string_view> FindJwts(std::string_view text) {
  std::vector<std::string_view> found;
  // The two runs before the present one, each with a dot after it.
  std::string_view header;
  std::string_view payload;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    while (at < text.size() && IsBase64Url(text[at])) ++at;
    const std::string_view run = text.substr(begin, at - begin);
    if (!run.empty() && !payload.empty() && !header.empty()) {
      const std::size_t start = JwtBegin(header);
      if (start != std::string_view::npos) {
        const char* const from = header.data() + start;
        found.emplace_back(from, static_cast<std::size_t>(run.data() + run.size() - from));
      }
    }
    const bool dot = at < text.size() && text[at] == '.';
    header = dot ? payload : std::string_view();
    payload = dot ? run : std::string_view();
    ++at;
  }
  return found;
}

}  // namespace jobwarden
