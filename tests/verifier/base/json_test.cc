#include "verifier/base/json.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

constexpr JsonLimits kLimits{.max_bytes = 4096};

std::string Refusal(std::string_view text, const JsonLimits& limits = kLimits) {
  const auto value = ParseJson(text, limits, Code::kMalformedToken, "header");
  BOOST_REQUIRE(!value);
  return value.findings().front().message;
}

Result<Value> Parsed(std::string_view text) {
  return ParseJson(text, kLimits, Code::kMalformedToken, "header");
}

std::string RoundTrip(std::string_view text) {
  const auto value = ParseJson(text, kLimits, Code::kMalformedToken, "header");
  return value ? WriteJson(*value) : value.findings().front().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(a_document_keeps_its_order_and_its_values) {
  const std::string text = R"({"b":[1,-2,3.5,true,false,null,"x\n\u0001é"],"a":{"c":{},"d":[]}})";
  BOOST_TEST(RoundTrip(text) == text);
}

BOOST_AUTO_TEST_CASE(duplicate_names_are_refused_at_every_depth) {
  BOOST_TEST(Refusal(R"({"a":1,"a":1})") == R"(header: duplicate name "a")");
  BOOST_TEST(Refusal(R"([{"x":{"a":1,"b":2,"a":3}}])") == R"(header: duplicate name "a")");
  BOOST_TEST(Refusal("{\"a\":1,\"\\u0061\":1}") == R"(header: duplicate name "a")");
}

BOOST_AUTO_TEST_CASE(a_duplicate_among_very_many_names_is_refused) {
  std::string text = "{";
  for (int i = 0; i < 400; ++i) text += "\"n" + std::to_string(i) + "\":0,";
  BOOST_TEST(Refusal(text + "\"n7\":0}", {.max_bytes = 1 << 20}) ==
             R"(header: duplicate name "n7")");
  BOOST_TEST(Refusal(text + "\"n399\":0}", {.max_bytes = 1 << 20}) ==
             R"(header: duplicate name "n399")");
  BOOST_TEST(bool(ParseJson(text + "\"z\":0}", {.max_bytes = 1 << 20}, Code::kJobUnreadable, "x")));
}

BOOST_AUTO_TEST_CASE(what_is_no_json_document_is_refused) {
  for (const char* text : {"", " ", "{", "{}x", "{} {}", "{'a':1}", "{\"a\":01}", "[1,]", "NaN",
                           "\xEF\xBB\xBF{}", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "// c\n{}"}) {
    BOOST_TEST(!ParseJson(text, kLimits, Code::kMalformedToken, "header"), text);
  }
}

BOOST_AUTO_TEST_CASE(plain_and_escaped_strings_keep_their_text_side_by_side) {
  const std::string text =
      R"({"":"","plain":"x","a\"b":"\\","c\\":"\"","d":"\\\"e","\n":"é","f":["","\"",""],"~":"~ "})";
  BOOST_TEST(RoundTrip(text) == text);
  BOOST_TEST(RoundTrip("\"plain\"") == "\"plain\"");
  BOOST_TEST(RoundTrip("\"\x7F\"") == "\"\x7F\"");
}

// Characters are looked at in groups, so each stands in each place of a group.
BOOST_AUTO_TEST_CASE(each_character_is_what_it_is_in_each_place_of_a_string) {
  for (std::size_t place = 0; place < 18; ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(18, 'a');
      text[place] = static_cast<char>(byte);
      const bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
      const auto value = Parsed("[\"" + text + "\", 1]");
      BOOST_TEST(bool(value) == plain, byte);
      if (value) BOOST_TEST(*(*value->AsArray())[0].AsString() == text);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_name_that_comes_again_is_refused) {
  for (int again = 0; again < 100; ++again) {
    std::string members;
    for (int i = 0; i < 100; ++i) members += fmt::format("\"name-{}\": {}, ", i, i);
    BOOST_TEST(bool(Parsed("{" + members + "\"new\": 0}")));
    BOOST_TEST(!Parsed("{" + members + fmt::format("\"name-{}\": 0}}", again)));
  }
}

BOOST_AUTO_TEST_CASE(strings_that_do_not_end_or_hold_control_characters_are_refused) {
  for (const char* text : {"\"", "\"abc", "\"abc\\", "\"abc\\\"", "[\"a\nb\"]", "[\"a\tb\"]",
                           "{\"a\"\"b\":1}", "[\"a\"\"b\"]", "[1\"a\"]", "{\"a\":\"b\"\"c\"}",
                           "\"\\x\"", "\"\\ud800\"", "[\"a\"", "{\"a\"", "{\"a\":\"b\""}) {
    BOOST_TEST(!ParseJson(text, kLimits, Code::kMalformedToken, "header"), text);
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_place) {
  BOOST_TEST(Refusal(R"({"name":"value","other" x})") == "header: not valid JSON near byte 25");
}

BOOST_AUTO_TEST_CASE(a_refusal_never_shows_the_text) {
  BOOST_TEST(Refusal("{\"a\": s3cret}").find("s3c") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(depth_size_and_number_of_values_are_bounded) {
  BOOST_TEST(RoundTrip(std::string(16, '[') + std::string(16, ']')).starts_with("[["));
  BOOST_TEST(Refusal(std::string(17, '[') + std::string(17, ']')) ==
             "header: nested deeper than 16");
  BOOST_TEST(Refusal(std::string(4097, ' ')) == "header: 4097 bytes, the limit is 4096");
  BOOST_TEST(Refusal("[1,2,3]", {.max_bytes = 99, .max_values = 3}) ==
             "header: more than 3 values");
}

BOOST_AUTO_TEST_CASE(integers_beyond_64_bits_are_refused) {
  BOOST_TEST(RoundTrip("[9223372036854775807,-9223372036854775808]").starts_with("[9223"));
  BOOST_TEST(!ParseJson("9223372036854775808", kLimits, Code::kMalformedToken, "x"));
  BOOST_TEST(!ParseJson("123456789012345678901234567890", kLimits, Code::kMalformedToken, "x"));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_replaced_when_written) {
  BOOST_TEST(WriteJson(Value("a\xFFz")) == "\"a\xEF\xBF\xBDz\"");
}

std::string Brief(std::string_view text) {
  const auto value = ParseJson(text, kLimits, Code::kMalformedToken, "x");
  return value ? BriefJson(&*value) : "refused";
}

BOOST_AUTO_TEST_CASE(brief_json_is_short_quoted_and_still_json) {
  BOOST_TEST(BriefJson(nullptr) == "null");
  BOOST_TEST(Brief("null") == "null");
  BOOST_TEST(Brief("true") == "true");
  BOOST_TEST(Brief("-12") == "-12");
  BOOST_TEST(Brief(R"("a\u202eb")") == R"("a\u202eb")");
  BOOST_TEST(Brief(R"(["a",1,null])") == R"(["a",1,null])");
  BOOST_TEST(Brief("[1,2,3,4,5,6,7,8]") == "[1,2,3,4,5,6,7,8]");
  BOOST_TEST(Brief("[1,2,3,4,5,6,7,8,9,10]") == R"([1,2,3,4,5,6,7,8,"…"])");
  BOOST_TEST(Brief(R"([["a"]])") == R"(["[\"a\"]"])");
  BOOST_TEST(Brief(R"({"a":"eyJhbGciOiJSUzI1NiJ9.e30.c2ln"})") == R"("{\"a\":\"[JWT]\"}")");
}

BOOST_AUTO_TEST_SUITE_END()
