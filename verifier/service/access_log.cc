#include "verifier/service/access_log.h"

#include <fmt/format.h>

#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/os/clock.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxGathered = std::size_t{1} << 20U;
constexpr std::chrono::milliseconds kGather{200};

// Methods are short words; whatever else a client sent for one is not shown.
std::string_view Method(std::string_view method) {
  for (const std::string_view known :
       {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    if (method == known) return known;
  }
  return "-";
}

}  // namespace

std::string FormatAccessLine(const AccessLine& line, std::chrono::sys_seconds time,
                             LogFormat format) {
  const std::string when = TimeText(time);
  if (format == LogFormat::kJson) {
    return WriteJson(Object{{"time", when},
                            {"client", line.client},
                            {"method", Method(line.method)},
                            {"route", line.route},
                            {"status", line.status},
                            {"outcome", line.outcome},
                            {"duration_us", std::int64_t{line.took.count()}}}) +
           "\n";
  }
  return fmt::format(
      "time={} client=\"{}\" method={} route={} status={} outcome={} duration_us={}\n", when,
      line.client, Method(line.method), line.route, line.status,
      line.outcome.empty() ? "-" : line.outcome, line.took.count());
}

AccessLog::AccessLog(int fd, LogFormat format) : fd_(fd), format_(format) {
  if (format_ != LogFormat::kOff) thread_ = std::thread([this] { Run(); });
}

AccessLog::~AccessLog() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  more_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool AccessLog::Write(const AccessLine& line) {
  if (format_ == LogFormat::kOff) return true;
  const std::string text = FormatAccessLine(line, SystemNow(), format_);
  const std::lock_guard lock(mutex_);
  if (gathered_.size() + text.size() > kMaxGathered) return false;
  gathered_ += text;
  return true;
}

void AccessLog::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    more_.wait_for(lock, kGather, [this] { return ends_; });
    const std::string text = std::exchange(gathered_, "");
    const bool ends = ends_;
    lock.unlock();
    if (!text.empty()) Say(fd_, text);
    lock.lock();
    if (ends) return;
  }
}

}  // namespace jobwarden
