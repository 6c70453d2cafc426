#include "tests/support/token_endpoint.h"

#include <ctime>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace jobwarden::testing {
namespace {

constexpr const char* kPath = "/idtoken/9301";

std::string PercentDecoded(const std::string& text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      decoded += static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16));
      at += 2;
    } else {
      decoded += text[at];
    }
  }
  return decoded;
}

std::string Parameter(const std::string& query, const std::string& name) {
  const std::string all = "&" + query + "&";
  const auto at = all.find("&" + name + "=");
  if (at == all.npos) return "";
  const auto begin = at + name.size() + 2;
  return PercentDecoded(all.substr(begin, all.find('&', begin) - begin));
}

}  // namespace

struct TokenEndpoint::State {
  explicit State(const Signer& with) : signer(with) {}

  const Signer& signer;
  std::mutex mutex;
  std::map<std::string, GitHubJob> jobs;  // by what follows `bearer `
  std::deque<Answer> queue;
  std::optional<Answer> always;
  std::vector<std::string> audiences;
  std::vector<std::string> tokens;
  int requests = 0;

  Answer Take(const std::string& query, const std::string& authorization) {
    const std::lock_guard lock(mutex);
    ++requests;
    if (!queue.empty()) {
      Answer answer = std::move(queue.front());
      queue.pop_front();
      return answer;
    }
    if (always) return *always;
    const bool is_bearer =
        authorization.starts_with("bearer ") || authorization.starts_with("Bearer ");
    const auto job = jobs.find(is_bearer ? authorization.substr(7) : "");
    if (job == jobs.end()) return {.status = 401, .body = R"({"message":"unauthorized"})"};
    std::string audience = Parameter(query, "audience");
    if (audience.empty()) audience = "https://github.com/shop";
    audiences.push_back(audience);
    // Every token of GitHub's has an id of its own.
    auto claims = Claims(job->second, audience);
    claims["jti"] = "jti-" + job->second.run_id + "-" + std::to_string(requests);
    claims.merge_patch(job->second.claims);
    tokens.push_back(signer.Sign(claims.dump()));
    const nlohmann::ordered_json answer = {{"count", requests}, {"value", tokens.back()}};
    return {.status = 200, .body = answer.dump()};
  }
};

TokenEndpoint::TokenEndpoint(FakeIssuer& issuer, const Signer& signer)
    : state_(std::make_shared<State>(signer)), issuer_(issuer) {
  issuer_.SetResponder(
      kPath, [state = state_](const std::string& query, const std::string& authorization) {
        return state->Take(query, authorization);
      });
}

TokenEndpoint::~TokenEndpoint() {
  issuer_.SetResponder(kPath, nullptr);
}

void TokenEndpoint::Serve(GitHubJob& job) {
  job.issuer = issuer_.url();
  ServeAs(job, job);
}

void TokenEndpoint::ServeAs(GitHubJob& job, const GitHubJob& victim) {
  const std::lock_guard lock(state_->mutex);
  job.issuer = issuer_.url();
  job.id_token_request_url = issuer_.url() + kPath + "?api-version=2.0";
  job.id_token_request_token =
      "request-token-of-run-" + job.run_id + "-" + std::to_string(state_->jobs.size());
  GitHubJob& served = state_->jobs[job.id_token_request_token];
  served = victim;
  served.issuer = issuer_.url();
}

void TokenEndpoint::Replace(const GitHubJob& job, const GitHubJob& victim) {
  const std::lock_guard lock(state_->mutex);
  GitHubJob& served = state_->jobs[job.id_token_request_token];
  served = victim;
  served.issuer = issuer_.url();
}

void TokenEndpoint::Queue(std::vector<Answer> answers) {
  const std::lock_guard lock(state_->mutex);
  for (Answer& answer : answers) state_->queue.push_back(std::move(answer));
}

void TokenEndpoint::Always(std::optional<Answer> answer) {
  const std::lock_guard lock(state_->mutex);
  state_->always = std::move(answer);
}

int TokenEndpoint::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

std::vector<std::string> TokenEndpoint::audiences() const {
  const std::lock_guard lock(state_->mutex);
  return state_->audiences;
}

std::vector<std::string> TokenEndpoint::tokens() const {
  const std::lock_guard lock(state_->mutex);
  return state_->tokens;
}

}  // namespace jobwarden::testing
