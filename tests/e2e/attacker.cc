#include "tests/e2e/attacker.h"

#include "verifier/os/process_stat.h"

namespace jobwarden::testing {

std::vector<std::string> Loot(const std::vector<std::string>& folders) {
  std::string where;
  for (const auto& folder : folders) where += " '" + folder + "'";
  return {
      "exec 3>\"$TMPDIR/loot.part\"",
      "{ env; set; } >&3",
      "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline >&3 2>/dev/null || true",
      "for each in /proc/[0-9]*/fd/*; do if [ -f \"$each\" ] && ! [ \"$each\" -ef "
      "\"$TMPDIR/loot.part\" ]; then cat \"$each\" >&3 2>/dev/null || true; fi; done",
      "find" + where +
          " \"$TMPDIR\" -type f ! -name 'loot*' -exec cat {} + >&3 2>/dev/null || true",
      "exec 3>&-",
      "mv \"$TMPDIR/loot.part\" loot",
  };
}

std::string LootOf(const RunnerHost& host) {
  std::string loot;
  for (const auto& [name, text] : ReadFiles(host.Path("builds"))) {
    if (name.ends_with("/loot")) loot += text;
  }
  return loot;
}

std::vector<pid_t> ProcessesOf(uid_t user) {
  std::vector<pid_t> found;
  for (const pid_t pid : AllProcesses()) {
    const std::string status = ReadOfProcess(pid, "status");
    if (status.find("\nUid:\t" + std::to_string(user) + "\t") != status.npos && StatOf(pid)) {
      found.push_back(pid);
    }
  }
  return found;
}

std::string SignatureOf(const RunnerHost& host, const Job& job, const std::string& name) {
  const std::string text = host.TokenOf(job, name);
  return text.substr(text.rfind('.') + 1);
}

std::vector<std::string> Daemons() {
  return {
      "sleep 1000 &",
      "setsid sleep 1001 &",
      "(setsid sh -c 'sleep 1002 & sleep 1003' &)",
      "env -i TMPDIR=/elsewhere setsid bash -c 'trap \"\" TERM HUP INT; cd /; exec >/dev/null 2>&1 "
      "</dev/null; while :; do sleep 1004; done' &",
      "(ulimit -u 64; setsid bash -c 'trap \"\" TERM; again() { sleep 0.01; again & again & }; "
      "again & again & wait' >/dev/null 2>&1) &",
      "sleep 0.2",
  };
}

void NothingRunsBesideAfterScript(RunnerHost& host) {
  Job job = JobThat({
      "(env -i TMPDIR=/elsewhere setsid bash -c 'trap \"\" TERM HUP INT; exec >/dev/null 2>&1 "
      "</dev/null; while :; do echo beat >>heart; sleep 0.01; done' &)",
      "until [ -s heart ]; do sleep 0.01; done",
      "trap '' TERM",
      "echo ready",
      "while :; do sleep 1; done",
  });
  job.after_script = {"before=$(wc -c <heart); sleep 0.5; after=$(wc -c <heart)",
                      "echo the heart beat $((after - before)) times"};
  host.options.interruption = RunnerOptions::Interruption::kCancel;
  host.options.interrupt_at = "\nready\n";
  host.options.grace = std::chrono::milliseconds(300);
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kCanceled);
  BOOST_TEST(Has(Out(run, "after_script"), "\nthe heart beat 0 times\n"));
}

JobRun TimeOutThoughDeaf(RunnerHost& host, const std::string& pid_file) {
  const Job job = JobThat(
      {"trap '' TERM", "echo $$ >'" + pid_file + "'", "echo ready", "while :; do sleep 1; done"});
  host.options.interruption = RunnerOptions::Interruption::kTimeout;
  host.options.interrupt_at = "\nready\n";
  host.options.grace = std::chrono::milliseconds(300);
  JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kTimedOut);
  return run;
}

}  // namespace jobwarden::testing
