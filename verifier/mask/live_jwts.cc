#include "verifier/mask/live_jwts.h"

#include <algorithm>
#include <optional>

#include "verifier/base/encoding.h"
#include "verifier/base/secret.h"
#include "verifier/base/text.h"
#include "verifier/mask/blocks.h"
#include "verifier/mask/characters.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/jwt_scan.h"

namespace jobwarden {

void LiveJwts::Take(std::string_view text, std::size_t fresh, Spans& found) {
  end_ += fresh;
  hold_ = end_;
  if (issuers_.empty()) return;
  text_ = text;
  base_ = end_ - text.size();
  for (std::uint64_t at = end_ - fresh; at < end_; ++at) {
    if (IsIdle()) {
      start_ = FindStart(at, end_);
      if (start_ == kNone) break;
      at = start_ + kJwtStart.size();
    }
    const std::uint64_t end = EndOfRun(at);
    if (start_ == kNone) start_ = FindStart(at, end);
    if (jwt_ != kNone && end > part_) found.push_back({jwt_, end});
    at = end;
    if (at == end_) break;
    if (text_[at - base_] == '.') {
      EndPart(at);
    } else {
      header_ = start_ = jwt_ = kNone;
    }
  }
  Hold();
}

std::uint64_t LiveJwts::EndOfRun(std::uint64_t at) const {
  return std::min(end_, base_ + SkipBase64Url(text_, at - base_));
}

// The first `eyJ` whose `J` is at `at` or later, and before `end`.
std::uint64_t LiveJwts::FindStart(std::uint64_t at, std::uint64_t end) const {
  static_assert(kJwtStart == "eyJ");
  const std::string_view text = text_.substr(0, end - base_);
  std::size_t begin = std::max<std::size_t>(at - base_, 2) - 2;
  while (begin + 2 + kBlockBytes <= text.size()) {
    if (PairsOf('y', 'J', text.data() + begin + 1) == 0) {
      begin += kBlockBytes;
      continue;
    }
    const std::size_t found = text.find("yJ", begin + 1);
    if (text[found - 1] == 'e') return base_ + found - 1;
    begin = found;
  }
  const std::size_t found = text.find(kJwtStart, begin);
  return found == std::string_view::npos ? kNone : base_ + found;
}

// The first of the places from `start` on from which a JWT that is complete `now` is not too long.
std::uint64_t LiveJwts::DropOld(std::uint64_t start, std::uint64_t end, std::uint64_t now) const {
  while (start != kNone && now - start > kMaxTokenBytes) {
    start = FindStart(start + kJwtStart.size(), end);
  }
  return start;
}

// Most payloads that are not ours are told without reading them as JSON, which takes ten times as
// long: without a backslash, names and issuers are written as they are.
LiveJwts::Issuer LiveJwts::IssuerIn(std::string_view payload) const {
  auto text = DecodeBase64Url(payload);
  if (!text) return Issuer::kNone;
  const bool is_plain = !Contains(*text, "\\");
  const bool has_issuer = !is_plain || Contains(*text, "\"iss\"");
  const bool has_ours =
      !is_plain || std::any_of(issuers_.begin(), issuers_.end(),
                               [&](const std::string& issuer) { return Contains(*text, issuer); });
  Wipe(*text);
  if (!has_issuer || !has_ours) return has_issuer ? Issuer::kOther : Issuer::kNone;
  const auto issuer = PeekIssuer("." + std::string(payload) + ".");
  if (!issuer) return Issuer::kNone;
  const bool is_ours = std::find(issuers_.begin(), issuers_.end(), *issuer) != issuers_.end();
  return is_ours ? Issuer::kOurs : Issuer::kOther;
}

void LiveJwts::EndPart(std::uint64_t dot) {
  std::uint64_t next = start_;
  jwt_ = kNone;
  if (header_ != kNone) header_ = DropOld(header_, part_ - 1, dot);
  if (header_ != kNone && dot > part_) {
    const Issuer issuer = IssuerIn(text_.substr(part_ - base_, dot - part_));
    // What is the payload of a JWT is not the header of another one.
    if (issuer != Issuer::kNone) next = kNone;
    if (issuer == Issuer::kOurs) {
      jwt_ = header_ + JwtBegin(text_.substr(header_ - base_, part_ - 1 - header_));
    }
  }
  header_ = next;
  start_ = kNone;
  part_ = dot + 1;
}

void LiveJwts::Hold() {
  if (header_ != kNone) header_ = DropOld(header_, part_ - 1, end_);
  start_ = DropOld(start_, end_, end_);
  hold_ = std::min({hold_, header_, start_});
  if (jwt_ != kNone && part_ == end_) hold_ = std::min(hold_, jwt_);
  for (std::size_t begun = kJwtStart.size() - 1; begun > 0; --begun) {
    if (!text_.ends_with(kJwtStart.substr(0, begun))) continue;
    hold_ = std::min(hold_, end_ - begun);
    break;
  }
}

}  // namespace jobwarden
