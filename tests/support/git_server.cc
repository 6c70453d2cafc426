#include "tests/support/git_server.h"

#include <Poco/Net/HTTPBasicCredentials.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/URI.h>

#include <filesystem>

namespace jobwarden::testing {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

struct Served {
  std::string folder;
  std::string user;
  std::string password;
};

class Handler : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(const Served& served) : served_(served) {}

  void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
    if (!IsAllowed(request)) {
      response.requireAuthentication("git");
      response.send();
      return;
    }
    const std::string path = served_.folder + Poco::URI(request.getURI()).getPath();
    if (path.find("..") == path.npos && std::filesystem::is_regular_file(path)) {
      response.sendFile(path, "text/plain");
    } else {
      response.setStatusAndReason(HTTPServerResponse::HTTP_NOT_FOUND);
      response.send();
    }
  }

 private:
  bool IsAllowed(const HTTPServerRequest& request) const {
    if (!request.hasCredentials()) return false;
    const Poco::Net::HTTPBasicCredentials credentials(request);
    return credentials.getUsername() == served_.user &&
           credentials.getPassword() == served_.password;
  }

  const Served& served_;
};

class Factory : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(const Served& served) : served_(served) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new Handler(served_);
  }

 private:
  const Served& served_;
};

}  // namespace

struct GitServer::State {
  Served served;
  Poco::ThreadPool pool;
  std::unique_ptr<Poco::Net::HTTPServer> server;
};

GitServer::GitServer(const std::string& folder, const std::string& user,
                     const std::string& password)
    : state_(std::make_unique<State>()) {
  state_->served = {folder, user, password};
  const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
  Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
  parameters->setKeepAlive(false);
  state_->server = std::make_unique<Poco::Net::HTTPServer>(new Factory(state_->served),
                                                           state_->pool, socket, parameters);
  state_->server->start();
}

GitServer::~GitServer() {
  state_->server->stopAll(true);
  state_->pool.joinAll();
}

std::string GitServer::host() const {
  return "127.0.0.1:" + std::to_string(state_->server->port());
}

}  // namespace jobwarden::testing
