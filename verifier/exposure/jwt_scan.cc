#include "verifier/exposure/jwt_scan.h"

#include <cstddef>

#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

constexpr std::string_view kStart = "eyJ";  // `{"` in base64url

bool IsBase64Url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool IsJsonObject(std::string_view encoded) {
  if (encoded.size() > kMaxTokenBytes) return false;
  const auto text = DecodeBase64Url(encoded);
  if (!text) return false;
  const auto value =
      ParseJson(*text, {.max_bytes = kMaxTokenBytes}, Code::kMalformedToken, "token: header");
  return value && value->AsObject() != nullptr;
}

// Where the header begins in a run of base64url characters; npos: nowhere. Only so many places are
// tried, so that a text of nothing but `eyJ` costs no more than others.
std::size_t HeaderBegin(std::string_view run) {
  constexpr int kTries = 16;
  const std::size_t first = run.find(kStart);
  std::size_t at = run.rfind(kStart);
  for (int i = 0; i < kTries && at != std::string_view::npos; ++i) {
    if (IsJsonObject(run.substr(at))) return at;
    if (at == 0) break;
    at = run.rfind(kStart, at - 1);
  }
  return first;
}

}  // namespace

std::vector<std::string_view> FindJwts(std::string_view text) {
  std::vector<std::string_view> found;
  // The last three runs, each a dot behind the one before.
  std::string_view header;
  std::string_view payload;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    while (at < text.size() && IsBase64Url(text[at])) ++at;
    const std::string_view run = text.substr(begin, at - begin);
    if (!run.empty() && !payload.empty() && !header.empty()) {
      const std::size_t start = HeaderBegin(header);
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
