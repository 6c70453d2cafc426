#include "hooks/github/workflow_log.h"

#include <boost/test/unit_test.hpp>

#include "verifier/base/text.h"

using namespace jobwarden;

BOOST_AUTO_TEST_SUITE(workflow_log)

BOOST_AUTO_TEST_CASE(annotation_stays_one_line_whatever_it_says) {
  BOOST_TEST(AnnotationLine(Annotation::kError, "a: b, 5%", "100%\r\n::add-mask::x") ==
             "::error title=a%3A b%2C 5%25::100%25%0D%0A::add-mask::x\n");
  BOOST_TEST(AnnotationLine(Annotation::kWarning, "t", "m") == "::warning title=t::m\n");
}

BOOST_AUTO_TEST_CASE(nothing_that_is_quoted_is_a_command) {
  BOOST_TEST(Quote("a\n::stop-commands::x") == "\"a\\n::stop-commands::x\"");
  BOOST_TEST(Quote("##[stop-commands]x") == "\"##\\u005bstop-commands]x\"");
  BOOST_TEST(Quote("###[a] #[b] ##") == "\"###\\u005ba] #[b] ##\"");
}

BOOST_AUTO_TEST_CASE(each_line_of_a_value_is_masked_by_itself) {
  BOOST_TEST(MaskLine("eyJ.a%b.c") == "::add-mask::eyJ.a%25b.c\n");
  BOOST_TEST(MaskLine("one\r\n\ntwo\n") == "::add-mask::one\n::add-mask::two\n");
  BOOST_TEST(MaskLine("") == "");
}

BOOST_AUTO_TEST_CASE(finding_that_forbids_is_an_error_and_any_other_a_warning) {
  const Finding denied{Code::kForkDenied, "the job runs what a fork wrote", "ask"};
  Finding tried = denied;
  tried.report_only = true;
  const Finding stale{Code::kKeysStale, "old"};
  BOOST_TEST(FindingsAnnotated({denied, tried, stale}) ==
             "::error title=jobwarden::FORK_DENIED: the job runs what a fork wrote%0Aask\n"
             "::warning title=jobwarden::FORK_DENIED: the job runs what a fork wrote%0Aask\n"
             "::warning title=jobwarden::KEYS_STALE: old\n");
}

BOOST_AUTO_TEST_SUITE_END()
