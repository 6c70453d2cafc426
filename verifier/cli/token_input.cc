#include "verifier/cli/token_input.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/file.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

// More than the longest token, so that the verifier refuses a token that is too long, and says why.
constexpr std::size_t kMaxInput = 4 * kMaxTokenBytes;

Result<Secret> Trimmed(std::string text, std::string_view from) {
  Secret whole(std::move(text));
  const std::string_view view = whole.view();
  const std::size_t begin = view.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) {
    return Finding{Code::kTokenMissing, fmt::format("{}: no token there", from)};
  }
  const std::size_t end = view.find_last_not_of(" \t\r\n") + 1;
  return Secret(std::string(view.substr(begin, end - begin)));
}

}  // namespace

Result<Secret> ReadStdin(std::size_t max_bytes, Code code) {
  std::string bytes;
  bytes.resize(max_bytes + 1);
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = read(STDIN_FILENO, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Finding{code, "standard input: " + ErrorText(errno)};
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > max_bytes) {
    Wipe(bytes);
    return Finding{code, fmt::format("standard input: more than {} bytes", max_bytes)};
  }
  Secret input(bytes.substr(0, size));
  Wipe(bytes);
  return input;
}

Result<Secret> ReadToken(const TokenOptions& options) {
  if (options.from_stdin) {
    auto input = ReadStdin(kMaxInput);
    if (!input) return input;
    return Trimmed(std::string(input->view()), "standard input");
  }
  if (!options.env.empty()) {
    const char* value = std::getenv(options.env.c_str());  // NOLINT(concurrency-mt-unsafe)
    return Trimmed(value == nullptr ? "" : value, "variable " + Quote(options.env));
  }
  auto bytes = ReadFile(options.file, kMaxInput, Code::kTokenMissing, "token file");
  if (!bytes) return std::move(bytes).findings();
  return Trimmed(std::move(*bytes), "token file " + Quote(options.file));
}

}  // namespace jobwarden
