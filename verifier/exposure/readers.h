#ifndef JOBWARDEN_VERIFIER_EXPOSURE_READERS_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_READERS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/glob.h"
#include "verifier/exposure/settings.h"
#include "verifier/exposure/usage.h"

namespace jobwarden {

/// The commands that read variables by fixed names: which of them a name needs, and which of them
/// stand in a text.
class Readers {
 public:
  /// `git_asks`: git, and what calls it, reads CI_JOB_TOKEN. `consumers` must outlive this.
  Readers(const Consumers& consumers, bool git_asks);

  /// Adds the words that tell whether a text uses this variable: its name, and those of commands.
  void AddTo(Words& words, const std::string& name) const;

  /// The first command all of whose words are among `words` and that reads the variable; empty:
  /// none does.
  std::string FindIn(const Words& words, const std::string& name) const;

 private:
  // Calls `each` with the commands that read this variable, until it returns true.
  template <class Each>
  bool Any(const std::string& name, const Each& each) const;

  bool git_asks_;
  const Consumers& consumers_;
  std::vector<std::pair<Glob, const std::vector<std::string>&>> patterns_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_READERS_H_
