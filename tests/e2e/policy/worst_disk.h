#ifndef JOBWARDEN_TESTS_E2E_POLICY_WORST_DISK_H_
#define JOBWARDEN_TESTS_E2E_POLICY_WORST_DISK_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/killed_program.h"

namespace jobwarden::testing {

/// What may be on the disk below a folder if the power goes now.
///
/// POSIX promises no more than this: bytes are on the disk once their file was fsynced, and a name
/// that was made, moved or removed once its folder was. Until then each change of a name may be on
/// the disk or not, alone of all, and a file may be empty.
class WorstDisk {
 public:
  /// All that is below the folder now is on the disk.
  explicit WorstDisk(std::string folder);

  /// A change of a link that may not be on the disk yet.
  void MoveLink(const std::string& path, const std::string& target);

  void See(const SystemCall& call);

  /// A file's bytes, `-> TARGET` for a link and nothing for a folder, by their paths below the
  /// folder.
  using Tree = std::map<std::string, std::string>;
  /// What may be found: with none of the changes that are not certain, with all, with one alone.
  std::vector<Tree> Possible() const;

 private:
  // A file that has no certain bytes yet is found empty.
  struct File {
    std::string text;
    std::string on_disk;
  };
  using Names = std::map<std::string, std::shared_ptr<File>>;
  struct Change {
    std::string path;
    std::shared_ptr<File> file;  // none: removed
  };

  void Make(const std::string& path, std::shared_ptr<File> file);
  void Remove(const std::string& path);
  void Sync(const std::string& path);
  std::optional<std::string> Below(const std::string& path) const;
  static void Apply(const Change& change, Names& names);
  static Tree Reachable(const Names& names);

  std::string folder_;
  Names now_, on_disk_;
  std::vector<std::vector<Change>> uncertain_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_POLICY_WORST_DISK_H_
