#include "verifier/metrics/metrics_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/support/has.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::Has;
using jobwarden::testing::Slurp;
using jobwarden::testing::TempFolder;

namespace {

struct Fixture {
  TempFolder folder;
  std::string path = folder / "jobwarden.prom";

  Findings Count() const {
    return UpdateMetrics(path, [](MetricSet& metrics) { metrics.Add(Metric::kAuditFailures, {}); });
  }
  // -1: the file is not whole.
  double Counted() const {
    const auto metrics = MetricSet::Read(Slurp(path));
    return metrics ? metrics->Get(Metric::kAuditFailures, {}) : -1;
  }
  // Counts in a process of its own, which is killed before the system call of this number. False if
  // the process ended before that.
  bool CountKilledAt(int number) const {
    const pid_t pid = fork();
    if (pid == 0) {
      ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      (void)raise(SIGSTOP);
      _exit(Count().empty() ? 0 : 1);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    BOOST_TEST_REQUIRE(WIFSTOPPED(status));
    ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    for (int stops = 0; stops < number; ++stops) {
      ptrace(PTRACE_SYSCALL, pid, nullptr, 0);
      if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) return false;
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return true;
  }
};

bool IsWarning(const Findings& findings, const std::string& message) {
  return findings.size() == 1 && findings.front().code == Code::kMetricsFailed &&
         !Forbids(findings.front()) && Has(findings.front().message, message);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_file, Fixture)

BOOST_AUTO_TEST_CASE(first_count_makes_a_file_that_everybody_may_read) {
  const mode_t before = umask(0077);
  BOOST_TEST(Count().empty());
  umask(before);
  BOOST_TEST(Counted() == 1);
  struct stat st {};
  BOOST_REQUIRE(stat(path.c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 07777) == 0644U);
  BOOST_REQUIRE(stat((path + ".lock").c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 07777) == 0600U);
  BOOST_TEST((folder.Names() == std::set<std::string>{"jobwarden.prom", "jobwarden.prom.lock"}));
  BOOST_TEST(Has(Slurp(path), "\njobwarden_build_info{version=\""));
}

BOOST_AUTO_TEST_CASE(who_may_write_the_folder_may_lock) {
  BOOST_REQUIRE(chmod(folder.path().c_str(), 0770) == 0);
  BOOST_TEST(Count().empty());
  struct stat st {};
  BOOST_REQUIRE(stat((path + ".lock").c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 07777) == 0660U);
}

BOOST_AUTO_TEST_CASE(without_a_path_nothing_is_done) {
  BOOST_TEST(UpdateMetrics("", [](MetricSet&) { BOOST_ERROR("changed"); }).empty());
  BOOST_TEST(CheckMetricsFile("").empty());
}

BOOST_AUTO_TEST_CASE(no_count_of_many_processes_is_lost) {
  constexpr int kProcesses = 20;
  constexpr int kCounts = 10;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t pid = fork();
    if (pid == 0) {
      bool good = true;
      for (int each = 0; each < kCounts; ++each) good = Count().empty() && good;
      _exit(good ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    BOOST_TEST(waitpid(pid, &status, 0) == pid);
    BOOST_TEST(status == 0);
  }
  BOOST_TEST(Counted() == kProcesses * kCounts);
}

BOOST_AUTO_TEST_CASE(process_killed_at_any_step_loses_its_own_count_at_most) {
  BOOST_TEST(Count().empty());
  bool seen_lost = false;
  bool seen_counted = false;
  bool seen_left_behind = false;
  bool more = true;
  for (int step = 1; more; ++step) {
    const double before = Counted();
    more = CountKilledAt(step);
    const double after = Counted();
    BOOST_TEST_CONTEXT("killed at step " << step) {
      BOOST_TEST_REQUIRE((after == before || after == before + 1));
      seen_lost = seen_lost || after == before;
      seen_counted = seen_counted || after == before + 1;
      seen_left_behind = seen_left_behind || folder.Names().contains("jobwarden.prom.new");
      BOOST_TEST(Count().empty());
      BOOST_TEST(Counted() == after + 1);
      BOOST_TEST(!folder.Names().contains("jobwarden.prom.new"));
    }
  }
  // Otherwise the steps were not those that matter.
  BOOST_TEST((seen_lost && seen_counted && seen_left_behind));
}

BOOST_AUTO_TEST_CASE(torn_or_foreign_file_is_begun_again_with_a_warning) {
  for (const std::string text : {"", "jobwarden_audit_failures_total 5", "node_load1 1\n# EOF\n"}) {
    folder.Write("jobwarden.prom", text);
    BOOST_TEST(CheckMetricsFile(path).size() == 1U);
    BOOST_TEST(IsWarning(Count(), "begin at zero again"));
    BOOST_TEST(Counted() == 1);
    BOOST_TEST(CheckMetricsFile(path).empty());
  }
}

BOOST_AUTO_TEST_CASE(link_in_place_of_the_file_is_replaced_and_its_target_stays) {
  folder.Write("other", "mine");
  BOOST_REQUIRE(symlink((folder / "other").c_str(), path.c_str()) == 0);
  BOOST_REQUIRE(symlink((folder / "other").c_str(), (path + ".new").c_str()) == 0);
  BOOST_TEST(IsWarning(Count(), "begin at zero again"));
  BOOST_TEST(Slurp(folder / "other") == "mine");
  BOOST_TEST(Counted() == 1);
}

BOOST_AUTO_TEST_CASE(folder_that_is_absent_is_a_warning_with_the_command_that_makes_it) {
  const std::string absent = folder / "absent/jobwarden.prom";
  for (const Findings& findings :
       {UpdateMetrics(absent, [](MetricSet&) {}), CheckMetricsFile(absent)}) {
    BOOST_TEST(IsWarning(findings, "No such file or directory"));
    BOOST_TEST(Has(findings.front().hint, "install -d -m 0755 -o "));
  }
}

BOOST_AUTO_TEST_CASE(folder_in_place_of_the_file_is_a_warning) {
  BOOST_REQUIRE(mkdir(path.c_str(), 0755) == 0);
  BOOST_TEST(IsWarning(CheckMetricsFile(path), "not a regular file"));
  BOOST_TEST(IsWarning(Count(), "Is a directory"));
  BOOST_TEST((folder.Names() == std::set<std::string>{"jobwarden.prom", "jobwarden.prom.lock"}));
}

BOOST_AUTO_TEST_CASE(lock_that_is_never_given_up_costs_the_count_and_nothing_else) {
  BOOST_TEST(Count().empty());
  const int fd = open((path + ".lock").c_str(), O_RDWR | O_CLOEXEC);
  BOOST_REQUIRE(flock(fd, LOCK_EX) == 0);
  const Findings findings = UpdateMetrics(
      path, [](MetricSet& metrics) { metrics.Add(Metric::kAuditFailures, {}); },
      std::chrono::milliseconds(20));
  BOOST_TEST(IsWarning(findings, "other processes have held its lock for 20 ms"));
  close(fd);
  BOOST_TEST(Counted() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
