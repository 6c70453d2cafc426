#include "verifier/checkout/checkout.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "tests/support/refused_call.h"
#include "tests/support/temp_folder.h"
#include "verifier/os/fd.h"

using namespace jobwarden;
using jobwarden::testing::RefuseCall;
using jobwarden::testing::TempFolder;
namespace fs = std::filesystem;

namespace {

// No test is about time by chance.
constexpr TreeLimits kPatient{.time = std::chrono::minutes(10)};

const Words kWanted{"VAULT_ID_TOKEN", "cosign", "release-cli"};

// A builds folder with one project in it.
struct Builds {
  Builds() { fs::create_directories(project()); }
  std::string project() const { return folder / "shop/checkout"; }
  void Write(const std::string& name, std::string_view bytes) const {
    fs::create_directories(fs::path(project() + "/" + name).parent_path());
    folder.Write("shop/checkout/" + name, bytes);
  }
  CheckoutUse Search(const Words& wanted = kWanted, const TreeLimits& limits = kPatient,
                     const std::string& ci_config = ".gitlab-ci.yml") const {
    return SearchCheckout({folder.path(), project(), ci_config}, wanted, "", limits);
  }
  Words Used(const Words& wanted = kWanted) const {
    const CheckoutUse use = Search(wanted);
    BOOST_TEST(use.unseen == "");
    return use.used;
  }

