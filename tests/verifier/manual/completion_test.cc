// Completions, each tried in its own shell. zsh and fish need not be installed.

#include "verifier/manual/completion.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/child.h"
#include "tests/support/has.h"
#include "tests/support/temp_folder.h"
#include "verifier/cli/options.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

using Offer = std::function<std::string(const std::vector<std::string>& lines)>;

// Runs a shell in a folder that has the completion and the file `a.toml`. What it offers at the end
// of each of the lines, a word a line; `--` ends what is for one line.
std::string Offered(const std::string& shell, const std::string& completion,
                    const std::string& commands, const std::vector<std::string>& lines) {
  const TempFolder folder;
  folder.Write("_jobwarden", completion);
  folder.Write("a.toml", "");
  ChildOptions options;
  options.folder = folder.path();
  options.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", folder.path()}, {"TERM", "dumb"}};
  options.command = {shell, "-c", commands};
  options.command.insert(options.command.end(), lines.begin(), lines.end());
  const ChildResult result = RunChild(options);
  BOOST_TEST(result.exit_code == 0, result.log);
  BOOST_TEST(result.err == "");
  return "\n" + result.out;
}

std::string Bash(const std::vector<std::string>& lines) {
  const std::string commands = R"sh(
    set -eu
    . ./_jobwarden
    for line in "$0" "$@"; do
      read -ra COMP_WORDS <<<"$line"
      case $line in *' ') COMP_WORDS+=('') ;; esac
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _jobwarden
      printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"} --
    done)sh";
  return Offered("/bin/bash", BashCompletion(DescribeCommands()), commands, lines);
}

// In a shell at a terminal of its own, because only there zsh completes. What the completion itself
// prints is a complaint.
std::string Zsh(const std::vector<std::string>& lines) {
  const std::string commands = R"sh(
    zmodload zsh/zpty
    mkfifo over
    zpty shell 'PS1= zsh -f -i'
    zpty -w shell 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; exec 3>over
      compadd() {
        local -a found
        builtin compadd -O found "$@"
        print -rl -- $found >>offered
        builtin compadd "$@"
      }
      over() { print -r over >&3 }
      offer() {
        comppostfuncs=(over)
        zle complete-word 2>>complaints
        zle kill-whole-line
      }
      zle -N offer
      bindkey "^I" offer'
    exec 4<over
    for line in "$0" "$@"; do
      zpty -w -n shell "$line"$'\t'
      read -r <&4
      sort -u offered 2>/dev/null
      rm -f offered
      print -r -- --
    done
    zpty -d shell
    cat complaints >&2)sh";
  return Offered("/usr/bin/zsh", ZshCompletion(DescribeCommands()), commands, lines);
}

std::string Fish(const std::vector<std::string>& lines) {
  const std::string commands = R"sh(
    source ./_jobwarden
    for line in $argv
      complete -C $line | string replace -r '\t.*' ''
      printf '%s\n' --
    end)sh";
  return Offered("/usr/bin/fish", FishCompletion(DescribeCommands()), commands, lines);
}

// Each command, its path and the line up to its options.
void ForEach(const CommandReference& command, const std::string& line,
             const std::function<void(const CommandReference&, const std::string&)>& each) {
  each(command, line);
  for (const CommandReference& below : command.commands) {
    ForEach(below, line + " " + below.name, each);
  }
}

void OffersAll(const Offer& offer) {
  std::vector<std::string> lines, expected;
  ForEach(DescribeCommands(), "jobwarden",
          [&](const CommandReference& command, const std::string& line) {
            for (const OptionReference& option : command.options) {
              for (const std::string& name : option.names) {
                if (!name.starts_with("--")) continue;
                lines.push_back(line + " " + name);
                expected.push_back(name);
              }
              if (option.names.empty() && (TakesFile(option) || !WordsOf(option).empty())) {
                lines.push_back(line + " ");
                expected.push_back(TakesFile(option) ? "a.toml" : WordsOf(option).front());
              }
            }
            for (const CommandReference& below : command.commands) {
              lines.push_back(line + " " + below.name);
              expected.push_back(below.name);
            }
          });
  const std::string offered = offer(lines);
  std::size_t at = 0;
  for (std::size_t i = 0; i < lines.size(); i++) {
    const std::size_t end = offered.find("\n--\n", at);
    BOOST_REQUIRE(end != offered.npos);
    BOOST_TEST(Has(offered.substr(at, end + 1 - at), "\n" + expected[i] + "\n"), lines[i]);
    at = end + 3;
  }
}

void OffersNothingElse(const Offer& offer) {
  BOOST_TEST(offer({"jobwarden po"}) == "\npolicy\n--\n");
  BOOST_TEST(Has(offer({"jobwarden --config a.toml policy in"}), "\ninit\n"));
  BOOST_TEST(Lacks(offer({"jobwarden policy test --"}), "--probe"));
  BOOST_TEST(offer({"jobwarden policy test --format ju"}) == "\njunit\n--\n");
  BOOST_TEST(offer({"jobwarden doctor --config a"}) == "\na.toml\n--\n");
  BOOST_TEST(offer({"jobwarden policy diff a.toml a"}) == "\na.toml\n--\n");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(bash_completes_each_command_and_option) {
  OffersAll(Bash);
  OffersNothingElse(Bash);
}

BOOST_AUTO_TEST_CASE(zsh_completes_each_command_and_option) {
  if (!std::filesystem::exists("/usr/bin/zsh")) return;
  OffersAll(Zsh);
  OffersNothingElse(Zsh);
}

BOOST_AUTO_TEST_CASE(fish_completes_each_command_and_option) {
  if (!std::filesystem::exists("/usr/bin/fish")) return;
  OffersAll(Fish);
  OffersNothingElse(Fish);
}

// A dot inside a name, as in `rules.d`, does not end a description.
BOOST_AUTO_TEST_CASE(descriptions_are_whole) {
  BOOST_TEST(Has(FishCompletion(DescribeCommands()),
                 "-a pull -d 'Get the signed policy of [policy.pull], check"));
}

BOOST_AUTO_TEST_SUITE_END()
