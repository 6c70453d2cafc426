#include "verifier/checkout/checkout.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/exposure/word.h"
#include "verifier/mask/multi_search.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// IsWholeWord looks at so much around a word.
constexpr std::size_t kBefore = 2;
constexpr std::size_t kBehind = 1;
constexpr std::size_t kLongestWord = kMaxTreeOverlap - kBefore;
// The name of a program, but in nearly every tree of a column or an attribute.
constexpr std::string_view kSaysNothing = "id";

// The words that are looked for, and those that were found.
class WordSearch {
 public:
  explicit WordSearch(const Words& wanted)
      : words_(wanted.begin(), wanted.end()), search_(words_), found_(words_.size(), false) {}

  // So much must two pieces of a file share that each word stands in one of them with all that
  // tells whether it is a whole one.
  std::size_t overlap() const { return kBefore + search_.longest(); }

  // Whether there is more to be looked for.
  bool Search(const TreePiece& piece) {
    const std::string_view text = piece.bytes;
    search_.Find(text, [&](std::size_t word, std::size_t at) {
      const std::size_t end = at + words_[word].size();
      const bool whole_is_known =
          (piece.begins || at >= kBefore) && (piece.ends || end + kBehind <= text.size());
      if (!found_[word] && whole_is_known && IsWholeWord(text, at, end)) {
        found_[word] = true;
        ++found_count_;
      }
      return found_count_ < words_.size();
    });
    return found_count_ < words_.size();
  }

  Words Found() const {
    Words found;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (found_[i]) found.emplace(words_[i]);
    }
    return found;
  }

 private:
  std::vector<std::string_view> words_;
  MultiSearch search_;
  std::vector<bool> found_;
  std::size_t found_count_ = 0;
};

}  // namespace

CheckoutUse SearchCheckout(const std::string& builds_folder, const std::string& project_folder,
                           const std::string& ci_config_path, const Words& wanted,
                           const TreeLimits& limits) {
  const auto below = PathBelow(builds_folder, project_folder);
  if (!below)
    return {{}, fmt::format("{} is not below executor.builds_dir", Quote(project_folder))};
  const Fd builds(open(builds_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Fd project =
      builds ? OpenBelow(builds.get(), *below, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : Fd();
  if (!project) {
    return {{}, fmt::format("{} cannot be opened: {}", Quote(project_folder), ErrorText(errno))};
  }
  const std::string ci_config = std::filesystem::path(ci_config_path).lexically_normal().string();
  CheckoutUse use;
  Words sought;
  for (const std::string& word : wanted) {
    if (word == kSaysNothing) continue;
    // Of one that is longer nobody could say that it is not there.
    (word.size() > kLongestWord ? use.used : sought).insert(word);
  }
  if (sought.empty()) return use;
  WordSearch search(sought);
  TreeReader reader;
  reader.overlap = search.overlap();
  reader.leaves_out = [&](std::string_view path) {
    return path == ".git" || path.ends_with("/.git") || path == ci_config;
  };
  reader.read = [&](const TreePiece& piece) { return search.Search(piece); };
  use.unseen = ReadTree(project, reader, limits);
  use.used.merge(search.Found());
  return use;
}

}  // namespace jobwarden
