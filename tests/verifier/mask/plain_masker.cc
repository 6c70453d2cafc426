#include "tests/verifier/mask/plain_masker.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "verifier/base/encoding.h"
#include "verifier/mask/masked_forms.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/jwt_scan.h"

namespace jobwarden::testing {
namespace {

struct Place {
  std::size_t begin;
  std::size_t end;
};

bool IsBase64(char c) {
  return IsBase64Url(c) || c == '+' || c == '/';
}

bool AllBase64(std::string_view text) {
  return std::all_of(text.begin(), text.end(), IsBase64);
}

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

// The text without the line breaks behind 40 base64 characters, and where each character stood.
struct Joined {
  std::string text;
  std::vector<std::size_t> from;
};

Joined Join(std::string_view text) {
  Joined joined;
  bool behind_cr = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool wrapped = i >= 40 && AllBase64(text.substr(i - 40, 40));
    if ((text[i] == '\n' && (wrapped || behind_cr)) || (text[i] == '\r' && wrapped)) {
      behind_cr = text[i] == '\r';
      continue;
    }
    behind_cr = false;
    joined.text += text[i];
    joined.from.push_back(i);
  }
  return joined;
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
    if (!issuer) continue;
    payloads.insert(payload.begin);
    std::size_t end = dot + 1;
    while (end < text.size() && IsBase64Url(text[end])) ++end;
    if (end == dot + 1 || std::find(issuers.begin(), issuers.end(), *issuer) == issuers.end()) {
      continue;
    }
    places.push_back({begin + JwtBegin(text.substr(begin, header.end - begin)), end});
  }
}

}  // namespace

std::string MaskPlainly(std::string_view text, const std::vector<std::string_view>& values,
                        const std::vector<std::string>& issuers) {
  std::vector<Place> places;
  const Joined joined = Join(text);
  for (const std::string_view value : values) {
    for (const Secret& form : MaskedForms(value)) {
      for (const std::size_t at : Find(text, form.view())) {
        places.push_back({at, at + form.size()});
      }
      if (const std::size_t half = EndsInHalf(text, form.view())) {
        places.push_back({text.size() - half, text.size()});
      }
      if (!AllBase64(form.view())) continue;
      for (const std::size_t at : Find(joined.text, form.view())) {
        places.push_back({joined.from[at], joined.from[at + form.size() - 1] + 1});
      }
      if (const std::size_t half = EndsInHalf(joined.text, form.view())) {
        places.push_back({joined.from[joined.from.size() - half], joined.from.back() + 1});
      }
    }
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
