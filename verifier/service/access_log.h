#ifndef JOBWARDEN_VERIFIER_SERVICE_ACCESS_LOG_H_
#define JOBWARDEN_VERIFIER_SERVICE_ACCESS_LOG_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "verifier/config/config.h"

namespace jobwarden {

/// One answered request. There is nothing of a token in it, and no text that a client chose.
struct AccessLine {
  std::string_view client;
  std::string_view method;
  std::string_view route;
  int status;
  std::string_view outcome;
  std::chrono::microseconds took;
};

/// The line, with its newline.
std::string FormatAccessLine(const AccessLine& line, std::chrono::sys_seconds time,
                             LogFormat format);

/// Writes lines to a descriptor in a thread of its own. A reader that does not read delays nobody:
/// when so much has gathered that it would cost memory, lines are lost, and counted.
class AccessLog {
 public:
  AccessLog(int fd, LogFormat format);
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  /// Writes what has gathered.
  ~AccessLog();

  /// False if the line is lost.
  bool Write(const AccessLine& line);

 private:
  void Run();

  int fd_;
  LogFormat format_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::string gathered_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_ACCESS_LOG_H_
