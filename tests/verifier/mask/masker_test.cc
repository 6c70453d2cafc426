#include "verifier/mask/masker.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/verifier/mask/plain_masker.h"
#include "tests/verifier/mask/streams.h"
#include "tests/verifier/unsigned_jwt.h"
#include "verifier/base/encoding.h"
#include "verifier/base/secret.h"
#include "verifier/mask/masked_forms.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

using Values = std::vector<std::string_view>;

void CheckBecomes(const Values& values, const std::string& text, const std::string& expected) {
  const MaskSet set(values, {});
  BOOST_TEST(MaskWhole(set, text) == expected);
  BOOST_TEST(MaskPlainly(text, values, {}) == expected);
  BOOST_TEST(CutsThatMatter(set, text) == 0);
}

// The longest end of the text that begins one of the forms without being one.
std::size_t Begun(const Values& values, std::string_view text) {
  std::size_t longest = 0;
  for (const std::string_view value : values) {
    for (const Secret& form : MaskedForms(value)) {
      for (std::size_t size = std::min(text.size(), form.size() - 1); size > longest; --size) {
        if (form.view().starts_with(text.substr(text.size() - size))) longest = size;
      }
    }
  }
  return longest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(masker)

BOOST_AUTO_TEST_CASE(a_value_is_masked_wherever_it_stands) {
  CheckBecomes({"hunter2-hunter2"}, "hunter2-hunter2", "[MASKED]");
  CheckBecomes({"hunter2-hunter2"}, "a hunter2-hunter2\nhunter2-hunter2hunter2-hunter2.",
               "a [MASKED]\n[MASKED][MASKED].");
  CheckBecomes({"hunter2-hunter2"}, "hunter2-hunter", "hunter2-hunter");
}

BOOST_AUTO_TEST_CASE(each_form_of_a_value_is_masked) {
  const std::string value = "p@ss w0rd/\"\xc3\xa9\"\n+";
  for (const Secret& form : MaskedForms(value)) {
    CheckBecomes({value}, "<" + std::string(form.view()) + ">", "<[MASKED]>");
  }
}

BOOST_AUTO_TEST_CASE(values_under_eight_bytes_pass) {
  CheckBecomes({"", "1234567"}, "1234567 MTIzNDU2Nw==", "1234567 MTIzNDU2Nw==");
}

BOOST_AUTO_TEST_CASE(nothing_to_mask_holds_nothing_back) {
  const MaskSet set({}, {});
  Masker masker(set);
  BOOST_TEST(Text(masker.Feed("eyJ")) == "eyJ");
  BOOST_TEST(Text(masker.Feed("")) == "");
  BOOST_TEST(Text(masker.Finish()) == "");
}

BOOST_AUTO_TEST_CASE(places_that_overlap_are_one_mask) {
  CheckBecomes({"abcdefgh12", "gh12345678"}, "-abcdefgh12345678-", "-[MASKED]-");
  CheckBecomes({"abcdefghijkl", "cdefghij"}, "-abcdefghijkl-", "-[MASKED]-");
  CheckBecomes({"abcdefghijkl", "cdefghij"}, "-abcdefghij-", "-ab[MASKED]-");
  CheckBecomes({"abcdefgh", "abcdefghijkl"}, "-abcdefghijkl-abcdefghij-", "-[MASKED]-[MASKED]ij-");
  CheckBecomes({"abababab"}, "abababababab-", "[MASKED]-");
}

BOOST_AUTO_TEST_CASE(places_that_touch_are_two_masks) {
  CheckBecomes({"abcdefgh", "12345678"}, "abcdefgh12345678", "[MASKED][MASKED]");
}

BOOST_AUTO_TEST_CASE(a_value_whose_beginning_repeats_is_found) {
  CheckBecomes({"ababc-12"}, "abababababc-12", "ababab[MASKED]");
  CheckBecomes({"abcabcabcabcabcabcabcabd"}, "abcabcabcabcabcabcabcabcabcabcabcabcabd",
               "abcabcabcabcabc[MASKED]");
  CheckBecomes({"aaaaaaaaaaaaaaaaaaaaaaaaaaaab"}, std::string(60, 'a') + "b",
               std::string(32, 'a') + "[MASKED]");
}

BOOST_AUTO_TEST_CASE(only_what_may_still_become_a_value_is_held_back) {
  const MaskSet set({"ababc-12"}, {});
  Masker masker(set);
  BOOST_TEST(Text(masker.Feed("xyabab")) == "xy");
  BOOST_TEST(Text(masker.Feed("ab")) == "ab");
  BOOST_TEST(Text(masker.Feed("c-1")) == "");
  BOOST_TEST(Text(masker.Feed("a")) == "ababc-1");
  BOOST_TEST(Text(masker.Feed("!")) == "a!");
  BOOST_TEST(Text(masker.Feed("ababc-12")) == "[MASKED]");
  BOOST_TEST(Text(masker.Feed("aba")) == "");
  BOOST_TEST(Text(masker.Finish()) == "aba");
}

BOOST_AUTO_TEST_CASE(a_mask_goes_out_at_once_even_where_it_may_grow) {
  const MaskSet set({"abcdefgh12", "gh12345678"}, {});
  Masker masker(set);
  BOOST_TEST(Text(masker.Feed("-abcdefgh12")) == "-[MASKED]");
  BOOST_TEST(Text(masker.Feed("34567")) == "");
  BOOST_TEST(Text(masker.Feed("-")) == "34567-");
  BOOST_TEST(Text(masker.Feed("abcdefgh12345678-")) == "[MASKED]-");
}

BOOST_AUTO_TEST_CASE(a_shorter_value_waits_for_the_longer_one_around_it) {
  const MaskSet set({"abcdefghijkl", "cdefghij"}, {});
  Masker masker(set);
  BOOST_TEST(Text(masker.Feed("abcdefghij")) == "");
  BOOST_TEST(Text(masker.Feed("k-")) == "ab[MASKED]k-");
}

BOOST_AUTO_TEST_CASE(progress_bars_pass_at_once) {
  const MaskSet set({"hunter2-hunter2", "glpat-4Qx9nLkZ12"}, {"https://gitlab.example.com"});
  Masker masker(set);
  for (const std::string piece :
       {"\r  1% [=>      ]", "\r 50% [====>   ]", "\r100% [=======>]\r\n", "\x1b[0K"}) {
    BOOST_TEST(Text(masker.Feed(piece)) == piece);
  }
}

BOOST_AUTO_TEST_CASE(any_bytes_pass_and_may_be_part_of_a_value) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CheckBecomes({"hunter2-hunter2"}, all, all);
  const std::string value = all.substr(250) + all.substr(0, 9);
  CheckBecomes({value}, all + all, all.substr(0, 250) + "[MASKED]" + all.substr(9));
}

