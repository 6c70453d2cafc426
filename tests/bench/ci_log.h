#ifndef JOBWARDEN_TESTS_BENCH_CI_LOG_H_
#define JOBWARDEN_TESTS_BENCH_CI_LOG_H_

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden::testing {

std::string RandomText(std::mt19937_64& random, std::size_t size, std::string_view letters);

/// What a job prints: compilers, package managers, image layers, tests, progress bars. Always the
/// same.
std::string CiLog(std::size_t bytes);

/// So many values to be masked: half of them tokens of 1 KB, the others API keys, digests and
/// passwords, of which one has `shortest` bytes. None of them stands in the log.
std::vector<std::string> CiSecrets(std::size_t count, std::size_t shortest);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_BENCH_CI_LOG_H_
