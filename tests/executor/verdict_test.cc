#include "executor/verdict.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"
#include "verifier/admission/verdict.h"
#include "verifier/base/encoding.h"

namespace jobwarden {
namespace {

using testing::TempFolder;

JobResponse Response(const std::string& id = "302", const std::string& token = "the-job-token") {
  auto response = JobResponse::Parse("{\"id\":" + id + ",\"token\":\"" + token +
                                     "\",\"git_info\":{},\"job_info\":{},\"variables\":[]}");
  BOOST_REQUIRE(response);
  return *std::move(response);
}

Record Verdict() {
  Record record;
  record.outcome = Outcome::kAllow;
  record.mode = "enforce";
  record.provider = "gitlab";
  record.rule = "deploys";
  record.job_id = "302";
  record.tokens = {{"job_token", Sha256Hex("the-job-token"), {"CI_JOB_TOKEN"}}};
  return record;
}

struct Written {
  Written() { BOOST_REQUIRE(WriteVerdict(VerdictPathIn(folder), Verdict())); }
  // Why it does not count; `accepted` when it does.
  std::string Refusal(const JobResponse& response = Response()) const {
    const auto verdict = ReadJobVerdict(folder, response, "build_script");
    if (verdict) return "accepted";
    BOOST_TEST((verdict.findings()[0].code == Code::kVerdictMissing));
    return verdict.findings()[0].message;
  }
  void Spoil(const std::string& text) const { std::ofstream(path) << text; }

  TempFolder temporary;
  std::string folder = temporary.path();
  std::string path = folder + "/verdict.json";
};

BOOST_AUTO_TEST_SUITE(verdict)

BOOST_AUTO_TEST_CASE(a_verdict_comes_back_as_it_was_written) {
  const Written written;
  const auto verdict = ReadJobVerdict(written.folder, Response(), "build_script");
  BOOST_REQUIRE(verdict);
  BOOST_TEST(WriteRecord(*verdict) == WriteRecord(Verdict()));
  struct stat st {};
  BOOST_REQUIRE_EQUAL(stat(written.path.c_str(), &st), 0);
  BOOST_TEST((st.st_mode & 0777) == 0600U);
}

BOOST_AUTO_TEST_CASE(an_absent_verdict_names_the_stage) {
  const Written written;
  BOOST_TEST(static_cast<bool>(RemoveVerdict(written.path)));
  BOOST_TEST(written.Refusal() == "stage \"build_script\": no verdict of this job");
  BOOST_TEST(static_cast<bool>(RemoveVerdict(written.path)));
}

BOOST_AUTO_TEST_CASE(a_verdict_about_another_job_is_none) {
  const Written written;
  BOOST_TEST(written.Refusal(Response("303")) ==
             "stage \"build_script\": the verdict is about another job");
  BOOST_TEST(written.Refusal(Response("302", "another-token")) ==
             "stage \"build_script\": the verdict is about another job");
}

BOOST_AUTO_TEST_CASE(a_verdict_that_others_could_write_is_none) {
  const Written written;
  BOOST_REQUIRE_EQUAL(chmod(written.path.c_str(), 0622), 0);
  BOOST_TEST(written.Refusal() == "stage \"build_script\": the verdict is not this user's own");
}

BOOST_AUTO_TEST_CASE(a_verdict_of_another_format_or_a_broken_one_is_none) {
  const Written written;
  const std::string good = WriteRecord(Verdict());
  std::string newer = good;
  newer.replace(newer.find("\"format\":1"), 10, "\"format\":2");
  for (const std::string& text :
       {newer, good.substr(0, good.size() / 2), std::string("[]"), std::string()}) {
    written.Spoil(text);
    BOOST_TEST(written.Refusal() != "accepted");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
