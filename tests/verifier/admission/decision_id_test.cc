#include "verifier/admission/decision_id.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

using namespace jobwarden;

BOOST_AUTO_TEST_SUITE(decision_id)

BOOST_AUTO_TEST_CASE(a_new_id_is_sixteen_characters_that_cannot_be_confused) {
  std::set<char> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = NewDecisionId();
    BOOST_TEST(id.size() == 16U);
    BOOST_TEST(id.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz") == id.npos);
    seen.insert(id.begin(), id.end());
  }
  BOOST_TEST(seen.size() == 32U);
}

BOOST_AUTO_TEST_CASE(no_id_is_made_twice) {
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(NewDecisionId());
  BOOST_TEST(ids.size() == 10'000U);
}

BOOST_AUTO_TEST_CASE(an_id_is_read_as_a_person_writes_it) {
  const std::string id = NewDecisionId();
  BOOST_TEST(ReadDecisionId(id).value() == id);
  BOOST_TEST(ReadDecisionId("7K3M-9QXA-2B4C-5D6E").value() == "7k3m9qxa2b4c5d6e");
  BOOST_TEST(ReadDecisionId("O1iL 9qxa 2b4c 5d6e").value() == "01119qxa2b4c5d6e");
}

BOOST_AUTO_TEST_CASE(other_text_is_not_an_id) {
  for (const auto* text : {"", "7k3m9qxa2b4c5d6", "7k3m9qxa2b4c5d6ee", "7k3m9qxa2b4c5d6u",
                           "7k3m9qxa2b4c5d6\n", "7k3m9qxa2b4c5d6\xff"}) {
    BOOST_TEST(!ReadDecisionId(text));
  }
}

BOOST_AUTO_TEST_SUITE_END()
