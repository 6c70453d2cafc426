#ifndef JOBWARDEN_HOOKS_GUARD_HELD_CREDENTIALS_H_
#define JOBWARDEN_HOOKS_GUARD_HELD_CREDENTIALS_H_

#include <string>

namespace jobwarden {

/// The credentials that actions/checkout leaves for git, while a step that calls no git runs. They
/// are in `.git/config` of the checkouts (before v6), or in files `git-credentials-*.config` of
/// RUNNER_TEMP, which `.git/config` includes.
///
/// What is taken is written into a folder of its own first, so that nothing that ends in between
/// loses it. That folder is the job's own, and this user can read it: a step that looks for
/// credentials does not find them where they always are, and that is all.
///
/// Several processes may hold one folder: each operation waits for a lock.
class HeldCredentials {
 public:
  /// `folder` is made when something is taken. Paths are absolute.
  HeldCredentials(std::string folder, std::string workspace, std::string temporary);

  /// Takes all credentials that it finds. What is in use (a `config.lock` is there) or cannot be
  /// written stays where it is.
  void Take() const;

  /// Puts back what was taken. Returns whether nothing is left.
  bool GiveBack() const;

 private:
  std::string folder_;
  std::string workspace_;
  std::string temporary_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_HELD_CREDENTIALS_H_
