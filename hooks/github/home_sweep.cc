#include "hooks/github/home_sweep.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "verifier/base/glob.h"
#include "verifier/base/secret.h"
#include "verifier/base/text.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;
using Time = std::chrono::system_clock::time_point;

// Where programs keep a login, and a text that the file has only with one; empty: any file counts.
struct LoginPlace {
  std::string_view pattern;
  std::string_view shown_by = {};
};
constexpr LoginPlace kLogins[] = {
    {".aws/cli/cache/*"},
    {".aws/credentials"},
    {".aws/sso/cache/*"},
    {".azure/accessTokens.json"},
    {".azure/msal_token_cache.*"},
    {".azure/service_principal_entries.*"},
    {".boto"},
    {".cargo/credentials*"},
    {".config/.wrangler/config/*"},
    {".config/NuGet/NuGet.Config", "assword"},
    {".config/configstore/firebase-tools.json", "token"},
    {".config/containers/auth.json", "\"auth\""},
    {".config/doctl/config.yaml", "token"},
    {".config/gcloud/access_tokens.db"},
    {".config/gcloud/application_default_credentials.json"},
    {".config/gcloud/credentials.db"},
    {".config/gcloud/legacy_credentials/**"},
    {".config/gh/hosts.yml", "token"},
    {".config/glab-cli/config.yml", "token"},
    {".config/helm/registry/config.json", "\"auth\""},
    {".config/rclone/rclone.conf"},
    {".databricks/token-cache.json"},
    {".databrickscfg"},
    {".docker/config.json", "\"auth\""},
    {".fly/config.yml", "token"},
    {".gem/credentials"},
    {".git-credentials"},
    {".gnupg/private-keys-v1.d/*"},
    {".gradle/gradle.properties", "assword"},
    {".kube/config", "user"},
    {".m2/settings.xml", "assword"},
    {".netrc", "assword"},
    {".npmrc", "_auth"},
    {".nuget/NuGet/NuGet.Config", "assword"},
    {".oci/*.pem"},
    {".pulumi/credentials.json", "accessToken"},
    {".pypirc", "assword"},
    {".s3cfg"},
    {".ssh/id_*", "PRIVATE KEY"},
    {".terraform.d/credentials.tfrc.json", "token"},
    {".terraformrc", "token"},
    {".vault-token"},
    {".yarnrc.yml", "npmAuth"},
};

const LoginPlace* LoginPlaceOf(std::string_view file) {
  const auto* place = std::find_if(std::begin(kLogins), std::end(kLogins), [&](const auto& each) {
    return Glob(each.pattern).Matches(file);
  });
  return place == std::end(kLogins) ? nullptr : place;
}

bool ShowsLogin(int home, const std::string& file, const LoginPlace& place) {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;
  constexpr std::size_t kEmpty = 3;  // `{}` and a newline
  const Fd fd = OpenBelow(home, file, O_RDONLY | O_CLOEXEC);
  if (!fd) return true;
  auto text = ReadAll(fd, file, kMaxBytes, Code::kStateUnwritable, "login");
  if (!text) return true;
  const bool shows =
      text->size() > kEmpty && (place.shown_by.empty() || Contains(*text, place.shown_by));
  Wipe(*text);
  return shows;
}

// What is told of a file or folder without opening it.
struct Entry {
  mode_t mode;
  bool is_new;
  bool is_changed;  // or new
};

Time TimeOf(const statx_timestamp& stamp) {
  return Time(std::chrono::duration_cast<Time::duration>(std::chrono::seconds(stamp.tv_sec) +
                                                         std::chrono::nanoseconds(stamp.tv_nsec)));
}

std::optional<Entry> EntryOf(int folder, const std::string& name, Time since) {
  struct statx found {};
  if (statx(folder, name.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
            STATX_TYPE | STATX_CTIME | STATX_BTIME, &found) != 0) {
    return std::nullopt;
  }
  const bool is_new = (found.stx_mask & STATX_BTIME) != 0 && TimeOf(found.stx_btime) >= since;
  return Entry{found.stx_mode, is_new, is_new || TimeOf(found.stx_ctime) >= since};
}

// Whether the folder is one of a runner, and not made by the job to look like one.
bool IsRunners(int home, const std::string& folder, Time since) {
  const auto settings = EntryOf(home, folder + "/.runner", since);
  return settings && S_ISREG(settings->mode) && !settings->is_new;
}

fs::path Real(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return error ? path.lexically_normal() : real;
}

}  // namespace

std::map<std::string, std::size_t> HomeLeftovers::Counts() const {
  std::map<std::string, std::size_t> counts;
  for (const std::string& file : new_files) ++counts[file.substr(0, file.find('/'))];
  return counts;
}

HomeLeftovers SweepHome(const std::string& home, const std::vector<std::string>& left_alone,
                        Time since, const TreeLimits& limits) {
  HomeLeftovers left;
  const fs::path real = Real(home);
  const auto tell = [&](const std::string& why) {
    left.not_whole.push_back(fmt::format("{}: {}", Quote(home), why));
  };
  const Fd fd(open(real.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) {
    tell(ErrorText(errno));
    return left;
  }
  if (IsRunners(fd.get(), ".", since)) return left;
  std::vector<fs::path> alone;
  std::transform(left_alone.begin(), left_alone.end(), std::back_inserter(alone), Real);

  bool is_full = false;
  const auto look = [&](const std::string& path, const Entry& entry) {
    const LoginPlace* place = entry.is_changed ? LoginPlaceOf(path) : nullptr;
    if (place != nullptr && left.logins.size() < kMaxTokensFound &&
        ShowsLogin(fd.get(), path, *place)) {
      left.logins.push_back({path, entry.is_new});
    }
    if (!entry.is_new) return;
    is_full = left.new_files.size() == kMaxNewFiles;
    if (!is_full) left.new_files.push_back(path);
  };
  TreeReader reader;
  reader.passes_over = [](const std::string&) {};
  reader.read = [](const TreePiece&) { return true; };  // of no file
  reader.leaves_out = [&](std::string_view below) {
    const std::string path(below);
    if (is_full || std::find(alone.begin(), alone.end(), real / path) != alone.end()) return true;
    const auto entry = EntryOf(fd.get(), path, since);
    if (!entry) return true;
    if (S_ISDIR(entry->mode)) return IsRunners(fd.get(), path, since);
    look(path, *entry);
    return true;
  };
  if (const std::string why = ReadTree(fd, reader, limits); !why.empty()) tell(why);
  if (is_full) tell(fmt::format("more than {} files of this job", kMaxNewFiles));
  const auto by_file = [](const auto& a, const auto& b) { return a.file < b.file; };
  std::sort(left.logins.begin(), left.logins.end(), by_file);
  std::sort(left.new_files.begin(), left.new_files.end());
  return left;
}

bool RemoveNewFile(const std::string& home, const std::string& file, Time since) {
  const auto slash = file.rfind('/');
  const std::string in = slash == std::string::npos ? "." : file.substr(0, slash);
  const std::string name = slash == std::string::npos ? file : file.substr(slash + 1);
  const Fd top(open(Real(home).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  const Fd parent = top ? OpenBelow(top.get(), in, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : Fd();
  const auto entry = parent ? EntryOf(parent.get(), name, since) : std::nullopt;
  return entry && S_ISREG(entry->mode) && entry->is_new &&
         unlinkat(parent.get(), name.c_str(), 0) == 0;
}

}  // namespace jobwarden
