#ifndef JOBWARDEN_TESTS_SUPPORT_HAS_H_
#define JOBWARDEN_TESTS_SUPPORT_HAS_H_

#include <boost/test/unit_test.hpp>
#include <string>

namespace jobwarden::testing {

/// A check that failed, and why.
inline boost::test_tools::predicate_result No(const std::string& why) {
  boost::test_tools::predicate_result no(false);
  no.message() << why;
  return no;
}

/// Whether `part` stands in `text`; for BOOST_TEST, which then shows both.
inline boost::test_tools::predicate_result Has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos ? boost::test_tools::predicate_result(true)
                                      : No("\"" + part + "\" is not in:\n" + text);
}

inline boost::test_tools::predicate_result Lacks(const std::string& text, const std::string& part) {
  return text.find(part) == text.npos ? boost::test_tools::predicate_result(true)
                                      : No("\"" + part + "\" is in:\n" + text);
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_HAS_H_
