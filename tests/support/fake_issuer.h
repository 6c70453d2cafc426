#ifndef JOBWARDEN_TESTS_SUPPORT_FAKE_ISSUER_H_
#define JOBWARDEN_TESTS_SUPPORT_FAKE_ISSUER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/certificate.h"

namespace jobwarden::testing {

/// How an issuer is reached.
struct Serving {
  std::optional<Certificate> certificate = {};  ///< with one it speaks TLS
  std::string host = "127.0.0.1";               ///< in its url; an IPv6 address in brackets
  std::string address = "127.0.0.1";            ///< where it listens
  bool tls_1_1_only = false;
};

/// What an issuer answers to a path, instead of what it should.
struct Answer {
  int status = 200;
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::chrono::milliseconds delay{0};       ///< before the answer begins
  std::chrono::milliseconds drip_pause{0};  ///< between any two bytes of the body, if not 0
};

/// An issuer on a port of its own of 127.0.0.1: a discovery document, a key set, and whatever a
/// test tells it to say. Answers several requests at a time. When it is destroyed its answers break
/// off, and its port is one where nobody listens.
class FakeIssuer {
 public:
  /// `path` stands before all that it serves, as on an instance with a relative root: `/gitlab`.
  explicit FakeIssuer(std::string path = "", const Serving& serving = {});
  ~FakeIssuer();
  FakeIssuer(const FakeIssuer&) = delete;
  FakeIssuer& operator=(const FakeIssuer&) = delete;

  std::uint16_t port() const;
  /// `http://127.0.0.1:PORT/gitlab`
  std::string url() const;
  std::string keys_url() const;
  static constexpr const char* kDiscoveryPath = "/.well-known/openid-configuration";
  static constexpr const char* kKeysPath = "/oauth/discovery/keys";

  /// The key set to serve from now on; at first `{"keys":[]}`.
  void SetKeys(std::string jwks);
  /// What to add to each answer with the key set, for example Cache-Control.
  void SetKeysHeaders(std::vector<std::pair<std::string, std::string>> headers);
  /// What the discovery document says; by default the truth.
  void SetDiscovery(std::string document);
  /// Answers `path` (below the issuer's own) so, until told nothing. An answer with an ETag is 304
  /// to who has that ETag.
  void SetAnswer(const std::string& path, std::optional<Answer> answer);

  /// Answers `path`, whatever its query, by what this says of query and Authorization; nullptr: no
  /// more.
  using Responder =
      std::function<Answer(const std::string& query, const std::string& authorization)>;
  void SetResponder(const std::string& path, Responder responder);

  /// Ends all answers that are under way.
  void BreakOff();

  /// How many requests there were, in all or for one path.
  int requests() const;
  int requests(const std::string& path) const;
  /// A header of the last request; empty when it had none.
  std::string LastHeader(const std::string& name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_FAKE_ISSUER_H_
