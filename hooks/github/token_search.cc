#include "hooks/github/token_search.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/base/value.h"
#include "verifier/mask/span.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/jwt_scan.h"

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

// The offset of the first of the groups of four characters of base64 right before `group`, as far
// as they can tell what a JWT is a part of.
std::size_t GroupsBefore(std::string_view text, std::size_t group) {
  constexpr std::size_t kGroups = 12;
  constexpr std::size_t kGroup = 4;
  for (std::size_t i = 0; i < kGroups && group >= kGroup; ++i) {
    const std::string_view before = text.substr(group - kGroup, kGroup);
    if (!std::all_of(before.begin(), before.end(), [](char c) { return SixBits(c); })) break;
    group -= kGroup;
  }
  return group;
}

// What shows a secret by its first characters.
struct KnownStart {
  std::string_view text;
  SecretKind kind;
};
constexpr KnownStart kKnownStarts[] = {
    {"ghp_", SecretKind::kGitHubToken},
    {"gho_", SecretKind::kGitHubToken},
    {"ghu_", SecretKind::kGitHubToken},
    {"ghs_", SecretKind::kGitHubToken},
    {"ghr_", SecretKind::kGitHubToken},
    {"github_pat_", SecretKind::kGitHubToken},
    // `x-access-token:` in base64.
    {"eC1hY2Nlc3MtdG9rZW46", SecretKind::kGitCredentials},
    {"-----BEGIN PRIVATE KEY-----", SecretKind::kPrivateKey},
    {"-----BEGIN ENCRYPTED PRIVATE KEY-----", SecretKind::kPrivateKey},
    {"-----BEGIN OPENSSH PRIVATE KEY-----", SecretKind::kPrivateKey},
    {"-----BEGIN RSA PRIVATE KEY-----", SecretKind::kPrivateKey},
    {"-----BEGIN EC PRIVATE KEY-----", SecretKind::kPrivateKey},
    {"-----BEGIN DSA PRIVATE KEY-----", SecretKind::kPrivateKey},
};
// Anything shorter may be a text by chance.
constexpr std::size_t kMinRequestToken = 16;

std::vector<std::string_view> KnownTexts(std::string_view request_token) {
  std::vector<std::string_view> texts;
  for (const KnownStart& start : kKnownStarts) texts.push_back(start.text);
  if (request_token.size() >= kMinRequestToken) texts.push_back(request_token);
  return texts;
}

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Whether a GitHub token goes on after its kind at `at`: with 36 letters and digits or more, of
// which `github_pat_` has one `_` among them, or with an app's number and a JWT. A row of one
// letter stands for a token in documents.
bool IsGitHubToken(std::string_view text, std::size_t begin, std::size_t at) {
  if (begin > 0 && (IsAlphanumeric(text[begin - 1]) || text[begin - 1] == '_')) return false;
  constexpr std::size_t kLetters = 36;
  constexpr std::string_view kJwtAfterNumber = "_eyJ";
  const std::string_view rest = text.substr(at);
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits > 0 && rest.substr(digits).starts_with(kJwtAfterNumber)) return true;
  const std::string_view letters = rest.substr(0, kLetters);
  return letters.size() == kLetters &&
         std::all_of(letters.begin(), letters.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '_'; }) &&
         letters.find_first_not_of(letters[0]) != letters.npos;
}

}  // namespace

TokenSearch::TokenSearch(const SoughtSecrets& sought)
    : sought_(sought), encoded_starts_(StartTexts()), known_(KnownTexts(sought.request_token)) {}

TokenSearch::~TokenSearch() {
  Wipe(text_);
}

void TokenSearch::Begin() {
  plain_.emplace(sought_.issuers);
  text_.clear();
  base_ = 0;
  line_ = 1;
  last_found_ = 0;
  searched_until_ = 0;
  decoded_until_.fill(0);
}

std::vector<SecretLine> TokenSearch::Take(std::string_view bytes, bool ends) {
  std::vector<SecretLine> lines;
  text_ += bytes;
  TakePlain(bytes.size(), lines);
  // A secret that begins after this offset may not be complete yet.
  const std::size_t until =
      ends ? text_.size() : text_.size() - std::min(text_.size(), 2 * kMaxEncodedToken);
  if (until > searched_until_) {
    TakeEncoded(until, lines);
    TakeKnown(until, lines);
    searched_until_ = until;
  }
  std::size_t needless =
      std::min<std::size_t>(searched_until_, static_cast<std::size_t>(plain_->hold() - base_));
  // What is right before a secret tells its kind.
  constexpr std::size_t kLookBehind = 64;
  needless -= std::min(needless, kLookBehind);
  line_ = LineOf(needless);
  text_.erase(0, needless);
  base_ += needless;
  searched_until_ -= needless;
  return lines;
}

