#include "verifier/broker/step_table.h"

#include <openssl/crypto.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

// A ticket is known for so many steps after it has ended, to say that it has.
constexpr std::size_t kMaxSteps = 256;
// The runner starts ten at once.
constexpr std::size_t kMaxRunningSteps = 64;
constexpr int kMaxRequestsOfStep = 64;
constexpr int kMaxStrangers = 100;

std::string NewTicket() {
  std::array<char, 16> bytes{};
  // getrandom never returns a part of so few bytes.
  const auto size = static_cast<ssize_t>(bytes.size());
  if (getrandom(bytes.data(), bytes.size(), 0) != size) return "";
  return EncodeHex({bytes.data(), bytes.size()});
}

bool SameTicket(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Finding Invalid(std::string message, std::string hint) {
  return {Code::kTicketInvalid, std::move(message), std::move(hint)};
}

}  // namespace

bool StepProcess::HasEnded() const {
  const auto stat = StatOf(pid);
  return !stat || stat->started != started;
}

std::string StepTable::Begin(pid_t pid, const TicketRequest& request) {
  const auto stat = StatOf(pid);
  if (!stat || stat->parent != worker_) return std::string(kNoTicket);
  const StepProcess process{pid, stat->started};
  const std::lock_guard lock(mutex_);
  if (EntryOf(process) != nullptr) return std::string(kNoTicket);
  MarkEnded();
  const auto running = static_cast<std::size_t>(std::count_if(
      entries_.begin(), entries_.end(), [](const Entry& each) { return !each.ended; }));
  if (running >= kMaxRunningSteps) return std::string(kNoTicket);
  if (entries_.size() >= kMaxSteps) {
    entries_.erase(std::find_if(entries_.begin(), entries_.end(),
                                [](const Entry& each) { return each.ended; }));
  }
  std::string ticket = request.use == StepUse::kRefused ? "" : NewTicket();
  std::string answer = ticket.empty() ? std::string(kNoTicket) : FormatTicket({url_, ticket});
  entries_.push_back({{process, request.step, request.use}, Secret(std::move(ticket))});
  return answer;
}

Result<BrokerStep> StepTable::Find(std::string_view ticket) {
  if (ticket.empty()) {
    return Invalid("the request has no ticket",
                   "send \"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\"");
  }
  const std::lock_guard lock(mutex_);
  const Entry* found = nullptr;
  // All of them are compared, so that the time says nothing.
  for (const Entry& entry : entries_) {
    if (!entry.ticket.empty() && SameTicket(entry.ticket.view(), ticket)) found = &entry;
  }
  constexpr const char* kHint =
      "each step has a ticket of its own: use ACTIONS_ID_TOKEN_REQUEST_TOKEN as this step has it";
  if (found == nullptr) return Invalid("the ticket is not one of a step of this job", kHint);
  if (found->ended || found->step.process.HasEnded()) {
    return Invalid(
        "the step that this ticket was given to, " + Quote(found->step.id) + ", has ended", kHint);
  }
  return found->step;
}

bool StepTable::CountStranger() {
  const std::lock_guard lock(mutex_);
  if (strangers_ >= kMaxStrangers) return false;
  ++strangers_;
  return true;
}

std::vector<StepProcess> StepTable::Others(const StepProcess& step) {
  const std::lock_guard lock(mutex_);
  MarkEnded();
  std::vector<StepProcess> others;
  for (const Entry& entry : entries_) {
    if (!entry.ended && entry.step.process != step) others.push_back(entry.step.process);
  }
  return others;
}

bool StepTable::BeginRequest(const StepProcess& step) {
  const std::lock_guard lock(mutex_);
  Entry* entry = EntryOf(step);
  if (entry == nullptr || entry->requests >= kMaxRequestsOfStep) return false;
  ++entry->requests;
  return true;
}

void StepTable::EndRequest(const StepProcess& step) {
  const std::lock_guard lock(mutex_);
  if (Entry* entry = EntryOf(step)) --entry->requests;
}

void StepTable::MarkEnded() {
  for (Entry& entry : entries_) entry.ended = entry.ended || entry.step.process.HasEnded();
}

StepTable::Entry* StepTable::EntryOf(const StepProcess& step) {
  const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& each) { return each.step.process == step; });
  return entry == entries_.end() ? nullptr : &*entry;
}

}  // namespace jobwarden
