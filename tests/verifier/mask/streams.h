#ifndef JOBWARDEN_TESTS_VERIFIER_MASK_STREAMS_H_
#define JOBWARDEN_TESTS_VERIFIER_MASK_STREAMS_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/mask/masker.h"

namespace jobwarden::testing {

inline std::string Text(const Masker::Pieces& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

/// The whole output for a stream that comes in these pieces.
inline std::string MaskPieces(const MaskSet& set, const std::vector<std::string_view>& inputs) {
  Masker masker(set);
  std::string text;
  for (const std::string_view input : inputs) text += Text(masker.Feed(input));
  return text + Text(masker.Finish());
}

inline std::string MaskWhole(const MaskSet& set, std::string_view text) {
  return MaskPieces(set, {text});
}

/// The text in pieces of so many bytes.
inline std::vector<std::string_view> Cut(std::string_view text, std::size_t bytes) {
  std::vector<std::string_view> pieces;
  for (; !text.empty(); text.remove_prefix(std::min(bytes, text.size()))) {
    pieces.push_back(text.substr(0, bytes));
  }
  return pieces;
}

/// How many cuts of the text in two, or in equal pieces, change what comes out: 0, please.
inline int CutsThatMatter(const MaskSet& set, std::string_view text) {
  const std::string whole = MaskWhole(set, text);
  int count = 0;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (MaskPieces(set, {text.substr(0, at), text.substr(at)}) != whole) ++count;
  }
  for (const std::size_t bytes : {1, 2, 3, 7, 16, 61}) {
    if (MaskPieces(set, Cut(text, bytes)) != whole) ++count;
  }
  return count;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_MASK_STREAMS_H_
