#ifndef JOBWARDEN_TESTS_SUPPORT_SCRIPT_WRITER_H_
#define JOBWARDEN_TESTS_SUPPORT_SCRIPT_WRITER_H_

#include <string>
#include <string_view>
#include <vector>

namespace jobwarden::testing {

/// The runners whose scripts are known byte for byte.
enum class Runner { k14_10, k17_2, k19_4 };

enum class Shell { kBash, kSh, kPwsh };

/// A variable of a job, as the job response has it.
struct Variable {
  std::string key;
  std::string value;
  bool file = false;
  bool raw = false;
  bool masked = false;
};

/// The value of the last variable of this name, or nothing.
const Variable* FindLast(const std::vector<Variable>& variables, std::string_view key);

/// The variables with `$NAME` and `${NAME}` put in as the runner does: once, not in `raw` values,
/// from the values before any is expanded; an unknown name is empty. Where a value names a file
/// variable, runners since 17 put in its path below `temporary_dir`, older ones its content.
std::vector<Variable> Expand(const std::vector<Variable>& variables, Runner runner,
                             std::string_view temporary_dir);

/// Writes the scripts that GitLab Runner gives to `run`, from variables that are expanded already.
class ScriptWriter {
 public:
  /// The form follows from what the job sets: FF_POSIXLY_CORRECT_ESCAPES, FF_USE_LEGACY_BASH_EVAL,
  /// FF_USE_NEW_BASH_EVAL_STRATEGY, CI_DEBUG_TRACE.
  ScriptWriter(Runner runner, Shell shell, const std::vector<Variable>& expanded);

  /// The job's variables and the lines that read GITLAB_ENV. File variables are written below
  /// `temporary_dir`, or, where `files_exist`, only named.
  void Variables(const std::vector<Variable>& expanded, const std::string& temporary_dir,
                 bool files_exist = false);
  void ChangeFolder(const std::string& folder);
  /// A line of the log, in green.
  void Notice(const std::string& text);
  /// The job's own commands, each after an echo of it.
  void Commands(const std::vector<std::string>& commands);
  void RemoveFile(const std::string& path);
  /// Any line, as it is.
  void Line(const std::string& text);

  /// The whole script around what was written so far.
  std::string Script() const;

 private:
  std::string Word(std::string_view text) const;
  void Export(const std::string& key, const std::string& word);
  void ReadGitLabEnv(const std::string& temporary_dir);
  void CheckForErrors();

  Runner runner_;
  Shell shell_;
  bool posix_words_;
  bool trace_;
  std::string eval_begin_;
  std::string eval_end_;
  std::string body_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_SCRIPT_WRITER_H_
