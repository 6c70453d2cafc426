#include "tests/verifier/mask/plain_masker.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/mask/interruption.h"
#include "verifier/mask/masked_forms.h"
#include "verifier/mask/multi_search.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/jwt_scan.h"

namespace jobwarden::testing {
namespace {

struct Place {
  std::size_t begin;
  std::size_t end;
};

std::vector<std::size_t> Find(std::string_view text, std::string_view form) {
  std::vector<std::size_t> places;
  for (auto at = text.find(form); at != std::string_view::npos; at = text.find(form, at + 1)) {
    places.push_back(at);
  }
  return places;
}

// How much of a form the text ends with, where that is half of it and 16 bytes at least; else 0.
std::size_t EndsInHalf(std::string_view text, std::string_view form) {
  for (std::size_t size = form.size() - 1; size >= 16 && 2 * size >= form.size(); --size) {
    if (text.ends_with(form.substr(0, size))) return size;
  }
  return 0;
}

// Reads one form through interruptions, in every way in which it can go on.
class InterruptedForm {
 public:
  InterruptedForm(std::string_view text, std::string_view form, std::size_t head,
                  std::vector<Place>& places)
      : text_(text), form_(form), head_(head), places_(places) {}

  // From text_[begin] on, and interrupted at least once.
  void ReadFrom(std::size_t begin) {
    const std::size_t same = CommonPrefix(text_.substr(begin), form_);
    const std::size_t end = begin + same;
    if (same == 0 || same == form_.size() || end == text_.size()) return;
    const Way way{{{begin, end}}, same, same};
    if (!IsSolid(text_[end])) PassInterruption(way);
    if (same < head_ && IsLineBreak(text_[end]) && IsSolid(text_[end - 1])) {
      const bool is_wide = end >= 40 && AllBase64(end - 40, end);
      if (same < 3 && !is_wide) return;
      const Skipped line_end = SkipLineEnd(text_, end);
      if (line_end.kind != Skipped::Kind::kPast) return;
      const Skipped margin = SkipMargin(text_, line_end.at);
      if (margin.kind != Skipped::Kind::kPast) return;
      Read({way.parts, same, 0, is_wide ? 0U : 16U}, margin.at);
    }
  }

 private:
  struct Way {
    std::vector<Place> parts;
    std::size_t matched;
    std::size_t in_line;
    std::size_t least = 0;  // of the form, that the line has to hold
  };

  bool AllBase64(std::size_t begin, std::size_t end) const {
    return std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(begin),
                       text_.begin() + static_cast<std::ptrdiff_t>(end), IsBase64);
  }

  // A new part. False where there is none.
  bool Read(Way way, std::size_t at) {
    const std::size_t same = CommonPrefix(text_.substr(at), form_.substr(way.matched));
    if (same == 0) return false;
    way.parts.push_back({at, at + same});
    way.matched += same;
    way.in_line += same;
    at += same;
    if (way.matched == form_.size()) {
      if (way.in_line < way.least) return true;
      places_.insert(places_.end(), way.parts.begin(), way.parts.end());
    } else if (at == text_.size()) {
      End(way);
    } else if (!IsSolid(text_[at])) {
      PassInterruption(way);
    }
    return true;
  }

  void PassInterruption(const Way& way) {
    const std::size_t at = way.parts.back().end;
    const Skipped colours = SkipColours(text_, at);
    if (colours.kind == Skipped::Kind::kOpen) return End(way);
    if (colours.at > at && Read(way, colours.at)) return;
    if (way.in_line < std::max(head_, way.least)) return;
    const Skipped line_end = SkipLineEnd(text_, colours.at);
    if (line_end.kind == Skipped::Kind::kOpen) return End(way);
    if (line_end.kind == Skipped::Kind::kPast) PassMargin(way, line_end.at);
  }

  void PassMargin(Way way, std::size_t margin) {
    way.in_line = way.least = 0;
    bool in_word = false;
    for (std::size_t at = margin; at < margin + kMaxInterruption;) {
      if (at == text_.size()) return End(way);
      if (IsLineBreak(text_[at])) return;
      const Skipped colours = SkipColours(text_, at);
      if (colours.kind == Skipped::Kind::kOpen) return End(way);
      if (colours.at > at) {
        in_word = false;
        at = colours.at;
        continue;
      }
      if (!in_word) Read(way, at);
      in_word = IsSolid(text_[at]);
      ++at;
    }
  }

