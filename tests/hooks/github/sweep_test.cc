#include "hooks/github/sweep.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>

#include "hooks/github/token_search.h"
#include "tests/support/base64url.h"
#include "tests/support/has.h"
#include "tests/support/large.h"
#include "tests/support/temp_folder.h"
#include "tests/verifier/unsigned_jwt.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

using Places = std::vector<std::string>;
using Lines = std::vector<std::size_t>;

const std::string kIssuer = "https://token.actions.githubusercontent.com";
const std::vector<std::string> kIssuers = {"https://gitlab.example.com", kIssuer};
const std::string kRequestToken = "request-token-0123456789";
constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'800'000'000)};

std::string With(const std::string& claims) {
  return Jwt(R"({"iss":")" + kIssuer + R"(",)" + claims + R"("aud":"vault"})");
}
const std::string kLive = With(R"("exp":1800000300,)");
const std::string kExpired = With(R"("exp":1800000000,)");

// RFC 4648 §4, with its padding.
std::string Base64(const std::string& bytes) {
  std::string text = Base64Url(bytes);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  return text.append((4 - text.size() % 4) % 4, '=');
}

std::string InLines(const std::string& text, std::size_t columns, const std::string& end = "\n") {
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += columns) lines += text.substr(at, columns) + end;
  return lines;
}

// No test is about time by chance.
TreeLimits Patient() {
  return {.time = 10min};
}

SweepResult SweepOf(const std::vector<SweptFolder>& folders, const TreeLimits& limits = Patient()) {
  return Sweep(
      folders, {kIssuers, kNow, kRequestToken}, [](const std::string&) {}, limits);
}

// `FILE:LINE`
Places PlacesOf(const SweepResult& result) {
  Places places;
  for (const TokenFound& found : result.found) {
    places.push_back(found.file + ":" + std::to_string(found.line));
  }
  return places;
}

