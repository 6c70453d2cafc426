#include "tests/support/token_endpoint.h"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include <boost/test/unit_test.hpp>
#include <utility>

using namespace jobwarden::testing;

namespace {

std::pair<int, std::string> Ask(const GitHubJob& job, const std::string& audience) {
  const Poco::URI uri(job.id_token_request_url + "&audience=" + audience);
  Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
  Poco::Net::HTTPRequest request("GET", uri.getPathAndQuery());
  request.set("Authorization", "bearer " + job.id_token_request_token);
  session.sendRequest(request);
  Poco::Net::HTTPResponse response;
  std::string body;
  Poco::StreamCopier::copyToString(session.receiveResponse(response), body);
  return {response.getStatus(), body};
}

struct Server {
  FakeIssuer issuer;
  Signer signer{"RS256", "github-key"};
  TokenEndpoint endpoint{issuer, signer};
  GitHubJob job = GitHubDeploy();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(token_endpoint)

BOOST_AUTO_TEST_CASE(job_gets_a_token_for_the_audience_that_it_names) {
  Server server;
  server.endpoint.Serve(server.job);
  const auto [status, body] = Ask(server.job, "https%3A%2F%2Fa.example%2F0f");
  BOOST_TEST(status == 200);
  const std::string token = nlohmann::json::parse(body)["value"];
  BOOST_TEST(server.endpoint.tokens().at(0) == token);
  BOOST_TEST(server.endpoint.audiences().at(0) == "https://a.example/0f");
  BOOST_TEST(Claims(server.job, "a")["iss"] == server.issuer.url());
}

BOOST_AUTO_TEST_CASE(stranger_gets_nothing) {
  Server server;
  server.endpoint.Serve(server.job);
  server.job.id_token_request_token += "x";
  BOOST_TEST(Ask(server.job, "a").first == 401);
}

BOOST_AUTO_TEST_CASE(answers_can_be_told) {
  Server server;
  server.endpoint.Serve(server.job);
  server.endpoint.Queue({{.status = 429}, {.status = 500}});
  BOOST_TEST(Ask(server.job, "a").first == 429);
  BOOST_TEST(Ask(server.job, "a").first == 500);
  BOOST_TEST(Ask(server.job, "a").first == 200);
  server.endpoint.Always(Answer{.status = 200, .body = "garbage"});
  BOOST_TEST(Ask(server.job, "a").second == "garbage");
  BOOST_TEST(server.endpoint.requests() == 4);
}

BOOST_AUTO_TEST_SUITE_END()
