#include "verifier/wiring/gitlab_config.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/support/has.h"

using jobwarden::testing::Has;

namespace jobwarden {
namespace {

constexpr const char* kDriver = "/opt/jobwarden/jobwarden-executor";

const std::string kTable =
    "  [runners.custom]\n"
    "    config_exec = \"/opt/jobwarden/jobwarden-executor\"\n"
    "    config_args = [\"config\"]\n"
    "    prepare_exec = \"/opt/jobwarden/jobwarden-executor\"\n"
    "    prepare_args = [\"prepare\"]\n"
    "    run_exec = \"/opt/jobwarden/jobwarden-executor\"\n"
    "    run_args = [\"run\"]\n"
    "    cleanup_exec = \"/opt/jobwarden/jobwarden-executor\"\n"
    "    cleanup_args = [\"cleanup\"]\n";

Result<Wiring> Wire(const std::string& text, std::size_t index = 0, bool replace = false) {
  return WireGitLabRunner("config.toml", text, index, {kDriver, ""}, replace);
}

std::string Wired(const std::string& text, std::size_t index = 0, bool replace = false) {
  const auto wiring = Wire(text, index, replace);
  if (!wiring) return wiring.findings().front().message;
  return Apply(text, wiring->edits);
}

std::string Refusal(const std::string& text, bool replace = false) {
  const auto wiring = Wire(text, 0, replace);
  BOOST_REQUIRE_MESSAGE(!wiring, text);
  BOOST_TEST((wiring.findings().front().code == Code::kConfigInvalid));
  return wiring.findings().front().message + "\n" + wiring.findings().front().hint;
}

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string With(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

BOOST_AUTO_TEST_SUITE(gitlab_config)

BOOST_AUTO_TEST_CASE(runner_as_it_was_registered_gets_the_driver) {
  const std::string before =
      "concurrent = 1\n\n[[runners]]\n  name = \"deploys\"\n  token = \"glrt-x\"\n"
      "  executor = \"custom\"\n";
  const std::string after = "  [runners.cache]\n    MaxUploadedArchiveSize = 0\n";
  BOOST_TEST(Wired(before + after) == before + kTable + after);
  BOOST_TEST(Wired(before) == before + kTable);
  BOOST_TEST(Wired(With(before, "custom", "shell")) == before + kTable);
}

BOOST_AUTO_TEST_CASE(keys_that_are_there_change_where_they_are) {
  BOOST_TEST(Wired("[[runners]]\n executor='custom' # c\n [runners.custom]\n"
                   "# d\n  run_args = [ 'other',\n  ] # e\n  run_exec_timeout = 9\n") ==
             "[[runners]]\n executor='custom' # c\n [runners.custom]\n"
             "# d\n  run_args = [\"run\"] # e\n  run_exec_timeout = 9\n" +
                 With(With(kTable.substr(kTable.find('\n') + 1), "    run_args = [\"run\"]\n", ""),
                      "    ", "  "));
  BOOST_TEST(
      Wired("[[runners]]\nexecutor = \"custom\"\ncustom.config_args = [\"config\"]\n") ==
      "[[runners]]\nexecutor = \"custom\"\ncustom.config_args = [\"config\"]\n" +
          With(With(kTable.substr(kTable.find('\n') + 1), "    config_args = [\"config\"]\n", ""),
               "    ", "custom."));
}

// Each shape of a file with each other: what is wired says so, once, and keeps all other lines.
BOOST_AUTO_TEST_CASE(many_shapes_keep_all_other_lines) {
  const std::vector<std::string> heads{"", "concurrent = 4 # [[runners]]\n",
                                       "text = \"\"\"\n[[runners]]\nexecutor = 'no'\n\"\"\"\n",
                                       "[session_server]\n  session_timeout = 1800\n\n",
                                       "[[runners]]\n  name = \"other\"\n  executor = \"docker\"\n "
                                       " [runners.docker]\n    image = \"a\"\n"};
  const std::vector<std::string> owns{"",
                                      "  executor = \"custom\"\n",
                                      "executor='shell'#c\n",
                                      "\t\"executor\"   =   \"shell\"   # why\n\n# text\n",
                                      "  pre_build_script = \"\"\"\n[[runners]]\n  executor = "
                                      "\"docker\"\n  [runners.custom]\n\"\"\"\n",
                                      "  environment = [\"A=[[runners]]\", # ]\n 'B=\"']\n"
                                      "  docker = { image = \"a\", executor = \"x\" }\n"
                                      "  cache.Type = \"s3\"\n  pre_get_sources_script = "
                                      "'''\n[[runners]]\n'''\n"};
  const std::vector<std::string> customs{
      "", "  [runners.custom]\n", "  [ runners . \"custom\" ] # c\n    run_exec_timeout = 3\n",
      "  [runners.custom]\n    config_exec = \"\"\n    config_args = [\n      \"x\", # y\n    ]\n",
      "  custom.run_args = [\"x\"]\n  custom.\"graceful_kill_timeout\" = 1\n"};
  const std::vector<std::string> tails{
      "",
      "  [runners.other]\n    Type = \"s3\"\n    [runners.other.s3]\n      BucketName = \"b\"\n",
      "# about the next\n[[runners]]\n  name = \"last\"\n  executor = \"kubernetes\"\n",
      "  [[runners.machine.autoscaling]]\n    IdleCount = 5\n\n\n"};
  int shapes = 0;
  for (const auto& head : heads) {
    for (const auto& own : owns) {
      for (const auto& custom : customs) {
        for (const auto& tail : tails) {
          for (const int form : {0, 3, 5, 6}) {
            std::string text = head + "[[runners]] # ours\n  name = \"ours\"\n  token = \"t\"\n" +
                               own + custom + tail;
            if ((form & 1) != 0) text.pop_back();
            if ((form & 2) != 0) text = With(text, "\n", "\r\n");
            if ((form & 4) != 0) text.insert(0, "\xEF\xBB\xBF");
            const std::size_t index = head.starts_with("[[runners]]") ? 1 : 0;
            const auto wiring = Wire(text, index);
            if (!wiring) BOOST_FAIL(text << wiring.findings().front().message);
            const std::string after = Apply(text, wiring->edits);
            const auto again = Wire(after, index);
            BOOST_REQUIRE(again);
            BOOST_TEST(again->edits.empty(), after);
            // No line goes but those that an edit replaces, and none changes its place.
            std::size_t replaced = 0;
            for (const Edit& edit : wiring->edits) {
              if (edit.length == 0) continue;
              const auto part = text.substr(edit.offset, edit.length);
              replaced += 1 + static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
            }
            const auto new_lines = Lines(after);
            auto at = new_lines.begin();
            std::size_t gone = 0;
            for (const std::string& line : Lines(text)) {
              auto found = std::find(at, new_lines.end(), line);
              // The last line may get the line end that it did not have.
              if (found == new_lines.end()) found = std::find(at, new_lines.end(), line + "\r");
              if (found == new_lines.end()) {
                ++gone;
              } else {
                at = found + 1;
              }
            }
            BOOST_TEST(gone <= replaced, text << "\n=>\n" << after);
            BOOST_TEST(text.ends_with('\n') == after.ends_with('\n'));
            if ((form & 2) != 0) {
              BOOST_TEST(std::count(after.begin(), after.end(), '\n') ==
                         std::count(after.begin(), after.end(), '\r'));
            }
            ++shapes;
          }
        }
      }
    }
  }
  BOOST_TEST(shapes == 5 * 6 * 5 * 4 * 4);
}

BOOST_AUTO_TEST_CASE(other_executors_and_drivers_are_kept_unless_they_are_given_up) {
  const std::string docker = "[[runners]]\n  name = \"d\"\n  executor = \"docker\"\n";
  BOOST_TEST(Has(Refusal(docker), "expected the executor \"custom\" or \"shell\", got \"docker\""));
  BOOST_TEST(Wired(docker, 0, true) == With(docker, "docker", "custom") + kTable);

  const std::string lxd =
      "[[runners]]\n  executor = \"custom\"\n  [runners.custom]\n    prepare_exec = "
      "\"/opt/lxd/p\"\n"
      "    run_exec = \"/opt/lxd/run\"\n    run_args = [\"a b\", \"\\\\\"]\n";
  BOOST_TEST(Has(Refusal(lxd), "has another driver"));
  BOOST_TEST(Has(Refusal(lxd), "run = [\"/opt/lxd/run\", \"a b\", \"\\\\\"]"));
  const auto wiring = Wire(lxd, 0, true);
  BOOST_REQUIRE(wiring);
  BOOST_TEST(wiring->to_add.size() == 5U);
  BOOST_TEST(wiring->to_add[1] == "driver = \"wrap\"");
  BOOST_TEST(wiring->to_add[3] == "prepare = [\"/opt/lxd/p\"]");
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_refused_with_the_lines_to_write) {
  for (const std::string text :
       {"runners = [ { name = \"a\", executor = \"shell\" } ]\n",
        "[[runners]]\nexecutor = \"custom\"\ncustom = { run_exec = \"\" }\n",
        "[[runners]]\nexecutor = \"custom\"\ncustom = 3\n",
        "[[runners]]\n\"exec\\u0075tor\" = \"shell\"\n"}) {
    const std::string said = Refusal(text);
    BOOST_TEST(Has(said, "nothing was changed"));
    BOOST_TEST(Has(said, "    executor = \"custom\"\n    [runners.custom]\n    config_exec = "));
  }
  BOOST_TEST(!GitLabRunners("c", "a = "));
  BOOST_TEST(!GitLabRunners("c", "concurrent = 1\n"));
  BOOST_TEST(!GitLabRunners("c", "runners = 1\n"));
  BOOST_TEST(!GitLabRunners("c", "runners = []\n"));
}

// GitLab Runner ignores the case of keys, and takes either of two such keys, by chance.
BOOST_AUTO_TEST_CASE(keys_in_capital_letters_are_refused) {
  for (const std::string text :
       {"[[Runners]]\nname = \"a\"\n", "[[runners]]\nExecutor = \"docker\"\n",
        "[[runners]]\nexecutor = \"custom\"\n[runners.CUSTOM]\nrun_exec = \"/a\"\n",
        "[[runners]]\nexecutor = \"custom\"\n[runners.custom]\n\"Run_Exec\" = \"/a\"\n",
        "[[runners]]\n[[runners]]\nexecutor = \"shell\"\ncustom.prepare_ARGS = []\n"}) {
    const auto runners = GitLabRunners("c", text);
    BOOST_REQUIRE_MESSAGE(!runners, text);
    BOOST_TEST(Has(runners.findings().front().message, "GitLab Runner reads the key "));
    BOOST_TEST(Has(runners.findings().front().hint, "small letters"));
  }
  BOOST_TEST(
      bool(GitLabRunners("c", "[[runners]]\n[runners.cache]\nMaxUploadedArchiveSize = 0\n")));
}

BOOST_AUTO_TEST_CASE(configuration_that_the_runner_names_is_kept_unless_another_is_wanted) {
  std::string wired = "[[runners]]\nexecutor = \"custom\"\n" + kTable;
  for (const std::string stage : {"config", "prepare", "run", "cleanup"}) {
    wired =
        With(wired, "[\"" + stage + "\"]", "[\"--config\", \"/etc/b.toml\", \"" + stage + "\"]");
  }
  BOOST_TEST(Wired(wired) == wired);
  const std::string plain = "[[runners]]\nexecutor = \"custom\"\n" + kTable;
  const auto with = [&](const std::string& text, const std::string& config) {
    const auto wiring = WireGitLabRunner("c", text, 0, {kDriver, config}, false);
    BOOST_REQUIRE(wiring);
    return Apply(text, wiring->edits);
  };
  BOOST_TEST(with(plain, "/etc/b.toml") == wired);
  BOOST_TEST(with(wired, "/etc/b.toml") == wired);
  BOOST_TEST(with(wired, "/etc/jobwarden/jobwarden.toml") == plain);
  BOOST_TEST(with(plain, "/etc/jobwarden/jobwarden.toml") == plain);
  // A stage that asks for another one is not done.
  BOOST_TEST(Wired(With(plain, "[\"run\"]", "[\"prepare\"]")) == plain);
}

BOOST_AUTO_TEST_CASE(runners_are_listed_in_their_order) {
  const auto runners = GitLabRunners(
      "c", "[[runners]]\nname = \"a\"\nexecutor = \"shell\"\n[[runners]]\nexecutor = 3\n");
  BOOST_REQUIRE(runners);
  BOOST_TEST(runners->size() == 2U);
  BOOST_TEST(runners->front().name == "a");
  BOOST_TEST(runners->front().executor == "shell");
  BOOST_TEST(runners->back().name.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
