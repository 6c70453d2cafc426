#include "verifier/mask/multi_search.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <set>
#include <string>
#include <utility>

using namespace jobwarden;

namespace {

using Places = std::vector<std::pair<std::size_t, std::size_t>>;  // index, begin

Places Find(const std::vector<std::string_view>& patterns, std::string_view text) {
  Places found;
  MultiSearch(patterns).Find(text, [&](std::size_t index, std::size_t begin) {
    found.emplace_back(index, begin);
    return true;
  });
  return found;
}

// One string after the other, at one place after the other.
std::multiset<std::pair<std::size_t, std::size_t>> FindPlainly(
    const std::vector<std::string_view>& patterns, std::string_view text) {
  std::multiset<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (patterns[i].empty()) continue;
    for (auto at = text.find(patterns[i]); at != text.npos; at = text.find(patterns[i], at + 1)) {
      found.emplace(i, at);
    }
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(multi_search)

BOOST_AUTO_TEST_CASE(each_string_is_found_wherever_it_stands) {
  const std::vector<std::string_view> names{"CI_JOB_TOKEN", "VAULT_ID_TOKEN", "ID_TOKEN"};
  const Places expected{{0, 1}, {1, 15}, {2, 21}, {2, 30}};
  BOOST_TEST((Find(names, "$CI_JOB_TOKEN $VAULT_ID_TOKEN ID_TOKEN") == expected));
}

BOOST_AUTO_TEST_CASE(a_string_that_is_the_whole_text_is_found) {
  for (std::size_t size = 1; size <= 40; ++size) {
    const std::string text(size, 'x');
    BOOST_TEST((Find({text}, text) == Places{{0, 0}}));
    BOOST_TEST(Find({text}, text.substr(1)).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_string_that_begins_another_is_found_beside_it) {
  BOOST_TEST((Find({"abcdefgh", "abcdefghijkl", "abcdefgh"}, "-abcdefghijkl") ==
              Places{{0, 1}, {2, 1}, {1, 1}}));
}

BOOST_AUTO_TEST_CASE(nothing_and_empty_strings_are_found_nowhere) {
  BOOST_TEST(Find({}, "text").empty());
  BOOST_TEST(Find({"", ""}, "text").empty());
  BOOST_TEST((Find({"", "text"}, "text") == Places{{1, 0}}));
  BOOST_TEST(Find({"text"}, "").empty());
}

BOOST_AUTO_TEST_CASE(a_search_ends_when_it_is_told_to) {
  int calls = 0;
  MultiSearch({"abcdefgh"}).Find("abcdefgh abcdefgh abcdefgh", [&](std::size_t, std::size_t) {
    return ++calls < 2;
  });
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(matches_come_in_the_order_of_their_beginnings) {
  std::size_t last = 0;
  std::size_t count = 0;
  const std::string text(1000, 'a');
  MultiSearch({"aaaaaaaa", "aaaaaaaaaaaaaaaa"}).Find(text, [&](std::size_t, std::size_t begin) {
    BOOST_TEST(begin >= last);
    last = begin;
    ++count;
    return true;
  });
  BOOST_TEST(count == 993U + 985U);
}

BOOST_AUTO_TEST_CASE(it_finds_what_a_plain_search_finds) {
  std::mt19937 random(1);
  const auto text_of = [&](std::size_t size, std::size_t letters) {
    std::string text;
    while (text.size() < size) text += "abcd"[random() % letters];
    return text;
  };
  for (int round = 0; round < 3000; ++round) {
    const std::size_t letters = 1 + random() % 4;
    const std::size_t shortest = random() % 18;
    std::vector<std::string> owned;
    for (std::size_t i = 1 + random() % 12; i > 0; --i) {
      owned.push_back(text_of(shortest + random() % 10, letters));
    }
    std::string text = text_of(random() % 200, letters);
    for (std::size_t i = random() % 4; i > 0; --i) {
      text.insert(random() % (text.size() + 1), owned[random() % owned.size()]);
    }
    const std::vector<std::string_view> patterns(owned.begin(), owned.end());
    const Places found = Find(patterns, text);
    BOOST_REQUIRE((std::multiset<std::pair<std::size_t, std::size_t>>(found.begin(), found.end()) ==
                   FindPlainly(patterns, text)));
  }
}

BOOST_AUTO_TEST_CASE(any_byte_is_one_like_others) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (std::size_t at = 0; at + 9 <= all.size(); ++at) {
    BOOST_TEST((Find({std::string_view(all).substr(at, 9)}, all) == Places{{0, at}}));
  }
}

BOOST_AUTO_TEST_CASE(the_beginning_of_a_head_at_the_end_is_seen) {
  const MultiSearch search({"ababcdefgh", "xyzxyzxyz1"});
  BOOST_TEST(search.head_size() == 10U);
  BOOST_TEST(search.BegunAtEnd("") == 0U);
  BOOST_TEST(search.BegunAtEnd("nothing") == 0U);
  BOOST_TEST(search.BegunAtEnd("ab") == 2U);
  BOOST_TEST(search.BegunAtEnd("xabab") == 4U);
  BOOST_TEST(search.BegunAtEnd("ababcdefgx") == 1U);
  BOOST_TEST(search.BegunAtEnd("ababcdefg") == 9U);
  BOOST_TEST(search.BegunAtEnd("ababcdefgh") == 0U);
  BOOST_TEST(search.BegunAtEnd("xyzxyzxyzxyz") == 9U);
}

BOOST_AUTO_TEST_SUITE_END()
