#ifndef JOBWARDEN_VERIFIER_BROKER_ID_TOKEN_SERVICE_H_
#define JOBWARDEN_VERIFIER_BROKER_ID_TOKEN_SERVICE_H_

#include <string>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/broker/asker.h"
#include "verifier/broker/http_request.h"
#include "verifier/broker/order.h"
#include "verifier/broker/report.h"
#include "verifier/broker/step_table.h"
#include "verifier/config/config.h"
#include "verifier/fetch/id_token_request.h"
#include "verifier/keys/key_cache.h"
#include "verifier/policy/rule.h"

namespace jobwarden {

/// The status and the JSON body of an answer.
struct TokenAnswer {
  int status = 200;
  std::string body;
};

/// `{"message":…}` as GitHub's endpoint says what is wrong; clients show the message.
TokenAnswer TokenProblem(int status, const Findings& findings);

/// Answers the steps' requests for id_tokens, as GitHub's endpoint does. Safe to be used by many
/// threads.
class IdTokenService {
 public:
  /// CONFIG_INVALID when the configuration is not the one that the order is about. All references
  /// must outlive the service.
  static Result<IdTokenService> Make(const Config& config, BrokerOrder order, StepTable& steps,
                                     BrokerReport& report);

  /// Finds the step by its ticket and the process by its connection; holds the audience against
  /// the rule's `audiences`; requests the token from GitHub; verifies it and binds it to the job;
  /// writes the audit line. Only when all of that is good the answer holds the token.
  TokenAnswer Answer(const TokenQuery& query, const LoopbackClient& client);

 private:
  IdTokenService(const Config& config, BrokerOrder order, IdTokenRequest request,
                 const Issuer& issuer, const Rule& rule, StepTable& steps, BrokerReport& report);

  Result<Secret> Request(const TokenQuery& query, std::string& audience);
  Findings Permit(const std::string& audience) const;

  const Config* config_;
  BrokerOrder order_;
  IdTokenRequest request_;
  const Issuer* issuer_;
  const Rule* rule_;
  StepTable* steps_;
  BrokerReport* report_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_ID_TOKEN_SERVICE_H_