  void End(const Way& way) {
    if (way.matched < 16 || 2 * way.matched < form_.size()) return;
    places_.insert(places_.end(), way.parts.begin(), way.parts.end());
  }

  std::string_view text_;
  std::string_view form_;
  std::size_t head_;  // how much of the form a line has to hold
  std::vector<Place>& places_;
};

// A text that has an `iss` in plain letters and none of our issuers is a payload that is not ours,
// whatever else it is.
bool NamesAnotherIssuer(std::string_view payload, const std::vector<std::string>& issuers) {
  const auto text = DecodeBase64Url(payload);
  return text && !Contains(*text, "\\") && Contains(*text, "\"iss\"") &&
         std::none_of(issuers.begin(), issuers.end(),
                      [&](const std::string& issuer) { return Contains(*text, issuer); });
}

void FindOurJwts(std::string_view text, const std::vector<std::string>& issuers,
                 std::vector<Place>& places) {
  std::set<std::size_t> payloads;
  for (const std::size_t dot : Find(text, ".")) {
    const auto run_before = [&](std::size_t end) {
      std::size_t begin = end;
      while (begin > 0 && IsBase64Url(text[begin - 1])) --begin;
      return Place{begin, end};
    };
    const Place payload = run_before(dot);
    if (payload.begin == dot || payload.begin == 0 || text[payload.begin - 1] != '.') continue;
    const Place header = run_before(payload.begin - 1);
    if (payloads.contains(header.begin)) continue;
    std::size_t begin = text.substr(0, header.end).find(kJwtStart, header.begin);
    while (begin != std::string_view::npos && dot - begin > kMaxTokenBytes) {
      begin = text.substr(0, header.end).find(kJwtStart, begin + 1);
    }
    if (begin == std::string_view::npos) continue;
    const auto issuer = PeekIssuer(text.substr(begin, dot + 1 - begin));
    if (!issuer && !NamesAnotherIssuer(text.substr(payload.begin, dot - payload.begin), issuers)) {
      continue;
    }
    payloads.insert(payload.begin);
    std::size_t end = dot + 1;
    while (end < text.size() && IsBase64Url(text[end])) ++end;
    if (end == dot + 1 || !issuer ||
        std::find(issuers.begin(), issuers.end(), *issuer) == issuers.end()) {
      continue;
    }
    places.push_back({begin + JwtBegin(text.substr(begin, header.end - begin)), end});
  }
}

}  // namespace

std::string MaskPlainly(std::string_view text, const std::vector<std::string_view>& values,
                        const std::vector<std::string>& issuers) {
  std::vector<Place> places;
  std::vector<Secret> forms;
  std::size_t head = MultiSearch::kLongestHead;
  for (const std::string_view value : values) {
    for (Secret& form : MaskedForms(value)) {
      head = std::min(head, form.size());
      forms.push_back(std::move(form));
    }
  }
  for (const Secret& form : forms) {
    for (const std::size_t at : Find(text, form.view())) {
      places.push_back({at, at + form.size()});
    }
    if (const std::size_t half = EndsInHalf(text, form.view())) {
      places.push_back({text.size() - half, text.size()});
    }
    InterruptedForm interrupted(text, form.view(), head, places);
    for (const std::size_t at : Find(text, form.view().substr(0, 1))) interrupted.ReadFrom(at);
  }
  if (!issuers.empty()) FindOurJwts(text, issuers, places);
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.begin < b.begin; });

  std::string masked;
  std::size_t out = 0;
  for (auto place = places.begin(); place != places.end();) {
    masked += text.substr(out, place->begin - out);
    masked += "[MASKED]";
    for (out = place->end; place != places.end() && place->begin < out; ++place) {
      out = std::max(out, place->end);
    }
  }
  masked += text.substr(out);
  return masked;
}

}  // namespace jobwarden::testing
