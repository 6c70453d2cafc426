#include "verifier/service/service.h"

#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "verifier/admission/job_log.h"
#include "verifier/base/text.h"
#include "verifier/config/pulled_policy.h"
#include "verifier/http/listener.h"
#include "verifier/http/server.h"
#include "verifier/http/tls.h"
#include "verifier/os/fd.h"
#include "verifier/service/access_log.h"
#include "verifier/service/api.h"
#include "verifier/service/notify.h"
#include "verifier/service/site.h"

namespace jobwarden {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kDrain{30};
constexpr std::chrono::milliseconds kTick{500};
constexpr std::chrono::milliseconds kFirstKeys{2000};

void Tell(std::string_view text) {
  Say(STDERR_FILENO, fmt::format("jobwarden: serve: {}\n", text));
}

void Tell(const Findings& findings) {
  Say(STDERR_FILENO, FindingsText(findings));
}

Result<std::vector<Listener>> OpenListeners(const ServeSettings& serve,
                                            const ServiceOptions& options) {
  auto listeners = TakeActivatedSockets();
  if (!listeners) return listeners;
  const auto& places = options.listen.empty() ? serve.listen : options.listen;
  if (listeners->empty()) {
    for (const std::string& text : places) {
      const auto address = ParseListenAddress(text);
      if (!address) {
        return NotAnAddress(text);
      }
      auto listener = Listen(*address, serve.socket_mode);
      if (!listener) return std::move(listener).findings();
      listeners->push_back(*std::move(listener));
    }
  }
  const bool is_open =
      serve.tls_certificate.empty() && !serve.insecure_listen && !options.insecure_listen;
  for (const Listener& listener : *listeners) {
    if (listener.is_local || !is_open) continue;
    return WithoutTls(listener.name);
  }
  return listeners;
}

// How many connections there may be: as many as are wanted, if this process may have so many
// descriptors. Some are left for the rest of the service, which reads files and fetches keys.
std::size_t ConnectionsFor(std::size_t wanted) {
  constexpr std::size_t kLeft = 128;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  const rlim_t enough = wanted + kLeft;
  if (files.rlim_cur < enough) {
    files.rlim_cur = std::min(files.rlim_max, enough);
    setrlimit(RLIMIT_NOFILE, &files);
  }
  if (files.rlim_cur >= enough) return wanted;
  const std::size_t most = files.rlim_cur < 2 * kLeft ? files.rlim_cur / 2 : files.rlim_cur - kLeft;
  Tell(
      fmt::format("serve.max_connections: {} instead of {}, because this process may have {} "
                  "descriptors; raise LimitNOFILE",
                  most, wanted, files.rlim_cur));
  return most;
}

// Removes the Unix sockets that this process made.
void RemoveSockets(const std::vector<std::string>& names) {
  for (std::string_view name : names) {
    if (TakePrefix(name, "unix:")) unlink(std::string(name).c_str());
  }
}

class Service {
 public:
  Service(std::shared_ptr<Site> site, TlsServer tls, LoadAgain load, ServiceNotifier notifier)
      : serve_(site->config.serve),
        state_dir_(site->config.state_dir),
        policy_(site->config.pulled ? site->config.pulled->folder : ""),
        load_(std::move(load)),
        notifier_(std::move(notifier)),
        log_(STDERR_FILENO, serve_.access_log),
        api_(std::move(site)),
        has_tls_(tls != nullptr),
        tls_(std::move(tls)) {}

  Status Run(std::vector<Listener> listeners, int signals) {
    std::vector<std::string> names;
    names.reserve(listeners.size());
    for (const Listener& each : listeners) names.push_back(each.name);
    HttpLimits limits;
    limits.workers = serve_.workers;
    limits.max_connections = serve_.max_connections;
    HttpServer server(std::move(listeners), tls_, limits, Calls());
    api_.gauges = [&] {
      return Metrics::Gauges{server.connections(), server.waiting(), api_.site()->keys.health()};
    };
    tls_state_ = TlsFilesState(FilesOf(serve_));
    api_.site()->keys.WaitForFirstLook(kFirstKeys);
    if (auto started = server.Start(); !started) return started;
    Tell("listening at " + Join(names, ", ") + (has_tls_ ? ", with TLS" : ""));
    notifier_.Ready("listening at " + Join(names, ", "));
    Loop(server, signals);
    notifier_.Stopping();
    Drain(server);
    RemoveSockets(names);
    return Ok();
  }

 private:
  HttpCalls Calls() {
    HttpCalls calls;
    calls.handle = [this](HttpExchange& exchange) { return api_.Handle(exchange); };
    calls.refuse = Api::Refuse;
    calls.done = [this](const HttpClient& client, const std::string& method,
                        const HttpResponse& answer, std::chrono::nanoseconds took) {
      api_.metrics().Count(answer.route, answer.status, answer.outcome, took);
      const bool written =
          log_.Write({client.name, method, answer.route, answer.status, answer.outcome,
                      std::chrono::duration_cast<std::chrono::microseconds>(took)});
      if (!written) api_.metrics().CountLostLogLine();
    };
    return calls;
  }

