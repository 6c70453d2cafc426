// Processes that do not want to be ended. Usage:
//   unruly_process storm CHAINS GO_ON  each starts another, and ends
//   unruly_process split CHAINS GO_ON  likewise, each in a session of its own
//   unruly_process headless            its first thread ends, and another one goes on
//   unruly_process stopping            stops whatever it may, again and again
// The first two last as long as the file GO_ON is there, a minute at most, and end with the
// 20,000th process of their space of process ids: some machines have no more than 32,768.

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace {

constexpr std::time_t kMinute = 60;
constexpr pid_t kMostProcesses = 20'000;

void Storm(int chains, const char* go_on, bool splits) {
  (void)signal(SIGTERM, SIG_IGN);
  const std::time_t end = std::time(nullptr) + kMinute;
  for (int i = 0; i < chains; ++i) {
    if (fork() != 0) continue;
    while (std::time(nullptr) < end && access(go_on, F_OK) == 0 && getpid() < kMostProcesses) {
      const pid_t next = fork();
      if (next > 0) _exit(0);
      if (next == 0 && splits) setsid();
    }
    _exit(0);
  }
}

void* Wait(void* /*nothing*/) {
  for (;;) pause();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  setpriority(PRIO_PROCESS, 0, 10);  // others use this machine
  if ((what == "storm" || what == "split") && argc > 3) {
    Storm(std::atoi(argv[2]), argv[3], what == "split");
  }
  if (what == "headless") {
    pthread_t thread{};
    if (pthread_create(&thread, nullptr, Wait, nullptr) == 0) pthread_exit(nullptr);
  }
  if (what == "stopping") {
    (void)signal(SIGTERM, SIG_IGN);
    const std::time_t end = std::time(nullptr) + kMinute;
    while (std::time(nullptr) < end) kill(-1, SIGSTOP);
  }
  return 0;
}