BOOST_AUTO_TEST_CASE(a_jwt_and_a_value_that_overlap_are_one_mask) {
  const std::string jwt = Jwt(R"({"iss":"https://gitlab.example.com"})");
  const MaskSet set({"Bearer " + jwt.substr(0, 10), jwt}, {"https://gitlab.example.com"});
  const std::string text = "Bearer " + jwt + "more " + jwt;
  BOOST_TEST(MaskWhole(set, text) == "[MASKED] [MASKED]");
  BOOST_TEST(CutsThatMatter(set, text) == 0);
}

BOOST_AUTO_TEST_CASE(whatever_the_cuts_it_is_what_a_plain_masker_makes) {
  std::mt19937 random(7);
  const auto text_of = [&](std::size_t size, std::string_view letters) {
    std::string text;
    while (text.size() < size) text += letters[random() % letters.size()];
    return text;
  };
  const std::vector<std::string> issuers{"i"};
  const auto margin = [&] {
    static const std::string kMargins[] = {"", "    ", "| ", "#7 0.1 ", "\t> "};
    return kMargins[random() % std::size(kMargins)];
  };
  for (int round = 0; round < 600; ++round) {
    const std::string_view letters = std::string_view("abcd").substr(0, 1 + random() % 4);
    std::vector<std::string> owned;
    for (std::size_t i = 1 + random() % 4; i > 0; --i) {
      owned.push_back(text_of(8 + random() % 30, letters));
      if (random() % 2 == 0) owned.push_back(owned.back().substr(random() % 4) + "abc");
    }
    const Values values(owned.begin(), owned.end());
    std::string text;
    while (text.size() < 300) {
      const auto forms = MaskedForms(owned[random() % owned.size()]);
      if (forms.empty()) continue;
      const std::string form(forms[random() % forms.size()].view());
      switch (random() % 9) {
        case 0:
          text += form;
          break;
        case 1:
          text += form.substr(0, random() % form.size());
          break;
        case 2:
          text += form.substr(random() % form.size());
          break;
        case 3:
          text += text_of(random() % 40, letters);
          break;
        case 4:
          text += text_of(random() % 90, "abcdefghijklm") + "\r\n";
          break;
        case 5:
          text += Jwt(R"({"iss":"i"})", text_of(3, letters)).substr(random() % 4 / 3);
          break;
        case 6:
          for (std::size_t at = 0, size = 0; at < form.size(); at += size) {
            size = 1 + random() % 12;
            text += (random() % 5 == 0 ? "" : "\x1b[3m") + form.substr(at, size);
          }
          break;
        case 7: {
          const std::string before = margin();
          const std::string after = random() % 3 == 0 ? " |" : "";
          for (std::size_t at = 0, size = 8 + random() % 50; at < form.size(); at += size) {
            text += "\n" + before + form.substr(at, size) + after;
          }
          break;
        }
        case 8: {
          std::string wrapped =
              text_of(random() % 45, "xyz") + form + text_of(random() % 45, "xyz");
          const std::string end = "\n" + margin();
          for (std::size_t at = 40; at < wrapped.size(); at += 40 + end.size()) {
            wrapped.insert(at, end);
          }
          text += wrapped;
          break;
        }
      }
    }
    const MaskSet set(values, issuers);
    const std::string expected = MaskPlainly(text, values, issuers);
    BOOST_REQUIRE_EQUAL(MaskWhole(set, text), expected);
    BOOST_REQUIRE_EQUAL(MaskPieces(set, Cut(text, 1)), expected);
    for (int cuts = 0; cuts < 4; ++cuts) {
      std::vector<std::string_view> pieces;
      for (std::string_view rest = text; !rest.empty();) {
        pieces.push_back(rest.substr(0, random() % 50));
        rest.remove_prefix(pieces.back().size());
      }
      BOOST_REQUIRE_EQUAL(MaskPieces(set, pieces), expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_held_back_is_the_longest_beginning_of_a_form_and_no_more) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::string value;
    while (value.size() < 8 + static_cast<std::size_t>(round) % 30) value += "ab"[random() % 2];
    value += 'c';  // which the text has not
    const MaskSet set({value}, {});
    Masker masker(set);
    std::string text;
    std::size_t out = 0;
    while (text.size() < 200) {
      const std::string piece = value.substr(0, random() % value.size());
      text += piece;
      out += Text(masker.Feed(piece)).size();
      BOOST_REQUIRE_EQUAL(text.size() - out, Begun({value}, text));
    }
  }
}

BOOST_AUTO_TEST_CASE(hostile_values_and_texts_end) {
  const std::string value = std::string(65'535, 'a') + "b";
  const MaskSet set({value, std::string(40'000, 'a') + "c", std::string(10'000, 'a') + "d"}, {});
  const std::string text = std::string(4 * 1024 * 1024, 'a') + ".";
  BOOST_TEST((MaskWhole(set, text) == text));
  BOOST_TEST((MaskPieces(set, Cut(text, 997)) == text));
  const std::string shorter = std::string(100'000, 'a') + ".";
  BOOST_TEST((MaskPieces(set, Cut(shorter, 1)) == shorter));
  BOOST_TEST(MaskWhole(set, std::string(70'000, 'a') + "b") == std::string(4465, 'a') + "[MASKED]");
}

BOOST_AUTO_TEST_CASE(no_more_is_held_back_than_the_longest_form) {
  const std::string value = std::string(1000, 'a') + "b";
  const MaskSet set({value}, {});
  Masker masker(set);
  std::size_t held = 0;
  for (int i = 0; i < 1000; ++i) {
    held += 100;
    for (const auto piece : masker.Feed(std::string(100, 'a'))) held -= piece.size();
    BOOST_REQUIRE(held <= 1000U);
  }
}

BOOST_AUTO_TEST_CASE(half_of_a_value_at_the_end_is_masked_from_16_bytes_on) {
  const std::string value = "0123456789abcdefghijklmnopqrstuvwxyz";
  const MaskSet set({value, "hunter2-hunter2"}, {});
  BOOST_TEST(MaskWhole(set, "<" + value.substr(0, 18)) == "<[MASKED]");
  BOOST_TEST(MaskWhole(set, "<" + value.substr(0, 17)) == "<" + value.substr(0, 17));
  BOOST_TEST(MaskWhole(set, "<" + value.substr(0, 18) + "> ok") ==
             "<" + value.substr(0, 18) + "> ok");
  // After a line break the value may have gone on.
  BOOST_TEST(MaskWhole(set, "<" + value.substr(0, 18) + "\n") == "<[MASKED]\n");
  BOOST_TEST(MaskWhole(set, "<hunter2-hunter") == "<hunter2-hunter");
  BOOST_TEST(CutsThatMatter(set, "<" + value.substr(0, 18)) == 0);
}

BOOST_AUTO_TEST_CASE(a_stream_may_be_read_into_the_room_of_the_masker) {
  const MaskSet set({"hunter2-hunter2"}, {});
  Masker masker(set);
  std::string out;
  for (const std::string piece : {"x hunter2", "-hunt", "er2 ", "h", "unter", " hunter2-hunter2"}) {
    const auto room = masker.Room(piece.size() + 1000);
    BOOST_TEST(room.size() == piece.size() + 1000);
    std::copy(piece.begin(), piece.end(), room.begin());
    out += Text(masker.Take(piece.size()));
  }
  BOOST_TEST(out + Text(masker.Finish()) == "x [MASKED] hunter [MASKED]");
}

BOOST_AUTO_TEST_SUITE_END()
