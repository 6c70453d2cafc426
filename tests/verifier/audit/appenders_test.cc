// Many writers at once, and a rotation by rename.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_folder.h"
#include "verifier/audit/audit.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

constexpr int kWriters = 50;
constexpr int kLines = 40;

// Of a few hundred to some thousand bytes, so that lines cross pages.
Record Line(int writer, int line) {
  Record record;
  record.mode = "enforce";
  record.provider = "gitlab";
  record.job_id = std::to_string(writer) + "-" + std::to_string(line);
  record.job_project = std::string(static_cast<std::size_t>(writer * line * 7 % 6000), 'x');
  return record;
}

// Returns 0 if all lines were recorded.
int Write(const AuditSettings& settings, int writer) {
  int failed = 0;
  for (int line = 0; line < kLines; ++line) {
    if (!RecordDecision(settings, {}, Line(writer, line)).empty()) failed = 1;
  }
  return failed;
}

// How often each job is recorded, in all files of the folder. A line that is torn is the job
// "torn".
std::map<std::string, int> JobsIn(const TempFolder& folder) {
  std::map<std::string, int> jobs;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream file(entry.path(), std::ios::binary);
    for (std::string line; std::getline(file, line);) {
      if (line.empty()) continue;
      const auto record = ReadRecord(line, Code::kAuditFailed, "line");
      ++jobs[record ? record->job_id : "torn"];
    }
  }
  return jobs;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(appenders)

BOOST_AUTO_TEST_CASE(no_line_of_fifty_writers_is_torn_or_lost_while_the_file_is_rotated) {
  const TempFolder folder;
  AuditSettings settings;
  settings.file = folder / "audit.jsonl";
  std::vector<pid_t> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t pid = fork();
    BOOST_REQUIRE(pid >= 0);
    if (pid == 0) _exit(Write(settings, writer));
    writers.push_back(pid);
  }
  std::atomic<bool> done = false;
  std::thread rotation([&] {
    for (int i = 0; !done; ++i) {
      std::error_code ignored;
      std::filesystem::rename(settings.file, settings.file + "." + std::to_string(i), ignored);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  int failed = 0;
  for (const pid_t pid : writers) {
    int status = 0;
    if (waitpid(pid, &status, 0) != pid || status != 0) ++failed;
  }
  done = true;
  rotation.join();
  BOOST_TEST(failed == 0);
  const auto jobs = JobsIn(folder);
  BOOST_TEST(jobs.size() == std::size_t{kWriters} * kLines);
  BOOST_TEST(!jobs.contains("torn"));
  for (const auto& [job, count] : jobs) {
    if (count != 1) BOOST_ERROR("job " << job << " is recorded " << count << " times");
  }
}

BOOST_AUTO_TEST_CASE(a_line_that_a_killed_writer_left_unfinished_spoils_no_other_line) {
  const TempFolder folder;
  AuditSettings settings;
  settings.file = folder.Write("audit.jsonl", R"({"format":1,"id":"7k3m)");
  std::filesystem::permissions(settings.file, std::filesystem::perms(0600));
  BOOST_TEST(RecordDecision(settings, {}, Line(1, 1)).empty());
  const auto jobs = JobsIn(folder);
  BOOST_TEST(jobs.size() == 2U);
  BOOST_TEST(jobs.contains("1-1"));
  BOOST_TEST(jobs.contains("torn"));
}

BOOST_AUTO_TEST_SUITE_END()