void TokenSearch::TakePlain(std::size_t fresh, std::vector<SecretLine>& lines) {
  Spans found;
  plain_->Take(text_, fresh, found);
  for (const Span& span : found) {
    // The last token has only become longer.
    if (span.begin + 1 == last_found_) continue;
    last_found_ = span.begin + 1;
    const std::size_t at = static_cast<std::size_t>(span.begin - base_);
    if (IsLive(text_, at)) lines.push_back({SecretKind::kIdToken, LineOf(at)});
  }
}

void TokenSearch::TakeEncoded(std::size_t until, std::vector<SecretLine>& lines) {
  const std::string_view text = text_;
  const std::string_view sought =
      text.substr(searched_until_, until - searched_until_ + kEncodedStartSize - 1);
  encoded_starts_.Find(sought, [&](std::size_t which, std::size_t offset) {
    const std::size_t at = searched_until_ + offset;
    const std::size_t alignment = kEncodedStarts[which].alignment;
    if (base_ + at < decoded_until_[alignment]) return true;
    decoded_until_[alignment] = base_ + at + kMaxEncodedToken;
    const std::size_t next = at + kNextGroup[alignment];
    const std::size_t begin = GroupsBefore(text, next);
    std::string decoded(begin == next ? kReadBefore[alignment] : "");
    DecodeRun(text.substr(begin, next - begin + 2 * kMaxEncodedToken), decoded);
    // A token that begins before the `eyJ` was found by its own.
    const std::size_t from =
        begin == next ? 0 : (next - begin) / 4 * 3 - kReadBefore[alignment].size();
    if (HoldsToken(decoded, from)) lines.push_back({SecretKind::kIdToken, LineOf(at)});
    Wipe(decoded);
    return true;
  });
}

void TokenSearch::TakeKnown(std::size_t until, std::vector<SecretLine>& lines) {
  const std::string_view text = text_;
  const std::string_view sought =
      text.substr(searched_until_, until - searched_until_ + known_.longest() - 1);
  known_.Find(sought, [&](std::size_t which, std::size_t offset) {
    const std::size_t at = searched_until_ + offset;
    if (at >= until) return false;  // the next call finds it
    const bool is_start = which < std::size(kKnownStarts);
    const SecretKind kind = is_start ? kKnownStarts[which].kind : SecretKind::kRequestBearer;
    if (kind != SecretKind::kGitHubToken ||
        IsGitHubToken(text, at, at + kKnownStarts[which].text.size())) {
      lines.push_back({kind, LineOf(at)});
    }
    return true;
  });
}

// Whether an id_token that has not expired begins at `from` or later.
bool TokenSearch::HoldsToken(std::string_view text, std::size_t from) const {
  LiveJwts search(sought_.issuers);
  Spans found;
  search.Take(text, text.size(), found);
  return std::any_of(found.begin(), found.end(), [&](const Span& span) {
    return span.begin >= from && IsLive(text, static_cast<std::size_t>(span.begin));
  });
}

// Whether what LiveJwts found at `at` is an id_token that has not expired.
bool TokenSearch::IsLive(std::string_view text, std::size_t at) const {
  if (IsPartOfGitHubToken(text, at)) return false;
  const std::string_view rest = text.substr(text.find('.', at) + 1);
  const auto payload = DecodeBase64Url(rest.substr(0, rest.find('.')));
  const auto claims =
      payload ? ParseJson(*payload, {.max_bytes = kMaxTokenBytes}, Code::kMalformedToken, "token")
              : Result<Value>(Value());
  const Value* expires = claims ? claims->Find("exp") : nullptr;
  if (expires == nullptr) return true;
  const auto now = sought_.now.time_since_epoch().count();
  if (const auto end = expires->AsInteger()) return *end > now;
  if (const auto end = expires->AsReal()) return *end > static_cast<double>(now);
  return true;
}

std::size_t TokenSearch::LineOf(std::size_t at) const {
  return line_ + static_cast<std::size_t>(std::count(
                     text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace jobwarden
