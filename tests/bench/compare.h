#ifndef JOBWARDEN_TESTS_BENCH_COMPARE_H_
#define JOBWARDEN_TESTS_BENCH_COMPARE_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden::testing {

/// A program, and what has to be put right before it can run once more.
struct Command {
  std::vector<std::string> words;
  std::map<std::string, std::string> environment;
  std::function<void()> before = [] {};
};

struct Measured {
  double microseconds = 0;
  long peak_kib = 0;
};

/// Runs it once and reads all that it prints. There is nothing to measure in what fails: that ends
/// the bench.
Measured Run(const Command& command, int expected_status = 0);

/// Prints the medians of both, of their ratios and of their differences. They run in turn,
/// A B A B …, so that both meet the same machine.
void Compare(std::string_view what, int runs, const Command& ours, const Command& floor,
             std::string_view target);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_BENCH_COMPARE_H_
