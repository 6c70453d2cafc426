#include "verifier/http/server.h"

#include <utility>

#include "verifier/http/worker.h"

namespace jobwarden {

HttpServer::HttpServer(std::vector<Listener> listeners, TlsServer tls, HttpLimits limits,
                       HttpCalls calls)
    : shared_(std::make_shared<Shared>()) {
  shared_->listeners = std::move(listeners);
  shared_->tls = std::move(tls);
  shared_->limits = limits;
  shared_->calls = std::move(calls);
}

HttpServer::~HttpServer() {
  Stop();
}

Status HttpServer::Start() {
  for (std::size_t i = 0; i < shared_->limits.workers; ++i) {
    workers_.push_back(std::make_shared<Worker>(shared_));
  }
  for (const auto& worker : workers_) {
    if (!worker->Open(&workers_)) {
      return Finding{Code::kStateUnwritable, "no descriptor is left for a worker"};
    }
  }
  rounds_.resize(workers_.size());
  for (const auto& worker : workers_) threads_.emplace_back([worker] { worker->Run(); });
  return Ok();
}

void HttpServer::SetTls(TlsServer tls) {
  const std::lock_guard lock(shared_->mutex);
  shared_->tls = std::move(tls);
}

void HttpServer::Drain() {
  shared_->draining = true;
  for (const auto& worker : workers_) worker->Nudge();
}

void HttpServer::Stop() {
  shared_->stopping = true;
  for (const auto& worker : workers_) worker->Nudge();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

std::size_t HttpServer::connections() const {
  return shared_->connections;
}

std::size_t HttpServer::waiting() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->all_waiting;
}

bool HttpServer::IsAlive() {
  bool alive = true;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const std::uint64_t rounds = workers_[i]->rounds();
    alive = alive && rounds != std::exchange(rounds_[i], rounds);
  }
  return alive;
}

}  // namespace jobwarden
