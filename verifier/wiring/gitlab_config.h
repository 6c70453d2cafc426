#ifndef JOBWARDEN_VERIFIER_WIRING_GITLAB_CONFIG_H_
#define JOBWARDEN_VERIFIER_WIRING_GITLAB_CONFIG_H_

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/wiring/wiring.h"

namespace jobwarden {

/// One `[[runners]]` of GitLab Runner's config.toml.
struct GitLabRunner {
  std::string name;
  std::string executor;
};

/// The runners in the text of a config.toml, in its order. `path` is for messages. Refuses a text
/// with OddKeys, because what GitLab Runner takes from it is not certain.
Result<std::vector<GitLabRunner>> GitLabRunners(const std::string& path, std::string_view text);

/// The driver that a runner is to have.
struct GitLabDriver {
  std::string program;
  /// The configuration that it is to read; empty: the one that the runner names already, or else
  /// the default one.
  std::string config;
};

/// What makes the runner with this index use `driver` as its custom executor's driver, with all
/// four stages.
///
/// Only the lines of `executor` and of `[runners.custom]` change: in place where a key is there,
/// after the lines that belong to it where it is not. Everything else keeps its bytes: that is
/// checked by reading the text again. A text for which that does not work (inline tables, for
/// example) is refused, with the lines to write by hand. A runner that has another executor than
/// `shell`, or another driver, is refused unless `replace` is set, because its jobs would run
/// elsewhere. REQUIRES: `index` is one of GitLabRunners.
Result<Wiring> WireGitLabRunner(const std::string& path, std::string_view text, std::size_t index,
                                const GitLabDriver& driver, bool replace);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_WIRING_GITLAB_CONFIG_H_