// The lines of a file of these pieces that hold a secret of this kind, each once.
Lines LinesOf(const std::vector<std::string>& pieces, SecretKind kind = SecretKind::kIdToken) {
  TokenSearch search({kIssuers, kNow, kRequestToken});
  search.Begin();
  Lines lines;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (const SecretLine& more : search.Take(pieces[i], i + 1 == pieces.size())) {
      if (more.kind == kind) lines.push_back(more.line);
    }
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(Lines)
BOOST_TEST_DONT_PRINT_LOG_VALUE(Places)

BOOST_AUTO_TEST_SUITE(sweep)

BOOST_AUTO_TEST_CASE(live_token_is_found_with_its_file_and_line) {
  const TempFolder temp;
  const TempFolder work;
  fs::create_directories(temp / "b/c");
  temp.Write("b/c/token", kLive);
  temp.Write("a.json", "{\n\"token\": \"" + kLive + "\"\n}\n");
  temp.Write("clean", "nothing\n");
  work.Write(".npmrc", "# npm\n\n//registry/:_authToken=" + kLive + "\n");
  const SweepResult result = SweepOf({{temp.path(), ""}, {work.path(), ""}});
  BOOST_TEST((PlacesOf(result) == Places{"a.json:2", "b/c/token:1", ".npmrc:3"}));
  BOOST_TEST(result.found[1].path() == temp / "b/c/token");
  BOOST_TEST(result.found[2].path() == work / ".npmrc");
  BOOST_TEST(result.not_whole.empty());
}

BOOST_AUTO_TEST_CASE(what_expired_and_what_another_issuer_made_is_no_find) {
  const std::string foreign =
      Jwt(R"({"iss":"https://gitlab.example.org","exp":1800000300,"aud":"vault"})");
  BOOST_TEST(LinesOf({kExpired + "\n" + foreign}).empty());
  BOOST_TEST((LinesOf({kExpired + "\n" + kLive + "\n" + foreign}) == Lines{2}));
  BOOST_TEST((LinesOf({With(R"("exp":1800000001,)")}) == Lines{1}));
  BOOST_TEST((LinesOf({With(R"("exp":1800000000.5,)")}) == Lines{1}));
  BOOST_TEST(LinesOf({With(R"("exp":1799999999.5,)")}).empty());
}

BOOST_AUTO_TEST_CASE(token_whose_end_nobody_knows_is_live) {
  BOOST_TEST((LinesOf({With("")}) == Lines{1}));
  BOOST_TEST((LinesOf({With(R"("exp":"1700000000",)")}) == Lines{1}));
}

BOOST_AUTO_TEST_CASE(several_tokens_of_one_line_are_one_find) {
  const TempFolder folder;
  folder.Write("f", kLive + " " + kLive + "\n" + kExpired + "," + kLive + "\n" + Base64(kLive) +
                        "," + kLive + "\n");
  BOOST_TEST((PlacesOf(SweepOf({{folder.path(), ""}})) == Places{"f:1", "f:2", "f:3"}));
}

BOOST_AUTO_TEST_CASE(token_in_base64_is_found_whatever_stands_before_it) {
  for (const std::string before : {"", "u", "u:", "oauth2accesstoken:", "{\"a\":\"", "\n\n\n"}) {
    for (const bool url : {false, true}) {
      const std::string plain = before + kLive + "\"}";
      const std::string encoded = url ? Base64Url(plain) : Base64(plain);
      BOOST_TEST_INFO_SCOPE(encoded);
      BOOST_TEST((LinesOf({"\n{\"auth\": \"" + encoded + "\"}\n"}) == Lines{2}));
    }
    BOOST_TEST(LinesOf({Base64(before + kExpired)}).empty());
  }
}

BOOST_AUTO_TEST_CASE(token_in_base64_that_is_broken_into_lines_is_found) {
  const std::string encoded = Base64("user:" + kLive + "\n");
  BOOST_TEST((LinesOf({"data:\n" + InLines(encoded, 76)}) == Lines{2}));
  BOOST_TEST((LinesOf({"data:\r\n" + InLines(encoded, 64, "\r\n")}) == Lines{2}));
}

BOOST_AUTO_TEST_CASE(where_a_file_is_cut_makes_no_difference) {
  const std::string text = "a\nb " + kLive + " eyJ\n" + Base64("x:" + kLive) + "\n" + kExpired +
                           "\nxx" + kLive + "\n" + InLines(Base64(kLive), 76);
  const Lines whole = LinesOf({text});
  BOOST_TEST((whole == Lines{2, 3, 5, 6}));
  std::size_t wrong = 0;
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    if (LinesOf({text.substr(0, cut), text.substr(cut)}) != whole) ++wrong;
  }
  BOOST_TEST(wrong == 0U);
  std::vector<std::string> bytes;
  for (const char c : text) bytes.emplace_back(1, c);
  BOOST_TEST((LinesOf(bytes) == whole));
}

BOOST_AUTO_TEST_CASE(token_over_the_border_of_two_pieces_is_found) {
  const TempFolder folder;
  for (const std::string& form : {kLive, Base64("user:" + kLive)}) {
    for (const std::size_t before :
         {std::size_t{1}, form.size() / 2, form.size(), form.size() + 1, std::size_t{70'000}}) {
      std::string text(2 * kMaxTreePieceBytes - before, '\n');
      folder.Write("f", text + form);
      const std::string place = "f:" + std::to_string(text.size() + 1);
      BOOST_TEST((PlacesOf(SweepOf({{folder.path(), ""}})) == Places{place}));
      folder.Write("f", text + form + std::string(3 * kMaxTreePieceBytes, ' '));
      BOOST_TEST((PlacesOf(SweepOf({{folder.path(), ""}})) == Places{place}));
    }
  }
}

BOOST_AUTO_TEST_CASE(token_deep_in_a_long_text_of_base64_is_found) {
  std::string bytes;
  for (std::size_t i = 0; i < 600'000; ++i) bytes += static_cast<char>(i * 7919 >> 8U);
  BOOST_TEST((LinesOf({Base64(bytes + kLive + bytes)}) == Lines{1}));
  BOOST_TEST((LinesOf({Base64("x" + bytes + kLive)}) == Lines{1}));
  // As long as a token may be, after what looks like the beginning of one.
  const std::string longest = Jwt(R"({"iss":")" + kIssuer + R"(","exp":1800000300,"a":")" +
                                  std::string(12'000, 'x') + R"("})");
  BOOST_TEST((LinesOf({Base64("eyJ" + std::string(20'000, 'x') + "eyJ," + longest)}) == Lines{1}));
}

BOOST_AUTO_TEST_CASE(text_full_of_beginnings_takes_no_longer_than_another) {
  for (const std::string piece : {"eyJ", "eyJh.", "ZXlK", "V5Sj", "leUp", "ZXlK\n"}) {
    std::string text;
    while (text.size() < Large(8'000'000)) text += piece;
    BOOST_TEST(LinesOf({text}).empty());
    BOOST_TEST((LinesOf({text, " " + kLive, "\n"}).size() == 1U));
  }
}

BOOST_AUTO_TEST_CASE(tokens_of_github_are_found_by_their_form) {
  const auto lines = [](const std::string& text) {
    return LinesOf({text}, SecretKind::kGitHubToken);
  };
  const std::string letters = "16C7e42F292c6912E7710c838347Ae178B4a";
  for (const char* kind : {"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}) {
    BOOST_TEST((lines("a\nhttps://x:" + (kind + letters) + "@github.com\n") == Lines{2}), kind);
  }
  BOOST_TEST((lines("github_pat_11ABCDEFG0abcdefghijkl_" + letters + letters) == Lines{1}));
  BOOST_TEST((lines("\n\nghs_1234567_" + kLive) == Lines{3}));
  for (const std::string& other :
       {"ghp_" + letters.substr(1), "ghp_" + std::string(40, 'x'), "aghp_" + letters,
        "_ghs_" + letters, "ghx_" + letters, "ghs_" + letters.substr(2) + "-" + letters,
        std::string("ghs_"), std::string("ghs_1234567_x")}) {
    BOOST_TEST(lines(other).empty(), other);
  }
}

BOOST_AUTO_TEST_CASE(jwt_in_a_token_of_github_is_not_an_id_token) {
  const std::string token = "ghs_1234567_" + kLive;
  BOOST_TEST(LinesOf({token}).empty());
  BOOST_TEST(LinesOf({Base64("x-access-token:" + token)}).empty());
  BOOST_TEST((LinesOf({"s_1234567_" + kLive}) == Lines{1}));
  BOOST_TEST((LinesOf({"ghs__" + kLive}) == Lines{1}));
}

BOOST_AUTO_TEST_CASE(other_secrets_are_found_by_their_kinds) {
  BOOST_TEST(
      (LinesOf({"a\n\"bearer " + kRequestToken + "\""}, SecretKind::kRequestBearer) == Lines{2}));
  BOOST_TEST(LinesOf({kRequestToken.substr(1)}, SecretKind::kRequestBearer).empty());
  const std::string header =
      "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic " +
      Base64("x-access-token:ghs_abc") + "\n";
  BOOST_TEST((LinesOf({header}, SecretKind::kGitCredentials) == Lines{2}));
  for (const char* kind : {"OPENSSH ", "RSA ", "EC ", "DSA ", "ENCRYPTED ", ""}) {
    const std::string key = std::string("-----BEGIN ") + kind + "PRIVATE KEY-----\nAAAA\n";
    BOOST_TEST((LinesOf({"\n" + key}, SecretKind::kPrivateKey) == Lines{2}), kind);
  }
  BOOST_TEST(LinesOf({"-----BEGIN PUBLIC KEY-----"}, SecretKind::kPrivateKey).empty());
}

BOOST_AUTO_TEST_CASE(where_a_file_is_cut_makes_no_difference_for_any_kind) {
  const std::string text = "a\nghs_1234567_" + kLive + "\n" + kRequestToken + "\nx " +
                           Base64("x-access-token:ghs_abc") + "\n-----BEGIN RSA PRIVATE KEY-----\n";
  for (const auto& [kind, line] :
       std::vector<std::pair<SecretKind, std::size_t>>{{SecretKind::kGitHubToken, 2},
                                                       {SecretKind::kRequestBearer, 3},
                                                       {SecretKind::kGitCredentials, 4},
                                                       {SecretKind::kPrivateKey, 5}}) {
    const std::string before(500'000, '.');
    BOOST_TEST((LinesOf({text}, kind) == Lines{line}));
    BOOST_TEST((LinesOf({before + text + before}, kind) == Lines{line}));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      const Lines lines = LinesOf({text.substr(0, cut), text.substr(cut)}, kind);
      if (lines != Lines{line}) BOOST_ERROR(cut);
    }
    std::vector<std::string> bytes;
    for (const char c : text) bytes.emplace_back(1, c);
    BOOST_TEST((LinesOf(bytes, kind) == Lines{line}));
  }
  const std::string jwt = "ghs_1234567_" + kLive;
  for (std::size_t cut = 0; cut <= jwt.size(); ++cut) {
    if (!LinesOf({jwt.substr(0, cut), jwt.substr(cut)}).empty()) BOOST_ERROR(cut);
  }
}

BOOST_AUTO_TEST_CASE(keys_count_where_no_checkout_lies_and_logins_of_google_by_their_names) {
  const TempFolder folder;
  folder.Write("id", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
  folder.Write("gha-creds-0123456789abcdef.json", "{}");
  folder.Write("gha-creds.json", "{}");
  BOOST_TEST(
      (PlacesOf(SweepOf({{folder.path(), ""}})) == Places{"gha-creds-0123456789abcdef.json:1"}));
  const SweepResult result = SweepOf({{folder.path(), "", true}});
  BOOST_REQUIRE((PlacesOf(result) == Places{"gha-creds-0123456789abcdef.json:1", "id:1"}));
  BOOST_TEST(SecretKindName(result.found[0].kind) == "a login of google-github-actions/auth");
  BOOST_TEST(SecretKindName(result.found[1].kind) == "a private key");
}

BOOST_AUTO_TEST_CASE(links_devices_and_fifos_are_left_alone) {
  const TempFolder outside;
  outside.Write("token", kLive);
  const TempFolder folder;
  fs::create_symlink(outside / "token", folder / "link");
  fs::create_directory_symlink(outside.path(), folder / "folder");
  fs::create_directory_symlink(folder.path(), folder / "loop");
  BOOST_REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{AF_UNIX, {}};
  std::strncpy(address.sun_path, (folder / "socket").c_str(), sizeof address.sun_path - 1);
  BOOST_REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  close(fd);
  folder.Write("z", kLive);
  const SweepResult result = SweepOf({{folder.path(), ""}});
  BOOST_TEST((PlacesOf(result) == Places{"z:1"}));
  BOOST_TEST(result.not_whole.empty());
}

BOOST_AUTO_TEST_CASE(folder_that_is_a_link_is_not_looked_through) {
  const TempFolder outside;
  outside.Write("token", kLive);
  const TempFolder folder;
  fs::create_directory_symlink(outside.path(), folder / "temp");
  const SweepResult result = SweepOf({{folder / "temp", ""}, {folder / "absent", ""}});
  BOOST_TEST(result.found.empty());
  BOOST_TEST(
      (result.not_whole == Places{"\"" + (folder / "temp") + "\": a link, or not a folder"}));
}

BOOST_AUTO_TEST_CASE(what_is_left_out_is_not_looked_at) {
  const TempFolder folder;
  fs::create_directories(folder / "commands/deep");
  fs::create_directories(folder / "x/commands");
  folder.Write("commands/deep/f", kLive);
  folder.Write("x/commands/f", kLive);
  BOOST_TEST((PlacesOf(SweepOf({{folder.path(), "commands"}})) == Places{"x/commands/f:1"}));
}

BOOST_AUTO_TEST_CASE(file_that_is_too_large_is_passed_over_and_the_rest_is_seen) {
  const TempFolder folder;
  fs::create_directories(folder / "many");
  for (int i = 0; i < 7; ++i) {
    folder.Write("many/" + std::to_string(i), "");
    fs::resize_file(folder / ("many/" + std::to_string(i)), std::uintmax_t{1} << 40U);
  }
  folder.Write("token", kLive);
  const SweepResult result = SweepOf({{folder.path(), ""}});
  BOOST_TEST((PlacesOf(result) == Places{"token:1"}));
  BOOST_REQUIRE(result.not_whole.size() == 6U);
  BOOST_TEST(Has(result.not_whole[0], ": file \"many/"));
  BOOST_TEST(Has(result.not_whole[0], "\": more than 256 MiB"));
  BOOST_TEST(Has(result.not_whole[5], ": and 2 more that could not be read"));
}

BOOST_AUTO_TEST_CASE(limits_of_time_and_names_are_said) {
  const TempFolder folder;
  folder.Write("a", kLive);
  folder.Write("b", kLive);
  TreeLimits limits = Patient();
  limits.time = 0ms;
  SweepResult result = SweepOf({{folder.path(), ""}}, limits);
  BOOST_TEST(result.found.empty());
  BOOST_TEST((result.not_whole == Places{"\"" + folder.path() + "\": took longer than 0 ms"}));
  limits = Patient();
  limits.entries = 1;
  result = SweepOf({{folder.path(), ""}}, limits);
  BOOST_TEST(result.found.size() == 1U);
  BOOST_TEST(
      (result.not_whole == Places{"\"" + folder.path() + "\": more than 1 files and folders"}));
}

BOOST_AUTO_TEST_CASE(no_more_than_so_many_tokens_are_told) {
  const TempFolder folder;
  std::string text;
  for (std::size_t i = 0; i < kMaxTokensFound; ++i) text += kLive + "\n";
  folder.Write("f", text);
  BOOST_TEST(SweepOf({{folder.path(), ""}}).not_whole.empty());
  folder.Write("f", text + kLive);
  const SweepResult result = SweepOf({{folder.path(), ""}});
  BOOST_TEST(result.found.size() == kMaxTokensFound);
  BOOST_TEST((result.not_whole == Places{"\"" + folder.path() + "\": more than 100 tokens"}));
}

BOOST_AUTO_TEST_CASE(progress_says_what_was_read_of_which_folder) {
  const TempFolder folder;
  folder.Write("f", std::string(3'000'000, 'x'));
  Places said;
  const auto say = [&](const std::string& text) { said.push_back(text); };
  Sweep({{folder.path(), ""}}, {kIssuers, kNow}, say, Patient(), 0ms);
  BOOST_TEST(std::count(said.begin(), said.end(), "2 MB of \"" + folder.path() + "\"") > 0);
  said.clear();
  Sweep({{folder.path(), ""}}, {kIssuers, kNow}, say, Patient(), 1h);
  BOOST_TEST(said.empty());
}

BOOST_AUTO_TEST_CASE(file_with_a_token_is_removed_and_nothing_else) {
  const TempFolder folder;
  fs::create_directories(folder / "a/b");
  folder.Write("a/b/token", kLive);
  folder.Write("a/b/other", "x");
  fs::create_hard_link(folder / "a/b/token", folder / "second");
  BOOST_TEST(bool(RemoveSwept({folder.path(), "a/b/token", 1})));
  BOOST_TEST(!fs::exists(folder / "a/b/token"));
  BOOST_TEST(fs::exists(folder / "a/b/other"));
  BOOST_TEST(Slurp(folder / "second") == kLive);
  BOOST_TEST(bool(RemoveSwept({folder.path(), "second", 1})));
  BOOST_TEST(!fs::exists(folder / "second"));
}

BOOST_AUTO_TEST_CASE(nothing_is_removed_through_a_link) {
  const TempFolder outside;
  outside.Write("token", kLive);
  const TempFolder folder;
  fs::create_directory_symlink(outside.path(), folder / "link");
  fs::create_symlink(outside / "token", folder / "token");
  fs::create_directories(folder / "folder");
  for (const char* file : {"link/token", "token", "folder", "absent", "../outside"}) {
    const auto removed = RemoveSwept({folder.path(), file, 1});
    BOOST_REQUIRE(!removed);
    BOOST_TEST(CodeName(removed.findings().front().code) == "STATE_UNWRITABLE");
  }
  BOOST_TEST(!RemoveSwept({folder / "link", "token", 1}));
  BOOST_TEST(fs::exists(outside / "token"));
  BOOST_TEST(fs::is_symlink(folder / "token"));
  BOOST_TEST(fs::exists(folder / "folder"));
}

BOOST_AUTO_TEST_SUITE_END()
