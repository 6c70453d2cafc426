#ifndef JOBWARDEN_TESTS_SUPPORT_EXPOSITION_H_
#define JOBWARDEN_TESTS_SUPPORT_EXPOSITION_H_

#include <string>
#include <vector>

namespace jobwarden::testing {

/// What is wrong with a text of metrics, by Prometheus' text format (version 0.0.4) and by its
/// rules for names; each with its line. It is stricter than `promtool check metrics`, which is not
/// on every machine: each metric has one head and all its samples after that, each series appears
/// once, and a histogram adds up.
std::vector<std::string> ExpositionFaults(const std::string& text);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_EXPOSITION_H_
