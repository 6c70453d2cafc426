#include "verifier/mask/secret_lines.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace jobwarden;

namespace {

using Lines = std::vector<std::string_view>;

bool IsSecret(const std::string& line) {
  return SecretLines("first-secret-line-1\n" + line + "\n").size() == 2;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_lines)

BOOST_AUTO_TEST_CASE(a_value_of_one_line_has_none) {
  for (const std::string value :
       {"", "\n", "hunter2-hunter2", "hunter2-hunter2\n", "\r\n hunter2-hunter2\r\n"}) {
    BOOST_TEST(SecretLines(value).empty());
  }
}

BOOST_AUTO_TEST_CASE(lines_come_without_the_white_space_at_their_ends) {
  const std::string value = "  first-line-12\r\n\tsecond-line-34 \r\n\r\nthird-line-56\n";
  BOOST_TEST((SecretLines(value) == Lines{"first-line-12", "second-line-34", "third-line-56"}));
}

BOOST_AUTO_TEST_CASE(a_line_under_eight_bytes_is_left_out) {
  BOOST_TEST((SecretLines("1234567\n12345678\n 1234567 \n") == Lines{"12345678"}));
}

BOOST_AUTO_TEST_CASE(the_borders_of_a_key_are_no_secrets) {
  for (const std::string kind : {"KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "CERTIFICATE"}) {
    const std::string value =
        "-----BEGIN " + kind + "-----\nMIIEvQIBADAN\n-----END " + kind + "-----\n";
    BOOST_TEST((SecretLines(value) == Lines{"MIIEvQIBADAN"}));
  }
}

BOOST_AUTO_TEST_CASE(line_breaks_may_be_written_as_in_json) {
  const std::string value =
      R"(-----BEGIN KEY-----\nMIIEvQIBADAN\r\nBgkqhkiG9w0B\n-----END KEY-----\n)";
  BOOST_TEST((SecretLines(value) == Lines{"MIIEvQIBADAN", "BgkqhkiG9w0B"}));
}

BOOST_AUTO_TEST_CASE(words_of_the_language_are_no_secrets) {
  for (const std::string line : {"production",
                                 "Production",
                                 "username",
                                 "contexts:",
                                 "clusters:",
                                 "- cluster:",
                                 "kind: Config",
                                 "apiVersion: v1",
                                 "preferences: {}",
                                 "\"auths\": {",
                                 "<servers>",
                                 "</servers>",
                                 "<id>central</id>",
                                 "  name: prod",
                                 "current-context: dev",
                                 "},",
                                 "]}}}}}}}",
                                 "--------",
                                 "\"type\": \"user\",",
                                 "password:"}) {
    BOOST_TEST(!IsSecret(line), line);
  }
}

BOOST_AUTO_TEST_CASE(whatever_says_more_is_a_secret) {
  for (const std::string line :
       {"hunter2-hunter2", "correct horse battery staple", "abcdefghijklmnopqrst", "ABCDEFGH",
        "aBcDeFgH", "password: hunter2-hunter2", "password=hunter2", "admin:hunter2-hunter2",
        "\"client_secret\": \"0123456789abcdef\",", "<password>hunter2-hunter2</password>",
        "abcdefgh1234:", "AbCdEfGhIjKl==", "abcdefghIJKL=",
        "machine example.com login x password y", "https://user:password@example.com/"}) {
    BOOST_TEST(IsSecret(line), line);
  }
}

BOOST_AUTO_TEST_SUITE_END()
