#include "verifier/fetch/connection.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using Poco::Net::IPAddress;
using std::chrono::microseconds;
using std::chrono::steady_clock;

Finding Unreachable(std::string message, std::string hint = "") {
  return {Code::kKeysUnavailable, std::move(message), std::move(hint)};
}

constexpr const char* kResolverHint =
    "is the name right, and does this machine resolve names (/etc/resolv.conf)?";

// The system's resolver takes no deadline. It runs in a thread of its own, which is left to itself
// when it takes too long.
Result<std::vector<IPAddress>> Resolve(const std::string& host, Deadline deadline) {
  IPAddress literal;
  if (IPAddress::tryParse(host, literal)) return std::vector<IPAddress>{literal};
  const auto answer = std::make_shared<std::promise<std::vector<IPAddress>>>();
  auto addresses = answer->get_future();
  std::thread([answer, host] {
    try {
      answer->set_value(Poco::Net::DNS::hostByName(host).addresses());
    } catch (...) {
      answer->set_exception(std::current_exception());
    }
  }).detach();
  if (addresses.wait_until(deadline) != std::future_status::ready) {
    return Unreachable("the name server did not answer in time", kResolverHint);
  }
  try {
    auto found = addresses.get();
    if (!found.empty()) return found;
  } catch (const Poco::Exception&) {
    // Poco says no more than that there is no address.
  }
  return Unreachable(fmt::format("no address is known for host {}", Quote(host)), kResolverHint);
}

std::string ConnectError(const Poco::Exception& error, const std::string& address) {
  if (dynamic_cast<const Poco::TimeoutException*>(&error) != nullptr) {
    return "no connection to " + address + " in time";
  }
  if (dynamic_cast<const Poco::Net::ConnectionRefusedException*>(&error) != nullptr) {
    return "connection refused by " + address;
  }
  return fmt::format("no connection to {}: {}", address,
                     error.code() != 0 ? ErrorText(error.code()) : error.displayText());
}

}  // namespace

Result<Poco::Net::StreamSocket> Connect(const std::string& host, std::uint16_t port,
                                        Deadline deadline) {
  const auto addresses = Resolve(host, deadline);
  if (!addresses) return addresses.findings();
  std::string error;
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    const Poco::Net::SocketAddress address((*addresses)[i], port);
    // An address that never answers must leave time for the others.
    const auto left =
        std::chrono::duration_cast<microseconds>(deadline - steady_clock::now()).count() /
        static_cast<std::int64_t>(addresses->size() - i);
    try {
      Poco::Net::StreamSocket socket;
      socket.connect(address, Poco::Timespan(std::max<std::int64_t>(left, 1)));
      return socket;
    } catch (const Poco::Exception& refusal) {
      error = ConnectError(refusal, address.toString());
    }
  }
  return Unreachable(error);
}

CutAtDeadline::CutAtDeadline(const Poco::Net::StreamSocket& socket, Deadline deadline)
    : socket_(fcntl(socket.impl()->sockfd(), F_DUPFD_CLOEXEC, 0)), thread_([this, deadline] {
        std::unique_lock lock(mutex_);
        if (!done_changed_.wait_until(lock, deadline, [this] { return done_; })) {
          shutdown(socket_.get(), SHUT_RDWR);
        }
      }) {}

CutAtDeadline::~CutAtDeadline() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  done_changed_.notify_one();
  thread_.join();
}

}  // namespace jobwarden
