#include "verifier/mask/masked_forms.h"

#include <openssl/evp.h>

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

using namespace jobwarden;

namespace {

std::set<std::string> Forms(std::string_view value) {
  std::set<std::string> forms;
  for (const Secret& form : MaskedForms(value)) forms.emplace(form.view());
  return forms;
}

bool Has(std::string_view value, const std::string& form) {
  return Forms(value).count(form) != 0;
}

// Of the forms, the longest that stands in the text.
std::string LongestIn(const std::string& text, std::string_view value) {
  std::string longest;
  for (const auto& form : Forms(value)) {
    if (form.size() > longest.size() && text.find(form) != std::string::npos) longest = form;
  }
  return longest;
}

std::string Base64(const std::string& bytes) {
  std::string text(bytes.size() / 3 * 4 + 8, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(masked_forms)

BOOST_AUTO_TEST_CASE(a_value_under_eight_bytes_has_none) {
  BOOST_TEST(Forms("").empty());
  BOOST_TEST(Forms("1234567").empty());
  BOOST_TEST(!Forms("12345678").empty());
}

BOOST_AUTO_TEST_CASE(white_space_at_the_ends_counts_only_where_the_rest_is_too_short) {
  for (const std::string value :
       {"hunter2-hunter2\n", "hunter2-hunter2\r\n", " \thunter2-hunter2 "}) {
    BOOST_TEST((Forms(value) == Forms("hunter2-hunter2")));
  }
  BOOST_TEST(Has("hunter2\n", "hunter2\n"));
  BOOST_TEST(!Has("hunter2\n", "hunter2"));
  BOOST_TEST(Forms("          \n").empty());
  // The byte order mark of a file that was written on Windows.
  BOOST_TEST((Forms("\xef\xbb\xbfhunter2-hunter2\r\n") == Forms("hunter2-hunter2")));
}

BOOST_AUTO_TEST_CASE(a_value_over_64_kib_has_its_plain_form_only) {
  BOOST_TEST(MaskedForms(std::string(65'536, 'k')).size() > 1U);
  BOOST_TEST(MaskedForms(std::string(65'537, 'k')).size() == 1U);
}

BOOST_AUTO_TEST_CASE(many_lines_have_their_plain_form_only) {
  std::string value;
  for (int i = 0; i < 300; ++i) value += "line-" + std::to_string(1000 + i) + "\n";
  BOOST_TEST(Has(value, "line-1000"));
  BOOST_TEST(!Has(value, "bGluZS0xMDAw"));
  BOOST_TEST(Has(value.substr(0, 1000), "bGluZS0xMDAw"));
}

BOOST_AUTO_TEST_CASE(the_value_itself_comes_first_and_each_form_once) {
  for (const std::string value :
       {"hunter2-hunter2", "p@ss w0rd/\"\\", "\xff\xfe\xfd\n\t\xfc\xfb\xfa"}) {
    const auto forms = MaskedForms(value);
    BOOST_TEST(forms.front().view() == value);
    for (const Secret& form : forms) BOOST_TEST(form.size() >= 8U);
    BOOST_TEST(forms.size() == Forms(value).size());
  }
}

BOOST_AUTO_TEST_CASE(base64_is_known_whatever_stands_around_the_value) {
  for (const std::string value : {"glpat-4Qx9nLkZ", "glpat-4Qx9nLkZ1", "glpat-4Qx9nLkZ12",
                                  "\xfb\xff\xbf\xfe\xff\xff\xfb\xef\xbe"}) {
    for (const std::string before : {"", "a", "ab", "abc", "\xff\xff"}) {
      for (const std::string after : {"", "\n", "yz", "\xff\xff\xff"}) {
        const std::string text = Base64(before + value + after);
        // What may be left of the value: less than one character at either end.
        BOOST_TEST(LongestIn(text, value).size() * 6 > value.size() * 8 - 10);
        std::string url = text;
        for (char& c : url) c = c == '+' ? '-' : c == '/' ? '_' : c;
        BOOST_TEST(LongestIn(url, value).size() == LongestIn(text, value).size());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(base64_forms_are_these) {
  // printf 'secret-value' | base64, and with one and two bytes before it.
  BOOST_TEST(Has("secret-value", "c2VjcmV0LXZhbHVl"));
  BOOST_TEST(Has("secret-value", "NlY3JldC12YWx1Z"));
  BOOST_TEST(Has("secret-value", "zZWNyZXQtdmFsdW"));
}

BOOST_AUTO_TEST_CASE(hexadecimal_is_known_in_both_cases) {
  BOOST_TEST(Has("jklmnopq", "6a6b6c6d6e6f7071"));
  BOOST_TEST(Has("jklmnopq", "6A6B6C6D6E6F7071"));
  BOOST_TEST(!Has("jklmnopq", "6a6B6c6d6e6f7071"));
}

BOOST_AUTO_TEST_CASE(percent_encoding_is_known_as_tools_write_it) {
  const std::string value = "a b/c~d*e(f)+=\xc3\xa9";
  BOOST_TEST(Has(value, "a%20b%2Fc~d%2Ae%28f%29%2B%3D%C3%A9"));  // curl
  BOOST_TEST(Has(value, "a%20b%2fc~d%2ae%28f%29%2b%3d%c3%a9"));  // in lower case
  BOOST_TEST(Has(value, "a%20b/c~d%2Ae%28f%29%2B%3D%C3%A9"));    // Python's quote
  BOOST_TEST(Has(value, "a%20b%2Fc~d*e(f)%2B%3D%C3%A9"));        // encodeURIComponent
  BOOST_TEST(Has(value, "a+b%2Fc~d%2Ae%28f%29%2B%3D%C3%A9"));    // Python's quote_plus
  BOOST_TEST(Has(value, "a+b%2Fc%7Ed*e%28f%29%2B%3D%C3%A9"));    // HTML forms
}

BOOST_AUTO_TEST_CASE(json_strings_are_known_as_tools_write_them) {
  const std::string value = "\"a\\b/c\n\t\x01<\xc3\xa9\xf0\x9f\x94\x91>";
  BOOST_TEST(Has(value, R"(\"a\\b/c\n\t\u0001<é🔑>)"));                   // jq
  BOOST_TEST(Has(value, R"(\"a\\b/c\n\t\u0001<\u00e9\ud83d\udd11>)"));   // Python
  BOOST_TEST(Has(value, R"(\"a\\b\/c\n\t\u0001<\u00e9\ud83d\udd11>)"));  // PHP
  BOOST_TEST(Has(value, R"(\"a\\b/c\n\t\u0001\u003cé🔑\u003e)"));         // Go
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf_8_stay_as_they_are_in_json) {
  BOOST_TEST(Has("\"\xff\xc3(\xe2\x82(\x80\xf0", "\\\"\xff\xc3(\xe2\x82(\x80\xf0"));
}

BOOST_AUTO_TEST_CASE(base64_once_more_is_known_whatever_stands_around_the_value) {
  for (const std::string value :
       {"glpat-4Qx9nLkZ", "glpat-4Qx9nLkZ1", "\xfb\xff\xbf\xfe\xff\xff\xfb\xef\xbe"}) {
    for (const std::string before : {"", "a", "ab"}) {
      for (const std::string between : {"", "\n"}) {
        const std::string text = Base64(before + Base64(before + value + "\n") + between);
        // What may be left: less than a character of the second encoding and one of the first at
        // either end.
        BOOST_TEST(LongestIn(text, value).size() * 36 > value.size() * 64 - 10 * 8 - 60);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(base64_in_lines_is_known_in_base64_once_more) {
  const std::string value(200, 'k');
  const std::string once = Base64(value);
  BOOST_TEST(LongestIn(Base64(once.substr(0, 76) + "\n" + once.substr(76, 76) + "\n" +
                              once.substr(152, 76) + "\n" + once.substr(228) + "\n"),
                       value)
                 .size() > 350U);
}

BOOST_AUTO_TEST_CASE(what_needs_no_escapes_has_few_forms) {
  // The value; base64 at three alignments, each once more at three; hexadecimal in two cases.
  BOOST_TEST(Forms("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln").size() == 1U + 3 + 9 + 2);
}

BOOST_AUTO_TEST_CASE(a_character_that_is_special_to_one_program_adds_its_forms_alone) {
  const std::size_t plain = Forms("S3cr3tValue0123456789").size();
  BOOST_TEST(Forms("S3cr3t'Value0123456789").size() > plain);
  // `%2F` in two cases and twice encoded, `\/` alone and again, `&#x2F;`, and a backslash before
  // it.
  BOOST_TEST(Forms("S3cr3t/Value0123456789").size() <= plain + 10);
}

BOOST_AUTO_TEST_SUITE_END()
