#include "verifier/base/encoding.h"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string_view>

#include "tests/support/base64url.h"

using namespace jobwarden;

BOOST_AUTO_TEST_SUITE(encoding)

BOOST_AUTO_TEST_CASE(base64url_of_every_length_comes_back) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    const auto decoded = DecodeBase64Url(testing::Base64Url(bytes));
    BOOST_REQUIRE(decoded);
    BOOST_TEST(*decoded == bytes);
    bytes += static_cast<char>(i * 7);
  }
}

BOOST_AUTO_TEST_CASE(base64url_follows_rfc_7515_appendix_c) {
  BOOST_TEST((DecodeBase64Url("A-z_4ME") == "\x03\xEC\xFF\xE0\xC1"));
}

BOOST_AUTO_TEST_CASE(each_character_is_a_digit_or_refused_in_each_place) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (std::size_t place = 0; place < 4; ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = "AAAA";
      text[place] = static_cast<char>(byte);
      const auto bytes = DecodeBase64Url(text);
      const std::size_t digit = kDigits.find(static_cast<char>(byte));
      BOOST_TEST(bytes.has_value() == (digit != kDigits.npos), byte);
      if (!bytes) continue;
      std::uint32_t got = 0;
      for (const char each : *bytes) got = got << 8 | static_cast<unsigned char>(each);
      BOOST_TEST(got == digit << (18 - 6 * place));
    }
  }
}

BOOST_AUTO_TEST_CASE(base64url_that_is_not_canonical_is_refused) {
  for (const char* text : {"A", "AAAAA", "AB", "AAB", "AA==", "AA=", "A+AA", "A/AA", "AA AA",
                           "AAA\n", "\x80\x80\x80\x80", "AAA."}) {
    BOOST_TEST(!DecodeBase64Url(text), text);
  }
}

BOOST_AUTO_TEST_CASE(percent_decoding_leaves_what_is_no_code) {
  BOOST_TEST(PercentDecoded("p%40ss%2Bw%2b%zz%4").view() == "p@ss+w+%zz%4");
  BOOST_TEST(PercentDecoded("%").view() == "%");
  BOOST_TEST(PercentDecoded("").view().empty());
}

BOOST_AUTO_TEST_CASE(sha256_of_abc_is_that_of_fips_180_4) {
  BOOST_TEST(Sha256Hex("abc") ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_SUITE_END()
