#ifndef JOBWARDEN_TESTS_E2E_SERVE_DOCUMENTED_H_
#define JOBWARDEN_TESTS_E2E_SERVE_DOCUMENTED_H_

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/support/raw_client.h"

namespace jobwarden::testing {

/// Holds answers against openapi.json, and remembers which were seen.
class Documented {
 public:
  explicit Documented(nlohmann::json document);

  const nlohmann::json& document() const { return document_; }
  /// The answer has a documented status, and the form that belongs to the status.
  void Check(const std::string& path, const std::string& method, const HttpReply& reply);
  void Check(const std::string& path, const std::string& method, const HttpReply& reply,
             int status);
  /// What the document says a request's body must be.
  const nlohmann::json& RequestSchema(const std::string& path) const;
  std::string RequestFault(const std::string& path, const nlohmann::json& body) const;
  /// Each documented answer was seen. Those that all requests share need to be seen once.
  void CheckAllSeen() const;

 private:
  nlohmann::json document_;
  std::set<std::string> seen_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_SERVE_DOCUMENTED_H_
