#include "verifier/broker/ticket_request.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

BOOST_AUTO_TEST_SUITE(ticket_request)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  for (const auto& [name, use] : kStepUses) {
    std::string line = FormatTicketRequest({use, "__run_2"});
    BOOST_REQUIRE(line.ends_with('\n'));
    line.pop_back();
    const auto read = ParseTicketRequest(line);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((read->use == use), name);
    BOOST_TEST(read->step == "__run_2");
  }
}

BOOST_AUTO_TEST_CASE(step_cannot_become_a_line_of_its_own) {
  BOOST_TEST(FormatTicketRequest({StepUse::kNamed, "a\nend"}) == "step named a end\n");
  const std::string line = FormatTicketRequest({StepUse::kNamed, std::string(9000, 'x')});
  BOOST_TEST(line.size() <= kMaxTicketLineBytes);
}

BOOST_AUTO_TEST_CASE(any_other_line_is_none) {
  for (const char* line : {"", "step", "step named", "step other x", "end", "Step named x"}) {
    BOOST_TEST(!ParseTicketRequest(line).has_value(), line);
  }
  BOOST_TEST(!ParseTicketRequest("step named " + std::string(300, 'x')).has_value());
}

BOOST_AUTO_TEST_CASE(ticket_is_read_only_whole) {
  const std::string answer = FormatTicket({"http://127.0.0.1:1/idtoken?api-version=2.0", "abc"});
  for (std::size_t size = 0; size < answer.size(); ++size) {
    BOOST_TEST(!ParseTicket(answer.substr(0, size)).has_value(), size);
  }
  BOOST_TEST(ParseTicket(answer)->token == "abc");
  BOOST_TEST(!ParseTicket(answer + "x").has_value());
  BOOST_TEST(!ParseTicket(kNoTicket).has_value());
  BOOST_TEST(!ParseTicket("\n\n").has_value());
}

BOOST_AUTO_TEST_CASE(url_of_a_broker_is_known) {
  BOOST_TEST(IsBrokerUrl("http://127.0.0.1:4711/idtoken?api-version=2.0"));
  BOOST_TEST(!IsBrokerUrl("https://127.0.0.1:4711/idtoken?api-version=2.0"));
  BOOST_TEST(!IsBrokerUrl("https://tokens.example.com/idtoken?api-version=2.0"));
  BOOST_TEST(!IsBrokerUrl(""));
}

BOOST_AUTO_TEST_SUITE_END()