  void Loop(HttpServer& server, int signals) {
    auto alive_at = steady_clock::now();
    for (;;) {
      pollfd polled{signals, POLLIN, 0};
      poll(&polled, 1, static_cast<int>(kTick.count()));
      signalfd_siginfo signal{};
      if (read(signals, &signal, sizeof(signal)) == sizeof(signal)) {
        if (signal.ssi_signo != SIGHUP) return;
        Reload(server, Cause::kAsked);
      }
      if (has_tls_) LookAtCertificate(server);
      LookAtPolicy(server);
      const auto watchdog = notifier_.watchdog();
      const auto now = steady_clock::now();
      if (watchdog && now - alive_at >= *watchdog / 3 && server.IsAlive()) {
        notifier_.Alive();
        alive_at = now;
      }
    }
  }

  enum class Cause { kAsked, kPolicy };

  Result<std::shared_ptr<Site>> LoadSite(Cause cause) {
    auto config = load_();
    if (!config) return std::move(config).findings();
    // Who removes a key or a policy and asks for a reload means it. A policy that came by itself
    // and cannot be used does not replace one that can.
    if (cause == Cause::kPolicy && !config->pull_problems.empty()) return config->pull_problems;
    return MakeSite(*std::move(config));
  }

  void Reload(HttpServer& server, Cause cause) {
    notifier_.Reloading();
    bool good = false;
    policy_ = PolicyNow(state_dir_);
    auto site = LoadSite(cause);
    if (site) {
      serve_ = (*site)->config.serve;
      state_dir_ = (*site)->config.state_dir;
      Tell((*site)->config.warnings);
      (*site)->keys.WaitForFirstLook(kFirstKeys);
      api_.SetSite(*std::move(site));
      good = true;
      Tell("the configuration was reloaded");
    } else {
      Tell(site.findings());
      Tell("the configuration was not reloaded: the one before stays");
    }
    api_.metrics().CountReload(good);
    if (has_tls_) ReplaceCertificate(server);
    notifier_.Ready(good ? "reloaded" : "a reload was refused");
  }

  // The folder of the policy that `policy pull` has put in force; empty without one.
  static std::string PolicyNow(const std::string& state_dir) {
    const auto folder = CurrentVersion(state_dir);
    return folder ? *folder : "";
  }

  // A policy that was pulled since the last look is taken, with the configuration as it is then.
  void LookAtPolicy(HttpServer& server) {
    const auto site = api_.site();
    if (site->config.policy_settings.pull.keys.empty()) return;
    if (PolicyNow(state_dir_) == policy_) return;
    Tell("another policy was pulled");
    Reload(server, Cause::kPolicy);
  }

  void LookAtCertificate(HttpServer& server) {
    if (TlsFilesState(FilesOf(serve_)) != tls_state_) ReplaceCertificate(server);
  }

  void ReplaceCertificate(HttpServer& server) {
    tls_state_ = TlsFilesState(FilesOf(serve_));
    auto tls = MakeTlsServer(FilesOf(serve_));
    api_.metrics().CountReload(static_cast<bool>(tls));
    if (tls) {
      server.SetTls(*std::move(tls));
      Tell("the certificate was reloaded");
    } else {
      Tell(tls.findings());
      Tell("the certificate was not reloaded: the one before stays");
    }
  }

  static void Drain(HttpServer& server) {
    Tell("ends: what has begun is answered");
    server.Drain();
    const auto until = steady_clock::now() + kDrain;
    while (server.connections() > 0 && steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    server.Stop();
  }

  ServeSettings serve_;
  std::string state_dir_;
  std::string policy_;  // the folder of the pulled policy when it was last loaded
  LoadAgain load_;
  ServiceNotifier notifier_;
  AccessLog log_;
  Api api_;
  bool has_tls_;
  TlsServer tls_;
  std::string tls_state_;
};

}  // namespace

Status RunService(Config config, const ServiceOptions& options, const LoadAgain& load) {
  auto notifier = ServiceNotifier::FromEnvironment();
  if (config.serve.workers == 0) {
    config.serve.workers = std::max(1U, std::thread::hardware_concurrency());
  }
  // Tokens are copied into few places, and freed memory is used again soon.
  mallopt(M_ARENA_MAX, 2);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  // Blocked before there is a thread, so that no thread takes them.
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const Fd signals(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));

  config.serve.max_connections = ConnectionsFor(config.serve.max_connections);
  auto listeners = OpenListeners(config.serve, options);
  if (!listeners) return std::move(listeners).findings();
  TlsServer tls;
  if (!config.serve.tls_certificate.empty()) {
    auto made = MakeTlsServer(FilesOf(config.serve));
    if (!made) return std::move(made).findings();
    tls = *std::move(made);
  }
  auto site = MakeSite(std::move(config));
  if (!site) return std::move(site).findings();
  return Service(*std::move(site), std::move(tls), load, std::move(notifier))
      .Run(*std::move(listeners), signals.get());
}

}  // namespace jobwarden
