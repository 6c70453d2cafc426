#include "verifier/checkout/checkout.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <vector>

#include "verifier/base/glob.h"
#include "verifier/base/text.h"
#include "verifier/checkout/called_files.h"
#include "verifier/checkout/ci_files.h"
#include "verifier/exposure/word.h"
#include "verifier/mask/multi_search.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// IsWholeWord looks at so much around a word.
constexpr std::size_t kBefore = 2;
constexpr std::size_t kAfter = 1;
constexpr std::size_t kLongestWord = kMaxTreeOverlap - kBefore;
// The name of a program, but in nearly every tree of a column or an attribute.
constexpr std::string_view kSaysNothing = "id";

// Text for people. A program that it names is one that they call.
bool IsDocument(std::string_view path) {
  constexpr std::string_view kEndings[] = {".md", ".rst", ".adoc", ".mdx", ".markdown"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

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
    const bool document = IsDocument(piece.path);
    search_.Find(text, [&](std::size_t word, std::size_t at) {
      const std::size_t end = at + words_[word].size();
      const bool whole_is_known =
          (piece.begins || at >= kBefore) && (piece.ends || end + kAfter <= text.size());
      const bool counts = !document || LooksLikeVariable(words_[word]);
      if (counts && !found_[word] && whole_is_known && IsWholeWord(text, at, end)) {
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

// The CI configuration and what it includes, as far as that is in the checkout.
std::vector<Glob> CiFiles(const Fd& project, const std::string& ci_config_path) {
  constexpr std::size_t kMaxFiles = 64;
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;
  if (ci_config_path.empty()) return {};
  std::vector<std::string> to_read = {
      std::filesystem::path(ci_config_path).lexically_normal().string()};
  std::vector<Glob> files = {Glob(to_read.front())};
  for (std::size_t i = 0; i < to_read.size() && i < kMaxFiles; ++i) {
    const Fd fd = OpenBelow(project.get(), to_read[i], O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st {};
    if (!fd || fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode)) continue;
    const auto yaml = ReadAll(fd, to_read[i], kMaxBytes, Code::kJobUnreadable, "");
    if (!yaml) continue;
    for (std::string& path : IncludedPaths(*yaml)) {
      if (files.size() == kMaxFiles) break;
      files.emplace_back(path);
      if (!Glob::IsPattern(path) &&
          std::find(to_read.begin(), to_read.end(), path) == to_read.end()) {
        to_read.push_back(std::move(path));
      }
    }
  }
  return files;
}

}  // namespace

CheckoutUse SearchCheckout(const Checkout& checkout, const Words& wanted, std::string_view commands,
                           const TreeLimits& limits) {
  const std::string& folder = checkout.project_folder;
  const auto below = PathBelow(checkout.builds_folder, folder);
  if (!below) return {{}, fmt::format("{} is not below executor.builds_dir", Quote(folder)), {}};
  const Fd builds(open(checkout.builds_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Fd project =
      builds ? OpenBelow(builds.get(), *below, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : Fd();
  if (!project) {
    return {{}, fmt::format("{} cannot be opened: {}", Quote(folder), ErrorText(errno)), {}};
  }
  CheckoutUse use;
  if (!commands.empty()) use.called = TextOfCalledFiles(project, folder, commands);
  Words sought;
  for (const std::string& word : wanted) {
    if (word == kSaysNothing) continue;
    // Of one that is longer nobody could say that it is not there.
    (word.size() > kLongestWord ? use.used : sought).insert(word);
  }
  if (sought.empty()) return use;
  const std::vector<Glob> ci_files = CiFiles(project, checkout.ci_config_path);
  WordSearch search(sought);
  TreeReader reader;
  reader.overlap = search.overlap();
  reader.leaves_out = [&](std::string_view path) {
    return path == ".git" || path.ends_with("/.git") || HasCiName(path) ||
           std::any_of(ci_files.begin(), ci_files.end(),
                       [&](const Glob& file) { return file.Matches(path); });
  };
  reader.read = [&](const TreePiece& piece) { return search.Search(piece); };
  use.unseen = ReadTree(project, reader, limits);
  use.used.merge(search.Found());
  return use;
}

}  // namespace jobwarden
