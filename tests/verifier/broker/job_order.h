#ifndef JOBWARDEN_TESTS_VERIFIER_BROKER_JOB_ORDER_H_
#define JOBWARDEN_TESTS_VERIFIER_BROKER_JOB_ORDER_H_

#include <unistd.h>

#include <string>
#include <utility>

#include "tests/support/github_job.h"
#include "verifier/broker/order.h"
#include "verifier/os/process_stat.h"

namespace jobwarden::testing {

/// The order for a broker of this job, whose steps this process starts. The issuer is `github`, the
/// rule `deploys`.
inline BrokerOrder OrderOf(const GitHubJob& job, std::string policy_sha256, std::string socket) {
  BrokerOrder order;
  order.url = Secret(job.id_token_request_url);
  order.token = Secret(job.id_token_request_token);
  order.issuer = "github";
  order.decision_id = "abcdefgh12345678";
  order.rule = "deploys";
  order.policy_sha256 = std::move(policy_sha256);
  order.socket = std::move(socket);
  order.worker = getpid();
  order.worker_started = StatOf(getpid())->started;
  order.job.provider = Provider::kGitHub;
  order.job.repository = job.repository;
  order.job.run_id = job.run_id;
  order.job.run_attempt = job.run_attempt;
  return order;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_BROKER_JOB_ORDER_H_
