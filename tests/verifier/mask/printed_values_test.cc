// What programs print of a secret. Each text was written by the program that is named beside it.

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/verifier/mask/leftovers.h"
#include "tests/verifier/mask/plain_masker.h"
#include "tests/verifier/mask/streams.h"
#include "verifier/mask/masker.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

struct Printed {
  std::string by, text, expected;
};

void Check(const std::string& value, const std::vector<Printed>& texts) {
  const MaskSet set({value}, {});
  for (const auto& [by, text, expected] : texts) {
    BOOST_TEST_INFO_SCOPE(by);
    BOOST_TEST(MaskWhole(set, text) == expected);
    BOOST_TEST(MaskPlainly(text, {value}, {}) == expected);
    BOOST_TEST(CutsThatMatter(set, text) == 0);
    BOOST_TEST(LeftOf(value, expected) == "");
  }
}

// Where the masks are is another matter.
void CheckGone(const std::string& value, const std::vector<std::string>& texts) {
  const MaskSet set({value}, {});
  for (const std::string& text : texts) {
    BOOST_TEST(LeftOf(value, MaskWhole(set, text)) == "");
    BOOST_TEST(MaskWhole(set, text) == MaskPlainly(text, {value}, {}));
    BOOST_TEST(CutsThatMatter(set, text) == 0);
  }
}

void CheckStays(const std::string& value, const std::vector<std::string>& texts) {
  const MaskSet set({value}, {});
  for (const std::string& text : texts) BOOST_TEST(MaskWhole(set, text) == text);
}

const std::string kKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "9bFlIkpYt5HfavHYMD5hzcS7hsPRxCcQPDRMQYnrLx571dR+RG/OwqPYEXNhEOV4\n"
    "G8zOppZ2LmEWxunJLZm/NYwuBxiCLOR8qMdBB+ZsQ0==\n"
    "-----END PRIVATE KEY-----\n";
const std::string kJwt =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9vdGhlci5leGFtcGxlLmNvbSJ9."
    "P56ZGYeNlyQx4V0l8mJ2sT7uK9wA3bC5dE1fG6hI_iL-oP0rS2tU4vW8xY7zZ9aB";

}  // namespace

BOOST_AUTO_TEST_SUITE(printed_values)

BOOST_AUTO_TEST_CASE(white_space_at_the_ends_is_not_printed) {
  for (const std::string value : {"S3cr3t-Value-012\n", "S3cr3t-Value-012\r\n",
                                  "\tS3cr3t-Value-012", " S3cr3t-Value-012 \n\n"}) {
    Check(value, {{"echo $V", "x S3cr3t-Value-012 y", "x [MASKED] y"},
                  {"echo \"$V\"", "x " + value + "y",
                   "x " + value.substr(0, value.find('S')) + "[MASKED]" +
                       value.substr(value.find("12") + 2) + "y"},
                  {"printf %s \"user:$V\" | base64", "dXNlcjpTM2NyM3QtVmFsdWUtMDEyCg==\n",
                   "dXNlcjp[MASKED]Cg==\n"},
                  {"xxd -p", "5333637233742d56616c75652d3031320a\n", "[MASKED]0a\n"}});
  }
}

