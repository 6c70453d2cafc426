#include "verifier/report/page.h"

#include <boost/test/unit_test.hpp>
#include <regex>

#include "tests/support/has.h"
#include "tests/verifier/report/records.h"
#include "verifier/base/encoding.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

std::string PageOf(const Tally& tally) {
  ReportInput input;
  input.now = kMorning;
  return Page(MakeReport(tally, input));
}

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(nothing_of_the_audit_file_is_markup) {
  const std::string evil = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
  Tally tally;
  Record record = Denied(evil, evil);
  record.job_id = evil;
  Add(tally, record, evil);
  record = Allowed(evil);
  record.job_project = evil;
  record.tokens = {{evil, "", {evil}}};
  record.exposure.stripped = {evil};
  Add(tally, record, evil + "2");
  const std::string page = PageOf(tally);
  BOOST_TEST(Lacks(page, "<script>alert"));
  BOOST_TEST(Lacks(page, "<img"));
  BOOST_TEST(
      Has(page, "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img"));
  BOOST_TEST(Count(page, "<script") == 1U);
  BOOST_TEST(Count(page, "</script>") == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_hidden_or_turns_text_round_is_shown_as_an_escape) {
  Tally tally;
  Add(tally, Denied("a\u202eb\u2066c\nd\x1b[31me", "m"), "h");
  const std::string page = PageOf(tally);
  BOOST_TEST(Has(page, "a\\u202eb\\u2066c\\nd\\u001b[31me"));
  BOOST_TEST(Lacks(page, "\u202e"));
  BOOST_TEST(Lacks(page, "\x1b"));
  // Letters of another direction are letters, in an element that holds them together.
  Tally hebrew;
  Add(hebrew, Denied("שלום/app", "m"), "h");
  BOOST_TEST(Has(PageOf(hebrew), "<bdi>שלום/app</bdi>"));
}

BOOST_AUTO_TEST_CASE(token_is_not_shown) {
  Tally tally;
  Add(tally, Denied("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl", "m"), "h");
  BOOST_TEST(Lacks(PageOf(tally), "eyJ"));
}

BOOST_AUTO_TEST_CASE(policy_permits_the_page_s_own_style_and_script_alone) {
  const std::string page = PageOf(Tally());
  BOOST_TEST(
      Has(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "));
  BOOST_TEST(Lacks(page, "unsafe"));
  for (const char* outside : {"http:", "https:", " src=", "url(", "@import", "<link", "style=\""}) {
    BOOST_TEST(Lacks(page, outside));
  }
  // Of the empty text, as openssl dgst -sha256 -binary | base64 has it: what no digest here is.
  BOOST_TEST(Lacks(page, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
  const std::regex digest("sha256-[A-Za-z0-9+/]{43}=");
  BOOST_TEST(std::distance(std::sregex_iterator(page.begin(), page.end(), digest),
                           std::sregex_iterator()) == 2);
}

BOOST_AUTO_TEST_CASE(page_is_small_whatever_strangers_wrote) {
  Tally tally;
  for (int i = 0; i < 400; ++i) {
    const std::string name = std::to_string(i) + std::string(300, '"');
    Add(tally, Denied(name, name), "h" + name);
    Add(tally, Reported(Denied(name, name)), "h" + name);
    Record record = Allowed(name);
    record.exposure.stripped = {name};
    record.time += std::chrono::hours(i);
    Add(tally, record, "h" + name);
  }
  const std::string page = PageOf(tally);
  BOOST_TEST(page.size() <= kMaxPageBytes);
  BOOST_TEST(Has(page, " more rows are left out."));
  BOOST_TEST(page.ends_with("</html>\n"));
}

BOOST_AUTO_TEST_CASE(page_without_decisions_says_so) {
  const std::string page = PageOf(Tally());
  BOOST_TEST(Has(page, "There are no decisions"));
  BOOST_TEST(Has(page, "No job was refused."));
}

BOOST_AUTO_TEST_SUITE_END()
