#include "verifier/broker/order.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

BrokerOrder Good() {
  BrokerOrder order;
  order.url = Secret("https://tokens.example.com/x?a=b");
  order.token = Secret("bearer-token");
  order.issuer = "github";
  order.decision_id = "abcdefgh12345678";
  order.rule = "deploys \"of\" main";
  order.policy_sha256 = "ab12";
  order.socket = "/state/broker";
  order.worker = 4711;
  order.worker_started = 99;
  order.job.provider = Provider::kGitHub;
  order.job.repository = "shop/checkout";
  order.job.run_id = "9301";
  order.job.ref = "";
  return order;
}

std::string LineOf(const BrokerOrder& order) {
  std::string line(FormatBrokerOrder(order).view());
  BOOST_REQUIRE(line.ends_with('\n'));
  line.pop_back();
  return line;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(order)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const auto read = ParseBrokerOrder(LineOf(Good()));
  BOOST_REQUIRE(read);
  BOOST_TEST(read->url.view() == Good().url.view());
  BOOST_TEST(read->token.view() == "bearer-token");
  BOOST_TEST(read->issuer == "github");
  BOOST_TEST(read->decision_id == Good().decision_id);
  BOOST_TEST(read->rule == Good().rule);
  BOOST_TEST(read->policy_sha256 == "ab12");
  BOOST_TEST(read->socket == "/state/broker");
  BOOST_TEST(read->worker == 4711);
  BOOST_TEST(read->worker_started == 99U);
  BOOST_TEST((read->job.provider == Provider::kGitHub));
  BOOST_TEST(*read->job.repository == "shop/checkout");
  BOOST_TEST(*read->job.run_id == "9301");
  // Empty and absent are two things.
  BOOST_TEST(*read->job.ref == "");
  BOOST_TEST(!read->job.sha.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_not_whole_is_refused_without_showing_it) {
  const std::string line = LineOf(Good());
  for (const std::string member : {"url", "token", "issuer", "decision_id", "rule", "socket",
                                   "worker", "worker_started", "policy_sha256", "job"}) {
    std::string changed = line;
    changed.replace(changed.find('"' + member + "\":"), member.size() + 2, "\"x" + member + '"');
    const auto read = ParseBrokerOrder(changed);
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.findings().front().code == Code::kConfigInvalid), member);
    BOOST_TEST(read.findings().front().message.find("bearer-token") == std::string::npos);
  }
  BOOST_TEST(!ParseBrokerOrder(line.substr(0, line.size() - 1)));
  BOOST_TEST(!ParseBrokerOrder(""));
  BOOST_TEST(!ParseBrokerOrder("[]"));
}

BOOST_AUTO_TEST_CASE(worker_that_is_no_process_is_refused) {
  BrokerOrder order = Good();
  order.worker = 0;
  BOOST_TEST(!ParseBrokerOrder(LineOf(order)));
}

BOOST_AUTO_TEST_SUITE_END()
