#include "verifier/history/raw_object.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>

#include "verifier/base/json.h"

using namespace jobwarden;

BOOST_AUTO_TEST_SUITE(raw_object)

BOOST_AUTO_TEST_CASE(a_member_is_what_the_strict_reader_says_it_is) {
  const std::string text =
      R"( {"a":1,"b" : "x\"},\\", "c":{"d":[{"e":"]"},[]],"f":{}} ,"g":[],"h":null,"i":-1.5e3} )";
  const auto object = RawObject::Split(text);
  BOOST_REQUIRE(object.has_value());
  const auto whole = ParseJson(text, {.max_bytes = 1000}, Code::kAuditFailed, "text");
  BOOST_REQUIRE(bool(whole));
  for (const Member& member : whole->AsObject()->members()) {
    const auto value = object->Get(member.name);
    BOOST_REQUIRE(value.has_value());
    BOOST_TEST((*value == member.value), member.name);
  }
  BOOST_TEST(object->GetString("b") == "x\"},\\");
  BOOST_TEST(object->GetString("a") == "");
  BOOST_TEST(object->Text("absent") == "");
  BOOST_TEST(!object->Get("absent").has_value());
}

BOOST_AUTO_TEST_CASE(each_beginning_of_an_object_is_torn) {
  const std::string text = R"({"a":{"b":["c\"",{}]},"d":"e"})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    BOOST_TEST(!RawObject::Split(text.substr(0, length)).has_value(), length);
  }
  BOOST_TEST(RawObject::Split(text).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_refused) {
  for (const char* text :
       {"", "[]", "1", "\"\"", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1]", "{a:1}",
        "{\"a\":[}]}", "{}{}", "{} x", "{\"a\":1}}", "{,}", "{\"a\" 1}", "{\"a\":\"\\\"}"}) {
    BOOST_TEST(!RawObject::Split(text).has_value(), text);
  }
  BOOST_TEST(RawObject::Split("{}").has_value());
  BOOST_TEST(RawObject::Split(" { } ").has_value());
}

BOOST_AUTO_TEST_CASE(a_member_that_is_not_json_is_as_if_absent) {
  const auto object = RawObject::Split(R"({"a":tru,"b":{"c" 1},"d":1 2,"e":"ok"})");
  BOOST_REQUIRE(object.has_value());
  for (const char* name : {"a", "b", "d"}) BOOST_TEST(!object->Get(name).has_value(), name);
  BOOST_TEST(object->GetString("e") == "ok");
}

BOOST_AUTO_TEST_CASE(a_name_is_found_however_it_is_spelled) {
  const auto object = RawObject::Split(R"({"\u0061":1,"b\"c":2,"d\/e":3,"\x":4,"f":5})");
  BOOST_REQUIRE(object.has_value());
  for (const auto& [name, text] :
       {std::pair("a", "1"), std::pair("b\"c", "2"), std::pair("d/e", "3"), std::pair("f", "5")}) {
    BOOST_TEST(object->Text(name) == text, name);
  }
  for (const char* name : {"\\u0061", "\\x", "x"}) BOOST_TEST(object->Text(name) == "", name);
}

BOOST_AUTO_TEST_CASE(strings_are_read_as_a_strict_parser_does) {
  const auto object = RawObject::Split(
      "{\"plain\":\"a b/c\",\"empty\":\"\",\"blank\":\"x\" ,\"escaped\":\"\\u0041\\\"\","
      "\"utf8\":\"\xC3\xA9\",\"bad\":\"\xC3\",\"tab\":\"\t\",\"two\":\"a\"\"b\"}");
  BOOST_REQUIRE(object.has_value());
  for (const auto& [name, text] :
       {std::pair("plain", "a b/c"), std::pair("empty", ""), std::pair("blank", "x"),
        std::pair("escaped", "A\""), std::pair("utf8", "\xC3\xA9")}) {
    const auto value = object->Get(name);
    BOOST_REQUIRE(value.has_value());
    BOOST_REQUIRE(value->AsString() != nullptr);
    BOOST_TEST(*value->AsString() == text);
    BOOST_TEST(object->GetString(name) == text);
  }
  for (const char* name : {"bad", "tab", "two"}) BOOST_TEST(!object->Get(name).has_value(), name);
}

BOOST_AUTO_TEST_SUITE_END()
