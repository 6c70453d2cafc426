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

// IsWholeWord looks at this many bytes before and after a word.
constexpr std::size_t kBefore = 2;
constexpr std::size_t kAfter = 1;
constexpr std::size_t kLongestWord = kMaxTreeOverlap - kBefore;
// The name of a program; in nearly every tree also that of a column or an attribute.
constexpr std::string_view kSaysNothing = "id";

// Text for people. People call the programs that it names, the job does not.
bool IsDocument(std::string_view path) {
  constexpr std::string_view kEndings[] = {".md", ".rst", ".adoc", ".mdx", ".markdown"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

// The words to look for, and which of them were found.
class WordSearch {
 public:
  explicit WordSearch(const Words& wanted)
      : words_(wanted.begin(), wanted.end()), search_(words_), found_(words_.size(), false) {}

  // How many bytes two pieces of a file share. So each word is in one piece together with the bytes
  // around it that IsWholeWord needs.
  std::size_t overlap() const { return kBefore + search_.longest(); }

  // Returns whether words remain to be found.
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

// The CI configuration and the files that it includes, if they are in the checkout.
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
    // A longer word counts as used, because it cannot be searched for.
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
