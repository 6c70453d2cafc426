#ifndef JOBWARDEN_TESTS_SUPPORT_TOKEN_ENDPOINT_H_
#define JOBWARDEN_TESTS_SUPPORT_TOKEN_ENDPOINT_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/support/fake_issuer.h"
#include "tests/support/github_job.h"
#include "tests/support/signer.h"

namespace jobwarden::testing {

/// Where jobs ask GitHub for id_tokens: `GET URL&audience=A`, `Authorization: bearer TOKEN`,
/// answered with `{"count":N,"value":"…"}`. Lies beside the keys of a FakeIssuer. Of an unknown
/// bearer token, and without one, the answer is 401.
class TokenEndpoint {
 public:
  /// Both must outlive it.
  TokenEndpoint(FakeIssuer& issuer, const Signer& signer);
  ~TokenEndpoint();
  TokenEndpoint(const TokenEndpoint&) = delete;
  TokenEndpoint& operator=(const TokenEndpoint&) = delete;

  /// Gives the job the right to request id_tokens of `issuer`, and its claims the issuer's name.
  /// What the job says later is not looked at: change it first, or serve it again.
  void Serve(GitHubJob& job);
  /// The requests that the job makes are answered with tokens of this one: a stolen token.
  void ServeAs(GitHubJob& job, const GitHubJob& victim);

  /// From now on a job that is served gets the tokens of this one.
  void Replace(const GitHubJob& job, const GitHubJob& victim);

  /// The next requests are answered so, one each; then the truth again.
  void Queue(std::vector<Answer> answers);
  /// All requests are answered so, until told nothing.
  void Always(std::optional<Answer> answer);

  int requests() const;
  std::vector<std::string> audiences() const;  ///< as they were asked for, decoded
  std::vector<std::string> tokens() const;     ///< as they were handed out

 private:
  struct State;
  std::shared_ptr<State> state_;
  FakeIssuer& issuer_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_TOKEN_ENDPOINT_H_
