#include "hooks/guard/environment_block.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

std::vector<std::string> Entries(EnvironmentBlock& block) {
  std::vector<std::string> texts;
  for (char* const* entry = block.entries(); *entry != nullptr; ++entry) texts.emplace_back(*entry);
  return texts;
}

struct Block {
  std::string a = "A=1", ab = "AB=2", second_a = "A=3", odd = "no equals", empty = "E=";
  std::vector<char*> pointers = {a.data(),   ab.data(),    second_a.data(),
                                 odd.data(), empty.data(), nullptr};
  EnvironmentBlock block{pointers.data()};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(environment_block)

BOOST_AUTO_TEST_CASE(first_value_of_a_name_counts) {
  const Block it;
  BOOST_TEST(it.block.Get("A") == "1");
  BOOST_TEST(it.block.Get("AB") == "2");
  BOOST_TEST(it.block.Get("B") == "");
  BOOST_TEST(it.block.Has("E"));
  BOOST_TEST(!it.block.Has("no equals"));
}

BOOST_AUTO_TEST_CASE(all_entries_of_a_name_are_dropped_and_nothing_else) {
  Block it;
  it.block.Drop("A");
  const std::vector<std::string> left = {"AB=2", "no equals", "E="};
  BOOST_TEST(Entries(it.block) == left, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(value_is_replaced_where_it_stands) {
  Block it;
  it.block.Replace("AB", "x");
  it.block.Replace("ABSENT", "y");
  const std::vector<std::string> all = {"A=1", "AB=x", "A=3", "no equals", "E="};
  BOOST_TEST(Entries(it.block) == all, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
