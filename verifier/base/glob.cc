#include "verifier/base/glob.h"

#include <algorithm>
#include <cstddef>

namespace jobwarden {
namespace {

// Takes one character from the front: a byte and up to three continuation bytes after it. So text
// that is not UTF-8 has characters too.
std::uint32_t TakeCharacter(std::string_view& text) {
  std::uint32_t character = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  for (int i = 0; i < 3 && !text.empty() && (text.front() & 0xC0) == 0x80; ++i) {
    character = character << 8 | static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
  }
  return character;
}

}  // namespace

Glob::Glob(std::string_view pattern) {
  prefix_ = pattern.substr(0, pattern.find_first_of("*?"));
  pattern.remove_prefix(prefix_.size());
  while (!pattern.empty()) {
    if (pattern.front() == '*') {
      const std::size_t stars = std::min(pattern.find_first_not_of('*'), pattern.size());
      parts_.push_back({stars == 1 ? Kind::kRun : Kind::kRunWithSlashes, 0});
      pattern.remove_prefix(stars);
    } else {
      const std::uint32_t character = TakeCharacter(pattern);
      parts_.push_back({character == '?' ? Kind::kOne : Kind::kCharacter, character});
    }
  }
}

bool Glob::Matches(std::string_view text) const {
  if (!text.starts_with(prefix_)) return false;
  text.remove_prefix(prefix_.size());
  // reached[n]: the first n parts match the text up to here. One pass over the text follows all
  // ways to match at once, so no part is ever tried a second time.
  std::vector<char> reached(parts_.size() + 1, 0);
  const auto skip_empty_runs = [&] {
    for (std::size_t n = 0; n < parts_.size(); ++n) {
      if (parts_[n].kind >= Kind::kRun && reached[n] != 0) reached[n + 1] = 1;
    }
  };
  reached[0] = 1;
  skip_empty_runs();
  while (!text.empty()) {
    const std::uint32_t character = TakeCharacter(text);
    bool any = false;
    for (std::size_t n = parts_.size(); n > 0; --n) {  // backwards: reached[n - 1] is still old
      const Part& part = parts_[n - 1];
      bool fits = false;
      switch (part.kind) {
        case Kind::kCharacter:
          fits = reached[n - 1] != 0 && character == part.character;
          break;
        case Kind::kOne:
          fits = reached[n - 1] != 0 && character != '/';
          break;
        case Kind::kRun:
          fits = reached[n] != 0 && character != '/';
          break;
        case Kind::kRunWithSlashes:
          fits = reached[n] != 0;
          break;
      }
      reached[n] = fits ? 1 : 0;
      any = any || fits;
    }
    if (!any) return false;
    reached[0] = 0;
    skip_empty_runs();
  }
  return reached.back() != 0;
}

}  // namespace jobwarden
