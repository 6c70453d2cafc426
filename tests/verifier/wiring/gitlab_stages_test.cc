#include "verifier/wiring/gitlab_stages.h"

#include <boost/test/unit_test.hpp>

namespace jobwarden {
namespace {

Node Read(const std::string& text) {
  Problems problems({"c"});
  auto document = ReadDocument(0, text, problems);
  BOOST_REQUIRE(document);
  return *std::move(document);
}

std::string ConfigOf(const std::string& args) {
  const Node custom = Read("run_exec = \"/opt/d\"\nrun_args = " + args + "\n");
  const auto call = DriverCallOf(&custom, "run");
  return call ? call->config : "none";
}

BOOST_AUTO_TEST_SUITE(gitlab_stages)

BOOST_AUTO_TEST_CASE(call_is_read_as_the_driver_reads_it) {
  BOOST_TEST(ConfigOf("[\"run\"]") == "/etc/jobwarden/jobwarden.toml");
  BOOST_TEST(ConfigOf("[\"--config\", \"/a\", \"run\"]") == "/a");
  BOOST_TEST(ConfigOf("[\"run\", \"--config=/a\"]") == "/a");
  BOOST_TEST(ConfigOf("[\"--config\", \"run\", \"run\"]") == "run");
  for (const char* args :
       {"[]", "[\"prepare\"]", "[\"run\", \"run\"]", "[\"--config\", \"run\"]",
        "[\"run\", \"--config\"]", "[\"run\", 3]", "\"run\"", "[\"run\", \"x\"]"}) {
    BOOST_TEST(ConfigOf(args) == "none", args);
  }
  BOOST_TEST(!DriverCallOf(nullptr, "run"));
  const Node custom = Read("run_exec = \"/opt/d\"\n");
  BOOST_TEST(!DriverCallOf(&custom, "run"));
}

BOOST_AUTO_TEST_CASE(odd_keys_are_found_where_they_count) {
  const auto odd =
      OddKeys(Read("RUNNERS = 1\n[[runners]]\nName = \"a\"\nexecutor = \"shell\"\n[[runners]]\n"
                   "Executor = \"a\"\n[runners.custom]\nRun_exec = \"a\"\nrun_exec = \"b\"\n"));
  BOOST_REQUIRE(odd.size() == 3U);
  BOOST_TEST(odd[0].written == "RUNNERS");
  BOOST_TEST(odd[1].written == "Executor");
  BOOST_TEST(odd[1].name == "executor");
  BOOST_TEST(odd[1].place.line == 6U);
  BOOST_TEST(odd[2].name == "run_exec");
  BOOST_TEST(OddKeys(Read("[Session_Server]\n")).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
