#include "tests/support/raw_server.h"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Timespan.h>

#include <array>
#include <csignal>
#include <utility>

namespace jobwarden::testing {

using Poco::Net::Socket;
using Poco::Net::StreamSocket;

RawServer::RawServer(std::function<void(StreamSocket&, const RawServer&)> serve)
    : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)), thread_([this, serve = std::move(serve)] {
        static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
        while (!stopping_) {
          if (!socket_.poll(Poco::Timespan(0, 20'000), Socket::SELECT_READ)) continue;
          StreamSocket connection = socket_.acceptConnection();
          try {
            serve(connection, *this);
          } catch (const Poco::Exception&) {
            // The client went away.
          }
        }
      }) {}

RawServer::~RawServer() {
  stopping_ = true;
  thread_.join();
}

std::string ReadHeader(StreamSocket& socket) {
  std::string header;
  char byte = 0;
  while (!header.ends_with("\r\n\r\n") && socket.receiveBytes(&byte, 1) == 1) header += byte;
  return header;
}

void SendText(StreamSocket& socket, const std::string& text) {
  socket.sendBytes(text.data(), static_cast<int>(text.size()));
}

void Relay(StreamSocket& a, StreamSocket& b, const RawServer& server) {
  std::array<char, 16'384> buffer{};
  while (!server.stopping()) {
    Socket::SocketList readable = {a, b};
    Socket::SocketList none;
    Socket::SocketList failed;
    if (Socket::select(readable, none, failed, Poco::Timespan(0, 20'000)) == 0) continue;
    for (const Socket& ready : readable) {
      StreamSocket& from = ready == a ? a : b;
      StreamSocket& to = ready == a ? b : a;
      const int got = from.receiveBytes(buffer.data(), buffer.size());
      if (got <= 0) return;
      to.sendBytes(buffer.data(), got);
    }
  }
}

}  // namespace jobwarden::testing
