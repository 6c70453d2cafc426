#include "verifier/report/reading.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/temp_folder.h"
#include "tests/verifier/report/records.h"
#include "verifier/report/host_names.h"

using namespace jobwarden;
using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(reading)

BOOST_AUTO_TEST_CASE(lines_that_are_older_torn_or_foreign_are_not_decisions) {
  const TempFolder folder;
  Record old = Denied();
  old.time -= std::chrono::hours(48);
  const std::string file =
      folder.Write("audit.jsonl", WriteRecord(Allowed()) + "\n" + WriteRecord(old) +
                                      "\n{\"a\":1}\nnonsense\n" + WriteRecord(Reported(Denied())) +
                                      "\n" + WriteRecord(Denied()).substr(0, 90));
  const auto reading = ReadForReport({file}, kMorning);
  BOOST_TEST(reading.tally.outcomes.all() == 2U);
  BOOST_TEST(reading.tally.outcomes.would_deny == 1U);
  BOOST_TEST(reading.history.count.torn == 2U);
  BOOST_TEST(reading.history.count.foreign == 1U);
}

BOOST_AUTO_TEST_CASE(members_that_are_absent_or_of_another_type_are_empty) {
  const TempFolder folder;
  const std::string file = folder.Write(
      "audit.jsonl",
      R"({"format":1,"time":"2026-11-22T10:00:00Z","outcome":"allow","rule":7,"findings":[1,{}],)"
      R"("exposure":{"stripped":["A",3],"kept":"x"},"tokens":[{"names":["A"]},5],"job":[]})"
      "\n"
      R"({"format":1,"time":"2026-11-22T10:00:00Z","outcome":"perhaps"})"
      "\n"
      R"({"format":1,"kind":"id_token_request","time":"2026-11-22T10:00:00Z","outcome":"deny"})"
      "\n");
  const auto reading = ReadForReport({file}, kMorning);
  BOOST_TEST(reading.tally.outcomes.allowed == 1U);
  BOOST_TEST(reading.tally.outcomes.failed == 1U);
  BOOST_TEST(reading.tally.kinds.at("").stripped == 1U);
  BOOST_TEST(reading.tally.requests.size() == 1U);
}

BOOST_AUTO_TEST_CASE(host_is_the_folder_or_the_name_of_its_audit_file) {
  using Names = std::map<std::string, std::string>;
  BOOST_TEST(
      (HostNames({"/l/a/audit.jsonl", "/l/a/audit.jsonl.1", "/l/b/audit.jsonl-20261101.gz"}) ==
       Names{{"/l/a/audit.jsonl", "a"},
             {"/l/a/audit.jsonl.1", "a"},
             {"/l/b/audit.jsonl-20261101.gz", "b"}}));
  BOOST_TEST((HostNames({"r1.jsonl", "r2.jsonl", "r2.jsonl.2.gz"}) ==
              Names{{"r1.jsonl", "r1"}, {"r2.jsonl", "r2"}, {"r2.jsonl.2.gz", "r2"}}));
  BOOST_TEST(
      (HostNames({"/a/x/audit.jsonl", "/b/x/audit.jsonl"}) ==
       Names{{"/a/x/audit.jsonl", "/a/x/audit.jsonl"}, {"/b/x/audit.jsonl", "/b/x/audit.jsonl"}}));
  BOOST_TEST((HostNames({"audit.jsonl"}) == Names{{"audit.jsonl", "audit"}}));
}

BOOST_AUTO_TEST_SUITE_END()
