// A file that is searched in pieces has its tokens on the lines where they are in the whole. The
// input is cut at 0xFF: the first part says where the file is cut, the rest is the file. In it 0xFE
// and a number stand for a token in one of its forms.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/github/token_search.h"
#include "tests/support/base64url.h"
#include "tests/verifier/unsigned_jwt.h"

using namespace jobwarden;

namespace {

using Lines = std::vector<std::size_t>;

std::vector<std::string> Forms() {
  const std::string live = testing::Jwt(R"({"iss":"i","exp":2})");
  std::vector<std::string> forms{live, testing::Jwt(R"({"iss":"i","exp":1})"),
                                 testing::Jwt(R"({"iss":"j","exp":2})")};
  for (const char* before : {"", "u", "u:"}) forms.push_back(testing::Base64Url(before + live));
  std::string lines;
  for (std::size_t at = 0; at < forms.back().size(); at += 19) {
    lines += forms.back().substr(at, 19) + "\r\n";
  }
  forms.push_back(lines);
  forms.push_back("ghs_12_" + live);
  forms.push_back("ghp_" + std::string(35, 'a') + "b");
  forms.emplace_back("request-token-1");
  forms.emplace_back("-----BEGIN PRIVATE KEY-----");
  forms.emplace_back("eC1hY2Nlc3MtdG9rZW46");
  return forms;
}

Lines Search(std::string_view file, std::string_view cuts) {
  static const std::vector<std::string> issuers{"i"};
  TokenSearch search(
      {issuers, std::chrono::sys_seconds(std::chrono::seconds(1)), "request-token-1"});
  search.Begin();
  Lines lines;
  for (std::size_t i = 0; i == 0 || !file.empty(); ++i) {
    const std::size_t size =
        cuts.empty() ? file.size()
                     : std::min<std::size_t>(
                           file.size(), static_cast<unsigned char>(cuts[i % cuts.size()]) + 1U);
    for (const SecretLine& found : search.Take(file.substr(0, size), size == file.size())) {
      lines.push_back(found.line * 8 + static_cast<std::size_t>(found.kind));
    }
    file.remove_prefix(size);
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string> forms = Forms();
  const std::string_view input(reinterpret_cast<const char*>(data),
                               std::min<std::size_t>(size, 2048));
  const std::string_view cuts = input.substr(0, input.find('\xFF'));
  std::string file;
  bool has_live = false;
  for (std::size_t i = std::min(input.size(), cuts.size() + 1); i < input.size(); ++i) {
    if (input[i] != '\xFE' || i + 1 == input.size()) {
      file += input[i];
      continue;
    }
    const std::size_t form = static_cast<unsigned char>(input[++i]) % forms.size();
    // On a line of its own nothing can hide it.
    if (form == 0) has_live = true;
    file += form == 0 ? "\n " + forms[form] + "\n" : forms[form];
  }
  const Lines whole = Search(file, "");
  if (has_live && whole.empty()) std::abort();
  if (Search(file, cuts) != whole) std::abort();
  if (Search(file, std::string_view("", 1)) != whole) std::abort();
  return 0;
}
