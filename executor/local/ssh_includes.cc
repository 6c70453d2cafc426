#include "executor/local/ssh_includes.h"

#include <fmt/format.h>
#include <glob.h>
#include <strings.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <utility>

#include "executor/local/sandbox_root.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr Code kCode = Code::kStateUnwritable;
constexpr const char* kMain = "/etc/ssh/ssh_config";
constexpr const char* kFolder = "/etc/ssh/";  // of paths that are relative
constexpr std::size_t kMaxFiles = 64;
constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;

// The words of a line: apart by white space, together in quotes.
std::vector<std::string> WordsOf(std::string_view line) {
  std::vector<std::string> words;
  for (std::size_t at = 0;;) {
    at = line.find_first_not_of(" \t\r\f", at);
    if (at == std::string_view::npos || line[at] == '#') return words;
    std::string word;
    char quote = '\0';
    for (; at < line.size() &&
           (quote != '\0' || std::string_view(" \t\r\f").find(line[at]) == std::string_view::npos);
         ++at) {
      const char each = line[at];
      if (each == quote) {
        quote = '\0';
      } else if (quote == '\0' && (each == '"' || each == '\'')) {
        quote = each;
      } else {
        word += each;
      }
    }
    words.push_back(std::move(word));
  }
}

std::vector<std::string> Matching(const std::string& pattern) {
  std::vector<std::string> paths;
  glob_t found{};
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

}  // namespace

std::vector<std::string> IncludedPatterns(std::string_view ssh_config) {
  constexpr std::string_view kInclude = "include";
  std::vector<std::string> patterns;
  std::istringstream lines{std::string(ssh_config)};
  for (std::string line; std::getline(lines, line);) {
    const auto begin = line.find_first_not_of(" \t\f");
    if (begin == std::string::npos ||
        strncasecmp(line.c_str() + begin, kInclude.data(), kInclude.size()) != 0) {
      continue;
    }
    // `Include FILE`, `Include=FILE`, `Include = FILE`; not `IncludeMore FILE`.
    std::string_view rest = std::string_view(line).substr(begin + kInclude.size());
    const auto word = rest.find_first_not_of(" \t\f");
    if (word == 0 && !rest.starts_with('=')) continue;
    if (word != std::string_view::npos && rest[word] == '=') rest.remove_prefix(word + 1);
    for (auto& each : WordsOf(rest)) patterns.push_back(std::move(each));
  }
  return patterns;
}

std::vector<std::string> SshIncludes() {
  std::vector<std::string> files;
  std::vector<std::string> to_read{kMain};
  for (std::size_t i = 0; i < to_read.size() && files.size() < kMaxFiles; ++i) {
    const auto text = ReadFile(to_read[i], kMaxBytes, kCode, "ssh");
    if (!text) continue;
    if (i > 0) files.push_back(to_read[i]);
    for (const std::string& pattern : IncludedPatterns(*text)) {
      for (const std::string& path : Matching(fs::path(kFolder) / pattern)) {
        std::error_code error;
        const std::string file = fs::canonical(path, error);
        const bool is_new = std::find(to_read.begin(), to_read.end(), file) == to_read.end();
        if (!error && is_new && IsShownInSandbox(file)) to_read.push_back(file);
      }
    }
  }
  return files;
}

Status CopyBelow(const std::string& folder, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const auto bytes = ReadFile(file, kMaxBytes, kCode, "file");
    if (!bytes) continue;
    const std::string copy = folder + file;
    auto made = MakeFolders(fs::path(copy).parent_path(), 0700, kCode, "folder");
    if (!made) return made;
    auto written = WriteFileAtomically(copy, *bytes, 0444, kCode, "file", Durability::kVolatile);
    if (!written) return written;
  }
  return Ok();
}

void AppendCopies(const std::string& folder, std::vector<std::string>& command) {
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error)) continue;
    const fs::path at = "/" / entry.path().lexically_relative(folder);
    command.insert(command.end(), {"--ro-bind", entry.path(), at});
  }
}

}  // namespace jobwarden
