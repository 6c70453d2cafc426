// What README and docs/ say must be true: links lead somewhere, each finding code is explained, and
// each piece of configuration is accepted.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/places.h"
#include "tests/support/temp_folder.h"
#include "verifier/base/finding.h"
#include "verifier/review/check.h"

namespace jobwarden {
namespace {

std::string_view WithoutIndent(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

std::vector<std::filesystem::path> Documents() {
  std::vector<std::filesystem::path> found;
  for (const char* folder : {".", "docs"}) {
    for (const auto& entry : std::filesystem::directory_iterator(testing::InCheckout(folder))) {
      if (entry.path().extension() == ".md") found.push_back(entry.path());
    }
  }
  return found;
}

// The anchor that GitHub and GitLab give a heading.
std::string Anchor(const std::string& heading) {
  std::string anchor;
  for (const char each : heading) {
    const auto byte = static_cast<unsigned char>(each);
    if (each == ' ') anchor += '-';
    if (std::isalnum(byte) != 0 || each == '-' || each == '_' || byte >= 0x80) {
      anchor += static_cast<char>(std::tolower(byte));
    }
  }
  return anchor;
}

std::set<std::string> Anchors(const std::filesystem::path& path) {
  std::set<std::string> anchors;
  std::ifstream file(path);
  bool in_code = false;
  for (std::string line; std::getline(file, line);) {
    if (WithoutIndent(line).starts_with("```")) in_code = !in_code;
    if (in_code || !line.starts_with('#')) continue;
    anchors.insert(Anchor(line.substr(line.find_first_not_of("# "))));
  }
  return anchors;
}

// What stands in `](…)`, without what leads out of the project.
std::vector<std::string> Links(const std::string& text) {
  std::vector<std::string> links;
  for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at)) {
    at += 2;
    const std::string link = text.substr(at, text.find(')', at) - at);
    if (link.find("://") == std::string::npos) links.push_back(link);
  }
  return links;
}

struct Snippet {
  std::string place;
  std::string text;
};

// The blocks of TOML, and what README writes by `tee … <<'TOML'`.
std::vector<Snippet> Snippets(const std::filesystem::path& path) {
  std::vector<Snippet> snippets;
  std::ifstream file(path);
  std::size_t number = 0;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const std::string_view plain = WithoutIndent(line);
    if (plain.starts_with("```toml") || plain.ends_with("<<'TOML'")) {
      snippets.push_back({path.filename().string() + ":" + std::to_string(number), ""});
      inside = true;
    } else if (plain == "```" || plain == "TOML") {
      inside = false;
    } else if (inside) {
      snippets.back().text += line + "\n";
    }
  }
  return snippets;
}

// The mistakes of a snippet, on one line each: as a whole configuration, or as a part of one.
std::string Mistakes(const std::string& snippet) {
  const auto has = [&snippet](std::string_view text) {
    return snippet.find(text) != std::string::npos;
  };
  std::string text;
  if (!has("version")) text += "version = 1\n";
  const std::string issuer =
      "[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\nurl = \"https://ci.example.com\"\n"
      "audience = \"runner\"\n";
  // A table of the issuer needs one before it; keys of the top level stand before each table.
  const bool needs_issuer = !has("[[issuer]]");
  if (needs_issuer && WithoutIndent(snippet).starts_with("[")) {
    text += issuer + snippet;
  } else {
    text += snippet + "\n" + (needs_issuer ? issuer : "");
  }
  std::string mistakes;
  for (const Remark& each : ReviewConfig({{"c.toml", text}}).remarks) {
    if (each.is_mistake) mistakes += each.message + "\n";
  }
  return mistakes;
}

BOOST_AUTO_TEST_SUITE(documents)

BOOST_AUTO_TEST_CASE(each_link_leads_to_a_file_and_a_heading) {
  int seen = 0;
  for (const auto& document : Documents()) {
    for (const std::string& link : Links(testing::Slurp(document))) {
      ++seen;
      const std::size_t mark = link.find('#');
      const std::string file = link.substr(0, mark);
      const auto target = file.empty() ? document : document.parent_path() / file;
      BOOST_TEST(std::filesystem::exists(target), document << ": " << link);
      if (mark == std::string::npos || target.extension() != ".md") continue;
      BOOST_TEST(Anchors(target).contains(link.substr(mark + 1)), document << ": " << link);
    }
  }
  BOOST_TEST(seen > 50);
}

BOOST_AUTO_TEST_CASE(each_finding_code_is_explained) {
  const std::string text = testing::Slurp(testing::InCheckout("docs/troubleshooting.md"));
  int number = 0;
  try {
    for (;; ++number) {
      const std::string code(CodeName(static_cast<Code>(number)));
      BOOST_TEST(text.find("`" + code + "`") != std::string::npos, code);
    }
  } catch (const std::logic_error&) {
    BOOST_TEST(number > 30);  // the last code is behind us
  }
}

BOOST_AUTO_TEST_CASE(each_piece_of_configuration_is_accepted) {
  int seen = 0;
  for (const auto& document : Documents()) {
    if (document.filename() == "checks.md" || document.filename() == "tests.md") continue;
    for (const Snippet& each : Snippets(document)) {
      if (each.text.find("[[runners]]") != std::string::npos) continue;  // GitLab Runner's
      ++seen;
      BOOST_TEST(Mistakes(each.text) == "", each.place << ": " << Mistakes(each.text));
    }
  }
  BOOST_TEST(seen > 10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
