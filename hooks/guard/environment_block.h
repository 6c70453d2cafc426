#ifndef JOBWARDEN_HOOKS_GUARD_ENVIRONMENT_BLOCK_H_
#define JOBWARDEN_HOOKS_GUARD_ENVIRONMENT_BLOCK_H_

#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// An environment in the form that execve takes. Entries that are not changed keep their bytes,
/// order and repetitions.
class EnvironmentBlock {
 public:
  /// `entries` ends with a null pointer and outlives this object.
  explicit EnvironmentBlock(char** entries);

  /// The first value of this name; empty if the variable is absent or empty.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;

  /// Removes all entries of this name.
  void Drop(std::string_view name);
  /// Removes all entries whose value contains `text`, except those of `PATH`, and returns their
  /// names. REQUIRES: `text` is not empty.
  std::vector<std::string> DropHolding(std::string_view text);
  /// Adds a variable, after Drop of its name.
  void Set(std::string_view name, std::string_view value);
  /// Replaces the value of all entries of this name. Adds none.
  void Replace(std::string_view name, const std::string& value);

  /// For execve; valid until the next change.
  char* const* entries() { return entries_.data(); }

 private:
  std::vector<char*> entries_;
  std::list<std::string> changed_;  // the entries that this object has made
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_ENVIRONMENT_BLOCK_H_
