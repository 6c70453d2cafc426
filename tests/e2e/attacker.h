#ifndef JOBWARDEN_TESTS_E2E_ATTACKER_H_
#define JOBWARDEN_TESTS_E2E_ATTACKER_H_

#include <string>
#include <vector>

#include "tests/e2e/harness.h"

namespace jobwarden::testing {

/// Lines of a script that collects all that the job can read: its environment, and other processes'
/// environments, command lines and open files; every file below `folders`. It ends up as the file
/// `loot` in the project's folder.
std::vector<std::string> Loot(const std::vector<std::string>& folders);

/// What such a job of `host` brought home: the files named `loot` below `builds_dir`.
std::string LootOf(const RunnerHost& host);

/// The processes of a user that have not ended.
std::vector<pid_t> ProcessesOf(uid_t user);

/// The part of the token that no other token has.
std::string SignatureOf(const RunnerHost& host, const Job& job, const std::string& name);

/// Lines that leave processes behind in every way: in the group, in a session of their own, with
/// another environment, with others that they keep starting.
std::vector<std::string> Daemons();

/// Cancels a job that is deaf to it and has a daemon, so that the driver is killed: when
/// after_script runs, the daemon does not.
void NothingRunsBesideAfterScript(RunnerHost& host);

/// Plays a job that takes no SIGTERM until it is timed out. The first line of `pid_file` is then
/// the process id of its script.
JobRun TimeOutThoughDeaf(RunnerHost& host, const std::string& pid_file);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_ATTACKER_H_
