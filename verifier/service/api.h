#ifndef JOBWARDEN_VERIFIER_SERVICE_API_H_
#define JOBWARDEN_VERIFIER_SERVICE_API_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "verifier/http/server.h"
#include "verifier/service/metrics.h"
#include "verifier/service/rate_limit.h"
#include "verifier/service/site.h"

namespace jobwarden {

/// The service's answers: which request gets which, by path, method and who asks.
class Api {
 public:
  explicit Api(std::shared_ptr<const Site> site)
      : site_(std::move(site)), rate_(site_->config.serve.rate) {}

  /// New requests are answered from this.
  void SetSite(std::shared_ptr<const Site> site);
  std::shared_ptr<const Site> site() const;
  Metrics& metrics() { return metrics_; }

  /// What only the server knows, for /metrics: connections, waiting requests. Set before the first
  /// request.
  std::function<Metrics::Gauges()> gauges;

  HttpReply Handle(HttpExchange& exchange);
  /// The answer to a request that cannot be read.
  static HttpResponse Refuse(const HttpFault& fault);

 private:
  HttpReply Route(HttpExchange& exchange, const Site& site);

  mutable std::mutex mutex_;
  std::shared_ptr<const Site> site_;
  RateLimit rate_;
  Metrics metrics_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_API_H_
