#ifndef JOBWARDEN_TESTS_SUPPORT_SCORE_H_
#define JOBWARDEN_TESTS_SUPPORT_SCORE_H_

#include <ostream>
#include <string>
#include <vector>

namespace jobwarden::testing {

/// What came of a corpus of jobs or steps: which lost a token that they need, and which kept one
/// that they do not need.
struct Score {
  std::vector<std::string> broken;
  std::vector<std::string> over_exposed;
};

inline std::ostream& operator<<(std::ostream& out, const Score& score) {
  out << score.broken.size() << " broken:";
  for (const std::string& each : score.broken) out << "\n  " << each;
  out << "\n" << score.over_exposed.size() << " over-exposed:";
  for (const std::string& each : score.over_exposed) out << "\n  " << each;
  return out << "\n";
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_SCORE_H_
