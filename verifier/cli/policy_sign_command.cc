#include "verifier/cli/policy_sign_command.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "verifier/admission/record.h"
#include "verifier/base/text.h"
#include "verifier/bundle/bundle.h"
#include "verifier/bundle/minisign.h"
#include "verifier/bundle/trial.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/os/clock.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;

// A change of the repository must not publish what a link leads to, such as the secret key.
Finding IsLink(const std::string& path) {
  return {kCode, Quote(path) + " is a link, which cannot be in a bundle",
          "put the file itself in its place"};
}

// The files of a policy's folder that go into its bundle, by their paths in it.
Result<std::vector<BundleFile>> Gather(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<BundleFile> files;
  for (const char* part : {"rules.d", "tests"}) {
    std::error_code error;
    if (fs::is_symlink(folder / part, error)) return IsLink(part);
    auto entry = fs::recursive_directory_iterator(folder / part, error);
    if (error == std::errc::no_such_file_or_directory) continue;
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      // Neither does LoadConfig read such a file.
      if (name.starts_with('.')) {
        entry.disable_recursion_pending();
        continue;
      }
      const std::string path = entry->path().lexically_relative(folder).generic_string();
      if (entry->is_symlink(error)) return IsLink(path);
      if (entry->is_directory(error)) continue;
      if (!IsPlainPath(path)) {
        return Finding{
            kCode, fmt::format("{} cannot be in a bundle", Quote(path)),
            fmt::format("use names of A-Z a-z 0-9 . _ - and paths of up to {} bytes", kMaxTarPath)};
      }
      auto bytes = ReadFile(entry->path().string(), kMaxConfigBytes, kCode, "policy");
      if (!bytes) return std::move(bytes).findings();
      files.push_back({path, *std::move(bytes)});
    }
    if (error) {
      return Finding{kCode,
                     fmt::format("{}: {}", Quote((folder / part).string()), error.message())};
    }
  }
  if (auto checked = CheckBundleFiles(files); !checked) return std::move(checked).findings();
  return files;
}

// The configuration for the trial. Its own rules.d is that of the bundle, or does not count.
Result<std::vector<ConfigFile>> OwnConfig(const std::string& path, bool given) {
  auto files = ReadConfigFiles(path, PulledRules::kLeaveOut);
  if (!files) return files;
  if (given) return files;
  files->resize(1);
  const Config config = ReadConfig(*files).config;
  if (config.policy.allow.empty() && config.policy.deny.empty()) return files;
  return Finding{kCode, fmt::format("{} has rules, which would not be in the bundle", Quote(path)),
                 "move them to a file in rules.d"};
}

// Turns a terminal's echo off while a password is typed.
class NoEcho {
 public:
  NoEcho() : is_terminal_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    Say(STDERR_FILENO, "password of the secret key: ");
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() {
    if (!is_terminal_) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    Say(STDERR_FILENO, "\n");
  }

 private:
  termios before_{};
  bool is_terminal_;
};

// The first line of standard input, without its end, as minisign reads it. It may be empty.
Result<Secret> ReadPassword() {
  constexpr std::size_t kMaxBytes = 1024;
  const NoEcho quiet;
  std::string line;
  line.reserve(kMaxBytes);  // so that no copy of the beginning is left in freed memory
  char c = 0;
  while (line.size() < kMaxBytes && read(STDIN_FILENO, &c, 1) == 1 && c != '\n') line += c;
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty() && c != '\n') {
    return Finding{kCode, "the secret key has a password, and standard input has none",
                   "write it to standard input as one line"};
  }
  return Secret(std::move(line));
}

Result<MinisignSecretKey> ReadKey(const std::string& path) {
  constexpr std::size_t kMaxKeyBytes = 4096;
  auto text = ReadFile(path, kMaxKeyBytes, kCode, "secret key");
  if (!text) return std::move(text).findings();
  return ReadMinisignSecretKey(Secret(*std::move(text)), ReadPassword);
}

}  // namespace

int RunPolicySign(const std::string& config_path, bool config_given,
                  const PolicySignOptions& options) {
  const auto files = Gather(options.folder);
  if (!files) return Fail(files.findings());
  const auto own =
      OwnConfig(config_given ? config_path : options.folder + "/jobwarden.toml", config_given);
  if (!own) return Fail(own.findings());
  const auto trial = TryBundle(*files, *own);
  if (!trial) return Fail(trial.findings());
  if (options.version.size() > kMaxVersionText || !IsUtf8(options.version)) {
    return Fail({{kCode, fmt::format("--policy-version: expected up to {} bytes of UTF-8",
                                     kMaxVersionText)}});
  }
  const auto key = ReadKey(options.key_file);
  if (!key) return Fail(key.findings());

  const auto now = SystemNow();
  const Manifest manifest{options.serial.value_or(now.time_since_epoch().count()),
                          now + std::chrono::days(options.valid_days), options.version};
  const std::string bundle = WriteBundle({manifest, *files});
  // A runner has limits of its own: of the number of files, and of the packed bytes.
  if (const auto read = ReadBundle(bundle); !read) return Fail(read.findings());
  const std::string comment =
      fmt::format("timestamp:{} serial:{} expires:{} jobwarden policy",
                  now.time_since_epoch().count(), manifest.serial, TimeText(manifest.expires));
  const auto signature = SignMinisign(bundle, *key, comment);
  if (!signature) return Fail(signature.findings());
  const std::pair<std::string, std::string_view> outputs[] = {
      {options.out + ".minisig", *signature}, {options.out, bundle}};
  for (const auto& [path, bytes] : outputs) {
    auto written = WriteFileAtomically(path, bytes, 0644, kCode, "bundle");
    if (!written) return Fail(written.findings());
  }
  if (trial->cases == 0) {
    Say(STDERR_FILENO, "jobwarden: warning: the bundle has no tests\n");
  }
  return Answer(
      fmt::format("{}: serial {}, valid until {}; rules: {}, tests passed: {}, warnings: {}\n"
                  "signed by the key {}\n",
                  options.out, manifest.serial, TimeText(manifest.expires), trial->rules,
                  trial->cases, trial->warnings, key->public_key.text),
      Outcome::kAllow);
}

}  // namespace jobwarden
