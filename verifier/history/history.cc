#include "verifier/history/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/text.h"
#include "verifier/history/block_reader.h"

namespace jobwarden {
namespace {

struct Work {
  LineBlock block;
  const std::string* file;
};

// Blocks on their way from the thread that reads to those that parse. It holds few of them, so the
// memory does not grow where parsing is slower.
class Queue {
 public:
  explicit Queue(std::size_t most) : most_(most) {}

  void Put(Work work) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < most_; });
    waiting_.push_back(std::move(work));
    changed_.notify_all();
  }
  void End() {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  std::optional<Work> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
    if (waiting_.empty()) return std::nullopt;
    Work work = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    return work;
  }

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> waiting_;
  bool ended_ = false;
};

void ReadBlock(const Work& work, HistoryVisitor& visitor, HistoryCount& count) {
  if (work.block.cut) {
    ++count.torn;
    return;
  }
  std::string_view text = work.block.text;
  for (std::uint64_t number = work.block.first_line; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    ReadHistoryLine(line, *work.file, number, visitor, count);
  }
}

std::optional<HistoryEntry::Kind> KindOf(const RawObject& members) {
  if (members.Text("kind").empty()) return HistoryEntry::Kind::kDecision;
  if (members.GetString("kind") == "id_token_request") return HistoryEntry::Kind::kTokenRequest;
  return std::nullopt;
}

}  // namespace

HistoryCount& HistoryCount::operator+=(const HistoryCount& other) {
  decisions += other.decisions;
  token_requests += other.token_requests;
  torn += other.torn;
  foreign += other.foreign;
  newer += other.newer;
  return *this;
}

std::string DescribePassedOver(const HistoryCount& count) {
  std::vector<std::string> sorts;
  const auto add = [&sorts](std::uint64_t number, std::string_view name) {
    if (number > 0) sorts.push_back(fmt::format("{} {}", number, name));
  };
  add(count.torn, "torn");
  add(count.foreign, "foreign");
  add(count.newer, "newer");
  if (sorts.empty()) return "";
  const std::uint64_t all = count.torn + count.foreign + count.newer;
  return fmt::format("{} {} passed over", Join(sorts, ", "), all == 1 ? "line was" : "lines were");
}

void ReadHistoryLine(std::string_view text, const std::string& file, std::uint64_t line,
                     HistoryVisitor& visitor, HistoryCount& count) {
  if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
  const auto members = RawObject::Split(text);
  if (!members) {
    ++count.torn;
    return;
  }
  const auto format = members->Get("format");
  const std::int64_t number = format ? format->AsInteger().value_or(0) : 0;
  const auto time = TimeFromText(members->GetString("time"));
  if (number > kRecordFormat) {
    ++count.newer;
    return;
  }
  if (number < 1 || !time || members->GetString("outcome").empty()) {
    ++count.foreign;
    return;
  }
  const auto kind = KindOf(*members);
  if (!kind) {
    ++count.newer;
    return;
  }
  ++(*kind == HistoryEntry::Kind::kDecision ? count.decisions : count.token_requests);
  visitor.Visit({*kind, *members, *time, file, line});
}

HistoryResult ReadHistory(const std::vector<std::string>& files,
                          const std::vector<std::unique_ptr<HistoryVisitor>>& visitors,
                          const std::function<void(const HistoryProgress&)>& progress) {
  assert(!visitors.empty());
  HistoryResult result;
  std::vector<BlockReader> readers;
  std::vector<const std::string*> names;
  HistoryProgress done;
  for (const std::string& file : files) {
    if (auto reader = BlockReader::Open(file)) {
      done.all_bytes += reader->size();
      names.push_back(&file);
      readers.push_back(*std::move(reader));
    } else {
      std::move(reader.findings().begin(), reader.findings().end(),
                std::back_inserter(result.findings));
    }
  }

  Queue queue(2 * visitors.size());
  std::vector<HistoryCount> counts(visitors.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < visitors.size(); ++i) {
    threads.emplace_back([&queue, &visitor = *visitors[i], &count = counts[i]] {
      while (const auto work = queue.Take()) ReadBlock(*work, visitor, count);
    });
  }
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    while (true) {
      auto block = readers[i].Next();
      if (!block) {
        std::move(block.findings().begin(), block.findings().end(),
                  std::back_inserter(result.findings));
        break;
      }
      if (!*block) break;
      queue.Put({**std::move(block), names[i]});
      done.bytes = before + readers[i].position();
      if (progress) progress(done);
    }
    before += readers[i].size();
  }
  queue.End();
  for (std::thread& thread : threads) thread.join();
  for (const HistoryCount& count : counts) result.count += count;
  return result;
}

std::size_t HistoryThreads() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
}

}  // namespace jobwarden
