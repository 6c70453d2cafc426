#ifndef JOBWARDEN_HOOKS_STEP_FOLDER_NAMES_H_
#define JOBWARDEN_HOOKS_STEP_FOLDER_NAMES_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace jobwarden {

/// The names in folders. Nearly all words of a script name no file; a folder that was listed once
/// answers for all of them, without a system call for each.
class FolderNames {
 public:
  /// Whether the folder may hold the name. False is sure; a folder that is too large or cannot be
  /// listed may hold every name.
  bool MayHold(const std::string& folder, std::string_view name);

  /// The names in the folder, as far as they are known.
  const std::set<std::string, std::less<>>& Names(const std::string& folder);

 private:
  struct Listing {
    std::set<std::string, std::less<>> names;
    bool complete = false;
  };
  const Listing& List(const std::string& folder);

  std::map<std::string, Listing, std::less<>> listings_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_FOLDER_NAMES_H_
