#ifndef JOBWARDEN_HOOKS_GUARD_ENVIRONMENT_BLOCK_H_
#define JOBWARDEN_HOOKS_GUARD_ENVIRONMENT_BLOCK_H_

#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// An environment as execve takes it. What is not changed keeps its bytes, order and repetitions.
class EnvironmentBlock {
 public:
  /// `entries` ends with a null pointer, and outlives this.
  explicit EnvironmentBlock(char** entries);

  /// The first value of this name, or the empty text: unset and empty are the same.
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;

  /// Takes out all entries of this name.
  void Drop(std::string_view name);
  /// Changes the value where the name stands; nothing where it does not.
  void Replace(std::string_view name, const std::string& value);

  /// For execve; good until the next change.
  char* const* entries() { return entries_.data(); }

 private:
  std::vector<char*> entries_;
  std::list<std::string> changed_;  // entries that are our own
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_ENVIRONMENT_BLOCK_H_
