#ifndef JOBWARDEN_TESTS_SUPPORT_GIT_SERVER_H_
#define JOBWARDEN_TESTS_SUPPORT_GIT_SERVER_H_

#include <memory>
#include <string>

namespace jobwarden::testing {

/// Serves the git repositories of a folder on a port of its own of 127.0.0.1, to whoever has the
/// password. For git it is files: `git update-server-info` must have run in each repository.
class GitServer {
 public:
  GitServer(const std::string& folder, const std::string& user, const std::string& password);
  ~GitServer();
  GitServer(const GitServer&) = delete;
  GitServer& operator=(const GitServer&) = delete;

  /// `127.0.0.1:PORT`
  std::string host() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_GIT_SERVER_H_