  TempFolder folder;
};

// What a project with this one file uses.
Words UsedBy(std::string_view bytes) {
  const Builds builds;
  builds.Write("f", bytes);
  return builds.Used();
}

const Words kNone;
const Words kVault{"VAULT_ID_TOKEN"};

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(Words)

BOOST_AUTO_TEST_SUITE(checkout)

BOOST_AUTO_TEST_CASE(a_script_in_any_folder_names_a_token) {
  const Builds builds;
  builds.Write("README.md", "A shop");
  BOOST_TEST(builds.Used() == kNone);
  builds.Write("tools/ci/deploy.sh", "vault login \"$VAULT_ID_TOKEN\"\n");
  BOOST_TEST(builds.Used() == kVault);
}

BOOST_AUTO_TEST_CASE(a_checkout_is_searched_where_openat2_is_refused) {
  const Builds builds;
  builds.Write("tools/ci/deploy.sh", "vault login \"$VAULT_ID_TOKEN\"\n");
  for (const int error : {ENOSYS, EPERM}) {
    const pid_t child = fork();
    if (child == 0) {
      if (!RefuseCall(SYS_openat2, error)) _exit(1);
      const CheckoutUse use = builds.Search();
      _exit(use.used == kVault && use.unseen.empty() ? 0 : 2);
    }
    int status = 0;
    BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
    BOOST_TEST(status == 0);
  }
}

BOOST_AUTO_TEST_CASE(commands_that_read_a_token_are_found) {
  BOOST_TEST(UsedBy("cosign sign x") == Words{"cosign"});
  BOOST_TEST(UsedBy("exec /usr/bin/release-cli create") == Words{"release-cli"});
  BOOST_TEST(UsedBy("release cli, release_cli, COSIGN") == kNone);
}

BOOST_AUTO_TEST_CASE(only_whole_words_count) {
  BOOST_TEST(UsedBy("VAULT_ID_TOKEN") == kVault);
  BOOST_TEST(UsedBy("MY_VAULT_ID_TOKEN VAULT_ID_TOKENS VAULT_ID_TOKEN_FILE") == kNone);
  BOOST_TEST(UsedBy("MY_VAULT_ID_TOKEN ${VAULT_ID_TOKEN:-}") == kVault);
  BOOST_TEST(UsedBy("xVAULT_ID_TOKENVAULT_ID_TOKEN") == kNone);
}

BOOST_AUTO_TEST_CASE(a_program_names_it_among_other_bytes) {
  BOOST_TEST(UsedBy(std::string_view("\x7f"
                                     "ELF\0\0VAULT_ID_TOKEN\0\xff",
                                     22)) == kVault);
}

BOOST_AUTO_TEST_CASE(git_s_own_files_are_left_out_in_every_folder) {
  const Builds builds;
  builds.Write(".git/objects/x", "VAULT_ID_TOKEN");
  builds.Write("lib/.git", "gitdir: VAULT_ID_TOKEN");
  BOOST_TEST(builds.Used() == kNone);
  builds.Write(".github/x", "VAULT_ID_TOKEN");
  BOOST_TEST(builds.Used() == kVault);
}

BOOST_AUTO_TEST_CASE(the_ci_configuration_is_left_out_and_no_other_file_of_its_name) {
  const Builds builds;
  builds.Write("ci/main.yml", "VAULT_ID_TOKEN: {aud: vault}");
  for (const char* path : {"ci/main.yml", "./ci/main.yml", "ci//x/../main.yml"}) {
    BOOST_TEST_CONTEXT(path) {
      BOOST_TEST(builds.Search(kWanted, kPatient, path).used == kNone);
    }
  }
  for (const char* path : {"", "main.yml", "/ci/main.yml"}) {
    BOOST_TEST_CONTEXT(path) {
      BOOST_TEST(builds.Search(kWanted, kPatient, path).used == kVault);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_ci_configuration_includes_is_left_out) {
  const Builds builds;
  builds.Write(".gitlab-ci.yml",
               "include:\n  - local: /ci/jobs.yml\n  - local: 'templates/**.yml'\n");
  builds.Write("ci/jobs.yml", "include: { local: ci/more.yaml }\nx: $VAULT_ID_TOKEN");
  builds.Write("ci/more.yaml", "VAULT_ID_TOKEN");
  builds.Write("templates/a/b.yml", "VAULT_ID_TOKEN");
  builds.Write(".gitlab/ci/c.yml", "VAULT_ID_TOKEN");
  builds.Write("docs/Deploy.gitlab-ci.yml", "VAULT_ID_TOKEN");
  BOOST_TEST(builds.Used() == kNone);
  builds.Write("ci/playbook.yml", "VAULT_ID_TOKEN");
  BOOST_TEST(builds.Used() == kVault);
}

BOOST_AUTO_TEST_CASE(a_script_beside_the_ci_configuration_is_searched) {
  const Builds builds;
  builds.Write(".gitlab-ci.d/build.sh", "VAULT_ID_TOKEN");
  BOOST_TEST(builds.Used() == kVault);
}

BOOST_AUTO_TEST_CASE(a_document_names_variables_and_no_commands) {
  const Builds builds;
  builds.Write("README.md", "Sign with cosign, release with release-cli");
  BOOST_TEST(builds.Used() == kNone);
  builds.Write("docs/a.rst", "needs VAULT_ID_TOKEN");
  BOOST_TEST(builds.Used() == kVault);
}

BOOST_AUTO_TEST_CASE(a_piece_of_a_word_of_another_language_is_no_command) {
  BOOST_TEST(UsedBy("ar cosign\xC4\x81m") == kNone);
  BOOST_TEST(UsedBy("\xE2\x80\x9CVAULT_ID_TOKEN\xE2\x80\x9D") == kVault);
}

BOOST_AUTO_TEST_CASE(once_all_is_found_what_cannot_be_seen_is_no_matter) {
  const Builds builds;
  builds.Write("f", "VAULT_ID_TOKEN" + std::string(5'000, ' '));
  const TreeLimits limits{.time = kPatient.time, .bytes = 5'100};
  BOOST_TEST(builds.Search(kVault, limits).unseen == "");
  builds.Write("g", std::string(5'000, ' '));
  builds.Write("d/g", std::string(5'000, ' '));
  const CheckoutUse use = builds.Search({"VAULT_ID_TOKEN", "cosign"}, limits);
  BOOST_TEST(use.unseen == "more than 5100 bytes");
}

BOOST_AUTO_TEST_CASE(nothing_wanted_is_nothing_searched) {
  const Builds builds;
  builds.Write("f", "x");
  const CheckoutUse use = builds.Search({}, {.time = kPatient.time, .bytes = 0});
  BOOST_TEST(use.unseen == "");
  BOOST_TEST(use.used == kNone);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_too_long_to_be_searched_counts_as_used) {
  const Builds builds;
  builds.Write("f", "x");
  const std::string just(4094, 'x');
  BOOST_TEST(builds.Used({just}) == kNone);
  BOOST_TEST(builds.Used({just + "x"}) == Words{just + "x"});
}

// Wherever a word stands around the borders of pieces, and whatever stands beside it.
BOOST_AUTO_TEST_CASE(a_word_across_the_border_of_two_pieces_is_found) {
  const Builds builds;
  const std::string word = "VAULT_ID_TOKEN";
  builds.Write("f", std::string(3 * kMaxTreePieceBytes, ' '));
  const Fd file(open((builds.project() + "/f").c_str(), O_WRONLY | O_CLOEXEC));
  const Words wanted{word, "not-there"};
  const std::size_t first = kMaxTreePieceBytes;
  const std::size_t second = 2 * kMaxTreePieceBytes - word.size();
  for (const std::size_t border : {first, second}) {
    for (std::size_t at = border - 20; at < border + 20; ++at) {
      for (const std::string before : {"  ", " x", "\\n", "_\n"}) {
        for (const std::string after : {" ", "x"}) {
          const std::string text = before + word + after;
          const auto offset = static_cast<off_t>(at - before.size());
          BOOST_REQUIRE(pwrite(file.get(), text.data(), text.size(), offset) ==
                        static_cast<ssize_t>(text.size()));
          const bool expected = before != " x" && after == " ";
          if (builds.Used(wanted).contains(word) != expected) {
            BOOST_ERROR("at " << at << ": " << text);
          }
          const std::string blank(text.size(), ' ');
          BOOST_REQUIRE(pwrite(file.get(), blank.data(), blank.size(), offset) ==
                        static_cast<ssize_t>(blank.size()));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_word_that_ends_a_file_whose_pieces_are_full_is_found) {
  const Builds builds;
  const std::string word = "VAULT_ID_TOKEN";
  for (const std::size_t size : {kMaxTreePieceBytes, kMaxTreePieceBytes + 1}) {
    builds.Write("f", std::string(size - word.size(), ' ') + word);
    BOOST_TEST(builds.Used() == kVault);
  }
}

BOOST_AUTO_TEST_CASE(a_project_outside_the_builds_folder_is_not_searched) {
  const Builds builds;
  builds.Write("f", "VAULT_ID_TOKEN");
  const std::string inside = builds.folder / "shop";
  for (const std::string& path :
       {builds.project(), inside + "/../other", inside, std::string("/"), std::string("shop")}) {
    BOOST_TEST_CONTEXT(path) {
      const CheckoutUse use = SearchCheckout({inside, path, ""}, kWanted, "", kPatient);
      BOOST_TEST(use.used == (path == builds.project() ? kVault : kNone));
      BOOST_TEST(use.unseen.ends_with(" is not below executor.builds_dir") ==
                 (path != builds.project()));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_project_that_is_reached_through_a_link_is_not_searched) {
  const Builds builds;
  builds.Write("f", "VAULT_ID_TOKEN");
  fs::create_symlink("shop", builds.folder / "link");
  const std::string path = builds.folder / "link/checkout";
  const CheckoutUse use = SearchCheckout({builds.folder.path(), path, ""}, kWanted, "", kPatient);
  BOOST_TEST(use.used == kNone);
  BOOST_TEST(use.unseen.ends_with(": Too many levels of symbolic links"), use.unseen);
}

BOOST_AUTO_TEST_CASE(the_builds_folder_itself_may_be_reached_through_a_link) {
  const Builds builds;
  builds.Write("f", "VAULT_ID_TOKEN");
  const TempFolder elsewhere;
  const std::string link = elsewhere / "builds";
  fs::create_symlink(builds.folder.path(), link);
  const CheckoutUse use =
      SearchCheckout({link + "/", link + "/shop/checkout", ""}, kVault, "", kPatient);
  BOOST_TEST(use.used == kVault);
}

BOOST_AUTO_TEST_CASE(a_project_that_is_not_there_is_told) {
  const Builds builds;
  const CheckoutUse use =
      SearchCheckout({builds.folder.path(), builds.folder / "none", ""}, kWanted, "", kPatient);
  BOOST_TEST(use.unseen.ends_with("/none\" cannot be opened: No such file or directory"),
             use.unseen);
}

BOOST_AUTO_TEST_SUITE_END()
