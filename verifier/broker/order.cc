#include "verifier/broker/order.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhat = "order";

// Each member of a job that a GitHub token is compared with, or that chooses among issuers.
struct JobText {
  std::string_view name;
  std::optional<std::string> Job::*member;
};
constexpr JobText kJobTexts[] = {
    {"server_url", &Job::server_url},
    {"repository", &Job::repository},
    {"repository_id", &Job::repository_id},
    {"run_id", &Job::run_id},
    {"run_attempt", &Job::run_attempt},
    {"sha", &Job::sha},
    {"ref", &Job::ref},
    {"ref_type", &Job::ref_type},
    {"workflow_ref", &Job::workflow_ref},
    {"actor", &Job::actor},
    {"actor_id", &Job::actor_id},
    {"event", &Job::event},
    {"job_name", &Job::job_name},
    {"runner_environment", &Job::runner_environment},
};

struct OrderText {
  std::string_view name;
  std::string BrokerOrder::*member;
};
constexpr OrderText kOrderTexts[] = {
    {"issuer", &BrokerOrder::issuer}, {"decision_id", &BrokerOrder::decision_id},
    {"rule", &BrokerOrder::rule},     {"policy_sha256", &BrokerOrder::policy_sha256},
    {"socket", &BrokerOrder::socket},
};

Finding Misused(std::string_view member) {
  return {Code::kConfigInvalid, fmt::format("{}: {}: absent, or not of its type", kWhat, member),
          "jobwarden-hook github job-started writes it; do both programs come from one "
          "installation?"};
}

// The finding says which member is wrong.
std::optional<Finding> Read(const Value& value, BrokerOrder& order) {
  const auto text = [&](std::string_view name) {
    const Value* member = value.Find(name);
    return member == nullptr ? nullptr : member->AsString();
  };
  const auto number = [&](std::string_view name) {
    const Value* member = value.Find(name);
    return member == nullptr ? std::nullopt : member->AsInteger();
  };
  for (const OrderText& each : kOrderTexts) {
    const std::string* found = text(each.name);
    if (found == nullptr) return Misused(each.name);
    order.*each.member = *found;
  }
  if (text("url") == nullptr) return Misused("url");
  if (text("token") == nullptr) return Misused("token");
  order.url = Secret(*text("url"));
  order.token = Secret(*text("token"));
  const auto worker = number("worker");
  const auto started = number("worker_started");
  if (!worker || *worker <= 0 || *worker > INT32_MAX) return Misused("worker");
  if (!started || *started < 0) return Misused("worker_started");
  order.worker = static_cast<pid_t>(*worker);
  order.worker_started = static_cast<std::uint64_t>(*started);
  const Value* job = value.Find("job");
  if (job == nullptr || job->AsObject() == nullptr) return Misused("job");
  order.job.provider = Provider::kGitHub;
  for (const JobText& each : kJobTexts) {
    const Value* member = job->Find(each.name);
    if (member == nullptr) continue;
    if (member->AsString() == nullptr) return Misused(each.name);
    order.job.*each.member = *member->AsString();
  }
  return std::nullopt;
}

}  // namespace

Secret FormatBrokerOrder(const BrokerOrder& order) {
  Object job;
  for (const JobText& each : kJobTexts) {
    if (order.job.*each.member) job.Set(each.name, *(order.job.*each.member));
  }
  Object object{{"url", order.url.view()},
                {"token", order.token.view()},
                {"worker", std::int64_t{order.worker}},
                {"worker_started", static_cast<std::int64_t>(order.worker_started)},
                {"job", std::move(job)}};
  for (const OrderText& each : kOrderTexts) object.Set(each.name, order.*each.member);
  Value value(std::move(object));
  Secret line(WriteJson(value) + "\n");
  Wipe(value);
  return line;
}

Result<BrokerOrder> ParseBrokerOrder(std::string_view line) {
  auto value = ParseJson(line, {.max_bytes = kMaxOrderBytes}, Code::kConfigInvalid, kWhat);
  if (!value) return std::move(value).findings();
  BrokerOrder order;
  auto problem = Read(*value, order);
  Wipe(*value);
  if (problem) return *std::move(problem);
  return order;
}

}  // namespace jobwarden
