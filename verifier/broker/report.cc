#include "verifier/broker/report.h"

#include <algorithm>

namespace jobwarden {

void BrokerReport::Add(std::string_view kind, std::string text) {
  text.insert(0, kind).append("\n");
  const std::lock_guard lock(mutex_);
  if (std::find(lines_.begin(), lines_.end(), text) != lines_.end()) return;
  if (bytes_ + text.size() > kMaxReportBytes - 100) {
    cut_ = true;
    return;
  }
  bytes_ += text.size();
  lines_.push_back(std::move(text));
}

std::string BrokerReport::Text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const std::string& line : lines_) text += line;
  if (cut_) text.append(kReportNote).append("there was more, which the audit log has\n");
  return text;
}

}  // namespace jobwarden
