#include "verifier/broker/broker.h"

#include <fmt/format.h>
#include <unistd.h>

extern "C" {  // glibc 2.36's header lacks this
#include <sys/pidfd.h>
}

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/broker/id_token_service.h"
#include "verifier/broker/report.h"
#include "verifier/broker/server.h"
#include "verifier/broker/step_table.h"
#include "verifier/broker/ticket_request.h"
#include "verifier/broker/work_pool.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

// Each waits for GitHub's answer most of the time.
constexpr std::size_t kMostAtOnce = 16;

TokenAnswer AnswerOrFail(IdTokenService& service, const TokenQuery& query,
                         const LoopbackClient& client) {
  try {
    return service.Answer(query, client);
  } catch (const std::exception&) {  // out of memory
    return TokenProblem(500, {{Code::kTokenRequestFailed, "the token broker failed"}});
  }
}

}  // namespace

Status RunBroker(const Config& config, BrokerOrder order, const std::function<void()>& ready) {
  const StepProcess worker{order.worker, order.worker_started};
  const std::string path = order.socket;
  auto server = BrokerServer::Open(path);
  if (!server) return std::move(server).findings();
  // Threads of the pool may still use these when this function returns.
  auto* const steps = new StepTable(
      worker.pid, fmt::format("http://127.0.0.1:{}{}", server->port(), kBrokerTarget));
  auto* const report = new BrokerReport;
  auto made = IdTokenService::Make(config, std::move(order), *steps, *report);
  if (!made) return std::move(made).findings();
  auto* const service = new IdTokenService(*std::move(made));
  auto* const pool = new WorkPool(kMostAtOnce);

  bool told_to_end = false;
  ServerCalls calls;
  calls.on_line = [&](const ucred& peer, std::string_view line) -> std::string {
    if (peer.uid != geteuid()) return "";
    if (line == kEndLine) {
      told_to_end = true;
      return report->Text();
    }
    const auto request = ParseTicketRequest(line);
    return request && peer.pid > 0 ? steps->Begin(peer.pid, *request) : std::string(kNoTicket);
  };
  calls.on_query = [&](const TokenQuery& query, const LoopbackClient& client, const Reply& reply) {
    pool->Do([=] { reply(AnswerOrFail(*service, query, client)); });
  };
  // A report that does not fit into the socket at once waits for one round more.
  calls.is_over = [&, rounds = 0]() mutable {
    return worker.HasEnded() || (told_to_end && ++rounds > 1);
  };
  const Fd wake(pidfd_open(worker.pid, 0));
  ready();
  server->Serve(calls, wake);
  unlink(path.c_str());
  return Ok();
}

}  // namespace jobwarden