BOOST_AUTO_TEST_CASE(shells_quote) {
  Check(
      R"(it's-A-pa$$w"ord\0123)",
      {{"bash -x", R"(+ true 'it'\''s-A-pa$$w"ord\0123')", "+ true '[MASKED]'"},
       {"bash -x, of more", R"(+ curl -u 'me:it'\''s-A-pa$$w"ord\0123')",
        "+ curl -u 'me:[MASKED]'"},
       {"bash -x, beside a tab", R"(+ true $'\tit\'s-A-pa$$w"ord\\0123')",
        R"(+ true $'\t[MASKED]')"},
       {"dash -x", R"(+ true 'it'"'"'s-A-pa$$w"ord\0123')", "+ true '[MASKED]'"},
       {"printf %q", R"(it\'s-A-pa\$\$w\"ord\\0123)", "[MASKED]"},
       {"declare -p", R"(declare -x K="it's-A-pa\$\$w\"ord\\0123")", R"(declare -x K="[MASKED]")"},
       {"${K@A}", R"(K='it'\''s-A-pa$$w"ord\0123')", "K='[MASKED]'"},
       {"jq @sh", R"('it'\''s-A-pa$$w"ord\0123')", "'[MASKED]'"},
       {"shlex.quote", R"('it'"'"'s-A-pa$$w"ord\0123')", "'[MASKED]'"}});
  Check("''two'''three-0123",
        {{"bash -x", R"(+ true ''\'''\''two'\'''\'''\''three-0123')", "+ true '[MASKED]'"},
         {"dash -x", R"(+ true ''"''"'two'"'''"'three-0123')", "+ true '[MASKED]'"},
         {"shlex.quote", R"(''"'"''"'"'two'"'"''"'"''"'"'three-0123')", "'[MASKED]'"}});
  Check("a=~b:~c#d-{0,1}!^2", {{"printf %q", R"(a=\~b:\~c#d-\{0\,1\}\!\^2)", "[MASKED]"}});
  Check("a\x1b\x01\x7f\xc3\xa9\nb'-0123",
        {{"printf %q", "$'a\\E\\001\\177\xc3\xa9\\nb\\'-0123'", "$'[MASKED]'"},
         {"printf %q, C locale", R"($'a\E\001\177\303\251\nb\'-0123')", "$'[MASKED]'"},
         {"coreutils", "'a'$'\\033\\001\\177''\xc3\xa9'$'\\n''b'\\''-0123'", "'[MASKED]'"},
         {"cat -v", "a^[^A^?M-CM-)\nb'-0123", "[MASKED]"}});
  Check("pass\tword  0123456789", {{"ls -b", R"(pass\tword\ \ 0123456789)", "[MASKED]"},
                                   {"echo $V", "pass word 0123456789", "[MASKED]"}});
}

BOOST_AUTO_TEST_CASE(json_is_quoted_again) {
  const std::string value = R"(a"b\c/d<e>&f'g-0123)";
  Check(
      value,
      {{"jq", R"({"p":"a\"b\\c/d<e>&f'g-0123"})", R"({"p":"[MASKED]"})"},
       {"PHP", R"({"p":"a\"b\\c\/d<e>&f'g-0123"})", R"({"p":"[MASKED]"})"},
       {"Go", R"({"p":"a\"b\\c/d\u003ce\u003e\u0026f'g-0123"})", R"({"p":"[MASKED]"})"},
       {"PowerShell", R"({"p":"a\"b\\c/d\u003ce\u003e\u0026f\u0027g-0123"})",
        R"({"p":"[MASKED]"})"},
       {".NET", R"({"p":"a\u0022b\\c/d\u003Ce\u003E\u0026f\u0027g-0123"})", R"({"p":"[MASKED]"})"},
       {"bash -x, in Docker's log", R"({"log":"+ true 'a\"b\\c/d<e>&f'\\''g-0123'\n"})",
        R"({"log":"+ true '[MASKED]'\n"})"},
       {"Python's repr in JSON", R"({"m":"'a\"b\\\\c/d<e>&f\\'g-0123'"})", R"({"m":"'[MASKED]'"})"},
       {"JSON in JUnit's XML", R"(<out>{"p":"a\&quot;b\\c/d&lt;e&gt;&amp;f'g-0123"}</out>)",
        R"(<out>{"p":"[MASKED]"}</out>)"},
       {"json.dumps twice", R"({"o":"{\"p\": \"a\\\"b\\\\c/d<e>&f'g-0123\"}"})",
        R"({"o":"{\"p\": \"[MASKED]\"}"})"},
       {"bash -x", R"(+ curl -d '{"p":"a\"b\\c/d<e>&f'\''g-0123"}')",
        R"(+ curl -d '{"p":"[MASKED]"}')"},
       {"declare -p", R"(declare -x J="{\"p\":\"a\\\"b\\\\c/d<e>&f'g-0123\"}")",
        R"(declare -x J="{\"p\":\"[MASKED]\"}")"}});
}

BOOST_AUTO_TEST_CASE(xml_has_entities) {
  Check("a<b>&\"c'd/e=f`g+0123",
        {{"Python's html.escape", "a&lt;b&gt;&amp;&quot;c&#x27;d/e=f`g+0123", "[MASKED]"},
         {"xml.sax.saxutils", "a&lt;b&gt;&amp;\"c'd/e=f`g+0123", "[MASKED]"},
         {"libxml2, attribute", "a&lt;b&gt;&amp;&quot;c'd/e=f`g+0123", "[MASKED]"},
         {"libxml2, text", "a&lt;b>&amp;\"c'd/e=f`g+0123", "[MASKED]"},
         {"PHP", "a&lt;b&gt;&amp;&quot;c&#039;d/e=f`g+0123", "[MASKED]"},
         {"Go's html", "a&lt;b&gt;&amp;&#34;c&#39;d/e=f`g+0123", "[MASKED]"},
         {"Go's html/template", "a&lt;b&gt;&amp;&#34;c&#39;d/e=f`g&#43;0123", "[MASKED]"},
         {"Mustache", "a&lt;b&gt;&amp;&quot;c&#39;d&#x2F;e&#x3D;f&#x60;g+0123", "[MASKED]"},
         {"Handlebars", "a&lt;b&gt;&amp;&quot;c&#x27;d/e&#x3D;f&#x60;g+0123", "[MASKED]"},
         {"decimal", "a&#60;b&#62;&#38;&#34;c&#39;d/e=f`g+0123", "[MASKED]"},
         {"hexadecimal", "a&#x3c;b&#x3e;&#x26;&#x22;c&#x27;d/e=f`g+0123", "[MASKED]"},
         {"hexadecimal, upper case", "a&#x3C;b&#x3E;&#x26;&#x22;c&#x27;d/e=f`g+0123", "[MASKED]"}});
  Check("p\xc3\xa4ss-\xf0\x9f\x94\x91-0123456789",
        {{"libxml2", "p&#xE4;ss-&#x1F511;-0123456789", "[MASKED]"},
         {"xmlcharrefreplace", "p&#228;ss-&#128273;-0123456789", "[MASKED]"}});
}

BOOST_AUTO_TEST_CASE(xml_has_names_and_numbers_at_once) {
  Check("p\xc3\xa4<s>\ts\n-0123456789",
        {{"ElementTree", "<a>p&#228;&lt;s&gt;\ts\n-0123456789</a>", "<a>[MASKED]</a>"},
         {"ElementTree, attribute", "<a b=\"p&#228;&lt;s&gt;&#09;s&#10;-0123456789\"/>",
          "<a b=\"[MASKED]\"/>"},
         {"libxml2, attribute", "<a b=\"p\xc3\xa4&lt;s&gt;&#9;s&#10;-0123456789\"/>",
          "<a b=\"[MASKED]\"/>"},
         {".NET, attribute", "<a b=\"p\xc3\xa4&lt;s&gt;&#x9;s&#xA;-0123456789\"/>",
          "<a b=\"[MASKED]\"/>"}});
}

BOOST_AUTO_TEST_CASE(languages_write_strings) {
  Check("it's \"x\\y\"\n-0123456789",
        {{"Python", R"('it\'s "x\\y"\n-0123456789')", "'[MASKED]'"},
         {"Python's bytes", R"(b'it\'s "x\\y"\n-0123456789')", "b'[MASKED]'"},
         {"Node.js", R"(`it's "x\\y"\n-0123456789`)", "`[MASKED]`"},
         {"MySQL", R"('it\'s \"x\\y\"\n-0123456789')", "'[MASKED]'"},
         {"Go's %q, Ruby, Rust", R"("it's \"x\\y\"\n-0123456789")", "\"[MASKED]\""},
         {"Perl", "'it\\'s \"x\\\\y\"\n-0123456789'", "'[MASKED]'"},
         {"PostgreSQL",
          R"(E'it''s "x\\y")"
          "\n-0123456789'",
          "E'[MASKED]'"},
         {"SQL", "'it''s \"x\\y\"\n-0123456789'", "'[MASKED]'"},
         {"CSV", "\"it's \"\"x\\y\"\"\n-0123456789\"", "\"[MASKED]\""}});
  Check("p\xc3\xa4ss$w%rd-0123", {{"Python's bytes", R"(b'p\xc3\xa4ss$w%rd-0123')", "b'[MASKED]'"},
                                  {"docker compose config", "p\xc3\xa4ss$$w%rd-0123", "[MASKED]"},
                                  {"systemd", "p\xc3\xa4ss$w%%rd-0123", "[MASKED]"},
                                  {"Perl", R"("p\303\244ss\$w%rd-0123")", "\"[MASKED]\""}});
}

BOOST_AUTO_TEST_CASE(letters_that_are_not_ascii_are_escaped) {
  Check("p\xc3\xa4ss:\xe2\x82\xac=\xf0\x9f\x94\x91-0123",
        {{"Python's ascii()", R"('p\xe4ss:\u20ac=\U0001f511-0123')", "'[MASKED]'"},
         {"PyYAML", R"("p\xE4ss:\u20AC=\U0001F511-0123")", "\"[MASKED]\""},
         {"json.dumps", R"("p\u00e4ss:\u20ac=\ud83d\udd11-0123")", "\"[MASKED]\""},
         {"repr(json.dumps)", R"('{"p": "p\\u00e4ss:\\u20ac=\\ud83d\\udd11-0123"}')",
          R"('{"p": "[MASKED]"}')"},
         {".NET", R"("p\u00E4ss:\u20AC=\uD83D\uDD11-0123")", "\"[MASKED]\""},
         {"Java's properties", R"(k=p\u00E4ss\:\u20AC\=\uD83D\uDD11-0123)", "k=[MASKED]"}});
}

BOOST_AUTO_TEST_CASE(addresses_are_percent_encoded) {
  Check("p@ss w0rd/+&=%41-0123",
        {{"encodeURIComponent", "p%40ss%20w0rd%2F%2B%26%3D%2541-0123", "[MASKED]"},
         {"encodeURI", "p@ss%20w0rd/+&=%2541-0123", "[MASKED]"},
         {"quote_plus", "p%40ss+w0rd%2F%2B%26%3D%2541-0123", "[MASKED]"},
         {"JavaScript's escape", "p@ss%20w0rd/+%26%3D%2541-0123", "[MASKED]"},
         {"Go's user:password@", "u:p%40ss%20w0rd%2F+&=%2541-0123@h", "u:[MASKED]@h"},
         {"encodeURIComponent twice", "p%2540ss%2520w0rd%252F%252B%2526%253D%252541-0123",
          "[MASKED]"}});
}

BOOST_AUTO_TEST_CASE(lines_of_a_key_are_printed_one_by_one) {
  const std::string first = kKey.substr(28, 64);
  const std::string second = kKey.substr(93, 44);
  const std::string begin = "-----BEGIN PRIVATE KEY-----";
  const std::string end = "-----END PRIVATE KEY-----";
  Check(
      kKey,
      {{"cat", kKey, "[MASKED]\n"},
       {"a terminal", begin + "\r\n" + first + "\r\n" + second + "\r\n" + end + "\r\n",
        begin + "\r\n[MASKED]\r\n[MASKED]\r\n" + end + "\r\n"},
       {"cat -n", "     1\t" + begin + "\n     2\t" + first + "\n     3\t" + second + "\n",
        "     1\t" + begin + "\n     2\t[MASKED]\n     3\t[MASKED]\n"},
       {"git diff", "+" + begin + "\n+" + first + "\n+" + second + "\n+" + end + "\n",
        "+" + begin + "\n+[MASKED]\n+[MASKED]\n+" + end + "\n"},
       {"echo $V", begin + " " + first + " " + second + " " + end, "[MASKED]"},
       {"jq", R"({"k":")" + begin + R"(\n)" + first + R"(\n)" + second + R"(\n)" + end + R"(\n"})",
        R"({"k":"[MASKED]\n"})"},
       {"grep", "key.pem:3:" + second, "key.pem:3:[MASKED]"},
       {"base64 of a line",
        "OWJGbElrcFl0NUhmYXZIWU1ENWh6Y1M3aHNQUnhDY1FQRFJNUVluckx4NTcxZFIrUkcvT3dxUFlFWE5oRU9WNA==",
        "[MASKED]A=="}});
  CheckGone(kKey,
            {"key: |\n  " + begin + "\n  " + first + "\n  " + second + "\n  " + end + "\n",
             begin + "\n" + first.substr(0, 40) + "\n" + first.substr(40) + "\n" + second + "\n"});
  const std::string inline_key =
      begin + R"(\n)" + first + R"(\n)" + second + R"(\n)" + end + R"(\n)";
  Check(inline_key, {{"echo -e", kKey, begin + "\n[MASKED]\n[MASKED]\n" + end + "\n"}});
}

BOOST_AUTO_TEST_CASE(a_jwt_is_folded_and_coloured) {
  const auto folded = [](std::size_t columns, const std::string& before, const std::string& after) {
    std::string text;
    for (const auto line : Cut(kJwt, columns)) text += before + std::string(line) + after;
    return text;
  };
  const auto masks = [](int lines, const std::string& before, const std::string& after) {
    std::string text;
    for (int i = 0; i < lines; ++i) text += before + "[MASKED]" + after;
    return text;
  };
  Check(kJwt,
        {{"fold", folded(64, "", "\n"), masks(3, "", "\n")},
         {"a terminal of 80 columns", folded(80, "", "\r\n"), masks(2, "", "\r\n")},
         {"an indented block", folded(60, "        ", "\n"), masks(3, "        ", "\n")},
         {"BuildKit", folded(76, "#12 0.345 ", "\n"), masks(2, "#12 0.345 ", "\n")},
         {"Compose", folded(76, "web-1  | ", "\n"), masks(2, "web-1  | ", "\n")},
         {"a table", folded(30, "| ", " |\n"), masks(5, "| ", " |\n")},
         {"a table with borders that are not ASCII", folded(50, "\u2502 ", " \u2502\n"),
          masks(3, "\u2502 ", " \u2502\n")},
         {"a wide table", folded(40, "| 2026-01-01 | ", " | admin |\n"),
          masks(4, "| 2026-01-01 | ", " | admin |\n")},
         {"a program's source", folded(70, "  \"", "\" +\n"), masks(3, "  \"", "\" +\n")},
         {"coloured lines", folded(64, "\x1b[32m", "\x1b[0m\n"), masks(3, "\x1b[32m", "\x1b[0m\n")},
         {"grep --color=always eyJ",
          "\x1b[01;31m\x1b[KeyJ\x1b[m\x1b[K" + kJwt.substr(3, 34) +
              "\x1b[01;31m\x1b[KeyJ\x1b[m\x1b[K" + kJwt.substr(40),
          "\x1b[01;31m\x1b[K[MASKED]\x1b[m\x1b[K[MASKED]\x1b[01;31m\x1b[K[MASKED]\x1b[m\x1b[K"
          "[MASKED]"}});
}

BOOST_AUTO_TEST_CASE(base64_is_applied_twice) {
  Check("S3cr3t-Value-0123456789",
        {{"base64 | base64", "VXpOamNqTjBMVlpoYkhWbExUQXhNak0wTlRZM09Eaz0K\n", "[MASKED]az0K\n"},
         {"base64 -w 0 | base64 -w 0",
          "VXpOamNqTjBMVlpoYkhWbExUQXhNak0wTlRZM09Eaz0=", "[MASKED]az0="},
         {"of user:password", "ZFhObGNqcFRNMk55TTNRdFZtRnNkV1V0TURFeU16UTFOamM0T1E9PQ==",
          "ZFhObGNqcF[MASKED]1E9PQ=="}});
}

BOOST_AUTO_TEST_CASE(words_of_the_language_are_no_secrets) {
  CheckStays(kKey, {"-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n"});
  CheckStays("apiVersion: v1\nkind: Config\nclusters:\n- name: prod\ntoken: 0123456789abcdef\n",
             {"apiVersion: v1\nkind: Config\n", "clusters:\n", "- name: prod\n"});
  CheckStays("admin\nproduction\nhunter2-hunter2\n", {"deployed to production\n", "admin"});
  CheckStays("<settings>\n<servers>\n<id>central</id>\n<password>hunter2-hunter2</password>\n",
             {"<settings>\n<servers>\n", "<id>central</id>"});
  CheckStays("correct-horse-battery",
             {"correct\nhorse\nbattery\n", "correct-horse\n", "correct horse-battery"});
  CheckStays("it's-0123456789", {"it is 0123456789", "it-0123456789"});
  CheckStays("          ", {"          "});
}

BOOST_AUTO_TEST_SUITE_END()
