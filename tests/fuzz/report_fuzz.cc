// Any bytes as an audit file: its page has one script, which is its own, and is not too large.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "verifier/report/page.h"
#include "verifier/report/plain_text.h"
#include "verifier/report/report.h"
#include "verifier/report/seen_decision.h"
#include "verifier/report/tally.h"

namespace {

struct Counter final : jobwarden::HistoryVisitor {
  void Visit(const jobwarden::HistoryEntry& entry) override {
    if (entry.kind == jobwarden::HistoryEntry::Kind::kTokenRequest) {
      tally.Add(jobwarden::ReadSeenRequest(entry));
    } else {
      tally.Add(jobwarden::ReadSeenDecision(entry), "host");
    }
  }
  jobwarden::Tally tally;
};

std::size_t Count(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string file = "audit.jsonl";
  Counter counter;
  jobwarden::HistoryCount count;
  for (std::uint64_t line = 1; !text.empty(); ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(one.size() < text.size() ? one.size() + 1 : one.size());
    jobwarden::ReadHistoryLine(one, file, line, counter, count);
  }
  const jobwarden::Report report = jobwarden::MakeReport(counter.tally, {});
  const std::string page = jobwarden::Page(report);
  if (page.size() > jobwarden::kMaxPageBytes) std::abort();
  if (Count(page, "<script") != 1 || Count(page, "<img") != 0) std::abort();
  for (const char c : jobwarden::PlainText(report) + page) {
    if (c >= 0 && c < ' ' && c != '\n') std::abort();
  }
  return 0;
}
