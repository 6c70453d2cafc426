#include "hooks/github/token_search.h"

#include <algorithm>
#include <optional>

#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/base/value.h"
#include "verifier/mask/span.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

// The longest token in base64 with line breaks. From the beginning of a token twice that much is
// decoded, so that every token that begins in the first half is decoded whole.
constexpr std::size_t kMaxEncodedToken = kMaxTokenBytes * 3 / 2;

// The base64 of a token's `eyJ`. It depends on the alignment: how many bytes are before the `eyJ`
// in its group of three. The letter after the `eyJ` changes the last character. kReadBefore is the
// part of the `eyJ` before the next group begins, kNextGroup the offset of that group.
struct EncodedStart {
  std::string_view text;
  std::size_t alignment;
};
constexpr EncodedStart kEncodedStarts[] = {{"ZXlK", 0}, {"V5Sj", 1}, {"V5Sk", 1}, {"V5Sl", 1},
                                           {"V5Sm", 1}, {"V5Sn", 1}, {"leUo", 2}, {"leUp", 2}};
constexpr std::size_t kEncodedStartSize = 4;
constexpr std::string_view kReadBefore[] = {"", "ey", "e"};
constexpr std::size_t kNextGroup[] = {0, 2, 1};

std::vector<std::string_view> StartTexts() {
  std::vector<std::string_view> texts;
  for (const EncodedStart& start : kEncodedStarts) texts.push_back(start.text);
  return texts;
}

// The value of a character of base64 or base64url; nothing for any other character.
std::optional<std::uint32_t> SixBits(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return std::nullopt;
}

// Decodes `text` up to the first character that is neither base64 nor a line break, and appends the
// result.
void DecodeRun(std::string_view text, std::string& decoded) {
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const auto six = SixBits(c);
    if (!six) return;
    bits = bits << 6U | *six;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded += static_cast<char>(bits >> count & 0xFFU);
  }
}

}  // namespace

TokenSearch::TokenSearch(const std::vector<std::string>& issuers, std::chrono::sys_seconds now)
    : issuers_(issuers), now_(now), encoded_starts_(StartTexts()) {}

TokenSearch::~TokenSearch() {
  Wipe(text_);
}

void TokenSearch::Begin() {
  plain_.emplace(issuers_);
  text_.clear();
  base_ = 0;
  line_ = 1;
  last_found_ = 0;
  encoded_from_ = 0;
  decoded_until_.fill(0);
}

std::vector<std::size_t> TokenSearch::Take(std::string_view bytes, bool ends) {
  std::vector<std::size_t> lines;
  text_ += bytes;
  TakePlain(bytes.size(), lines);
  TakeEncoded(ends, lines);
  const std::size_t needless =
      std::min<std::size_t>(encoded_from_, static_cast<std::size_t>(plain_->hold() - base_));
  line_ = LineOf(needless);
  text_.erase(0, needless);
  base_ += needless;
  encoded_from_ -= needless;
  return lines;
}

void TokenSearch::TakePlain(std::size_t fresh, std::vector<std::size_t>& lines) {
  Spans found;
  plain_->Take(text_, fresh, found);
  for (const Span& span : found) {
    // The last token has only become longer.
    if (span.begin + 1 == last_found_) continue;
    last_found_ = span.begin + 1;
    const std::size_t at = static_cast<std::size_t>(span.begin - base_);
    if (IsLive(std::string_view(text_).substr(at))) lines.push_back(LineOf(at));
  }
}

void TokenSearch::TakeEncoded(bool ends, std::vector<std::size_t>& lines) {
  const std::string_view text = text_;
  // A token that begins after this offset may not be complete yet.
  const std::size_t until =
      ends ? text.size() : text.size() - std::min(text.size(), 2 * kMaxEncodedToken);
  if (until <= encoded_from_) return;
  const std::string_view sought =
      text.substr(encoded_from_, until - encoded_from_ + kEncodedStartSize - 1);
  encoded_starts_.Find(sought, [&](std::size_t which, std::size_t offset) {
    const std::size_t at = encoded_from_ + offset;
    const std::size_t alignment = kEncodedStarts[which].alignment;
    if (base_ + at < decoded_until_[alignment]) return true;
    decoded_until_[alignment] = base_ + at + kMaxEncodedToken;
    std::string decoded(kReadBefore[alignment]);
    DecodeRun(text.substr(at + kNextGroup[alignment], 2 * kMaxEncodedToken), decoded);
    if (HoldsToken(decoded)) lines.push_back(LineOf(at));
    Wipe(decoded);
    return true;
  });
  encoded_from_ = until;
}

bool TokenSearch::HoldsToken(std::string_view text) const {
  LiveJwts search(issuers_);
  Spans found;
  search.Take(text, text.size(), found);
  return std::any_of(found.begin(), found.end(), [&](const Span& span) {
    return IsLive(text.substr(static_cast<std::size_t>(span.begin)));
  });
}

// REQUIRES: `jwt` begins with what LiveJwts found.
bool TokenSearch::IsLive(std::string_view jwt) const {
  const std::string_view rest = jwt.substr(jwt.find('.') + 1);
  const auto payload = DecodeBase64Url(rest.substr(0, rest.find('.')));
  const auto claims =
      payload ? ParseJson(*payload, {.max_bytes = kMaxTokenBytes}, Code::kMalformedToken, "token")
              : Result<Value>(Value());
  const Value* expires = claims ? claims->Find("exp") : nullptr;
  if (expires == nullptr) return true;
  const auto now = now_.time_since_epoch().count();
  if (const auto at = expires->AsInteger()) return *at > now;
  if (const auto at = expires->AsReal()) return *at > static_cast<double>(now);
  return true;
}

std::size_t TokenSearch::LineOf(std::size_t at) const {
  return line_ + static_cast<std::size_t>(std::count(
                     text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace jobwarden
