#include "hooks/github/sweep.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <tuple>

#include "hooks/github/token_search.h"
#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using Clock = std::chrono::steady_clock;

// How many files of one folder are reported as not readable.
constexpr std::size_t kMaxPassedOver = 5;

Fd OpenSwept(const std::string& path) {
  return Fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Reports the progress of the search from time to time.
class Progress {
 public:
  Progress(const std::function<void(const std::string&)>& say, std::chrono::milliseconds each)
      : say_(say), each_(each) {}

  void Begin(const std::string& folder) {
    folder_ = folder;
    bytes_ = 0;
  }
  void Add(std::size_t bytes) {
    bytes_ += bytes;
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + each_;
    constexpr std::uint64_t kMegabyte = 1'000'000;
    say_(fmt::format("{} MB of {}", bytes_ / kMegabyte, Quote(folder_)));
  }

 private:
  const std::function<void(const std::string&)>& say_;
  const std::chrono::milliseconds each_;
  Clock::time_point next_ = Clock::now() + each_;
  std::string folder_;
  std::uint64_t bytes_ = 0;
};

// google-github-actions/auth writes such a file into the workspace, with the request token or a key
// of a service account inside.
bool IsGoogleLogin(std::string_view file) {
  const std::string_view name = file.substr(file.rfind('/') + 1);
  return name.starts_with("gha-creds-") && name.ends_with(".json");
}

void Look(const SweptFolder& folder, TokenSearch& search, Progress& progress,
          const TreeLimits& limits, SweepResult& result) {
  const auto tell = [&](const std::string& why) {
    result.not_whole.push_back(fmt::format("{}: {}", Quote(folder.path), why));
  };
  const Fd fd = OpenSwept(folder.path);
  if (!fd) {
    if (errno != ENOENT) tell(errno == ENOTDIR ? "a link, or not a folder" : ErrorText(errno));
    return;
  }
  std::size_t passed_over = 0;
  TreeReader reader;
  reader.leaves_out = [&](std::string_view path) {
    progress.Add(0);
    return !folder.left_out.empty() && path == folder.left_out;
  };
  reader.passes_over = [&](const std::string& why) {
    if (++passed_over <= kMaxPassedOver) tell(why);
  };
  const auto is_known = [&](std::string_view file, const SecretLine& line) {
    return std::any_of(result.found.begin(), result.found.end(), [&](const TokenFound& found) {
      return found.folder == folder.path && found.file == file && found.line == line.line &&
             found.kind == line.kind;
    });
  };
  reader.read = [&](const TreePiece& piece) {
    progress.Add(piece.bytes.size());
    if (piece.begins) search.Begin();
    std::vector<SecretLine> lines = search.Take(piece.bytes, piece.ends);
    if (piece.begins && IsGoogleLogin(piece.path)) lines.push_back({SecretKind::kGoogleLogin, 1});
    for (const SecretLine& line : lines) {
      if (line.kind == SecretKind::kPrivateKey && !folder.with_keys) continue;
      if (is_known(piece.path, line)) continue;
      if (result.found.size() == kMaxTokensFound) {
        tell(fmt::format("more than {} tokens", kMaxTokensFound));
        return false;
      }
      result.found.push_back({folder.path, std::string(piece.path), line.line, line.kind});
    }
    return true;
  };
  if (const std::string why = ReadTree(fd, reader, limits); !why.empty()) tell(why);
  if (passed_over > kMaxPassedOver) {
    tell(fmt::format("and {} more that could not be read", passed_over - kMaxPassedOver));
  }
}

}  // namespace

std::string_view SecretKindName(SecretKind kind) {
  switch (kind) {
    case SecretKind::kIdToken:
      return "an id_token that has not expired";
    case SecretKind::kRequestBearer:
      return "the token with which this job requests id_tokens";
    case SecretKind::kGitHubToken:
      return "a GitHub token";
    case SecretKind::kGitCredentials:
      return "git's login of actions/checkout";
    case SecretKind::kPrivateKey:
      return "a private key";
    case SecretKind::kGoogleLogin:
      break;
  }
  return "a login of google-github-actions/auth";
}

SweepResult Sweep(const std::vector<SweptFolder>& folders, const SoughtSecrets& sought,
                  const std::function<void(const std::string&)>& progress, const TreeLimits& limits,
                  std::chrono::milliseconds progress_each) {
  SweepResult result;
  TokenSearch search(sought);
  Progress so_far(progress, progress_each);
  for (const SweptFolder& folder : folders) {
    so_far.Begin(folder.path);
    const auto first = static_cast<std::ptrdiff_t>(result.found.size());
    Look(folder, search, so_far, limits, result);
    // The file system returns the files of a folder in any order.
    std::sort(result.found.begin() + first, result.found.end(),
              [](const TokenFound& a, const TokenFound& b) {
                return std::tie(a.file, a.line, a.kind) < std::tie(b.file, b.line, b.kind);
              });
  }
  return result;
}

Status RemoveSwept(const TokenFound& found) {
  const auto slash = found.file.rfind('/');
  const std::string in = slash == std::string::npos ? "." : found.file.substr(0, slash);
  const std::string name = slash == std::string::npos ? found.file : found.file.substr(slash + 1);
  const Fd top = OpenSwept(found.folder);
  const Fd parent = top ? OpenBelow(top.get(), in, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : Fd();
  struct stat st {};
  const bool there = parent && fstatat(parent.get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && S_ISREG(st.st_mode) && unlinkat(parent.get(), name.c_str(), 0) == 0) return Ok();
  return Finding{Code::kStateUnwritable,
                 fmt::format("file {}: {}", Quote(found.path()),
                             there && !S_ISREG(st.st_mode) ? "not a regular file any more"
                                                           : ErrorText(errno))};
}

}  // namespace jobwarden
