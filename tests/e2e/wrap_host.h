#ifndef JOBWARDEN_TESTS_E2E_WRAP_HOST_H_
#define JOBWARDEN_TESTS_E2E_WRAP_HOST_H_

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/harness.h"

namespace jobwarden::testing {

/// The folder of tests/support/recording_driver and tests/support/failing_driver.
extern const std::string kDrivers;

/// The variables with the tokens of the good job.
extern const std::vector<std::string> kTokens;
void TakeTokensAway(Environment& environment);

/// A part of the token that no other token has.
std::string Signature(const RunnerHost& host, const Job& job, const std::string& name);

/// Whether the process whose id is this line ends; a process that was just killed needs a moment.
bool Ends(const std::string& line);

/// What the driver got in one call.
struct DriverRecord {
  std::string name;  ///< `config`, `prepare`, a stage, `cleanup`
  Environment environment;
  std::vector<std::string> arguments;
  std::string folder;
  std::string response;
  std::string script;
  std::string mode;

  /// Environment, job response and script in one text.
  std::string everything() const;
};

/// A runner whose recording driver is wrapped, and what the runner gave to each call of ours.
class WrapHost : public RunnerHost {
 public:
  WrapHost();

  /// What the driver's `config` prints.
  void Answer(const nlohmann::ordered_json& answer);

  std::vector<DriverRecord> Records() const;
  /// The record of this call. The test fails where the driver was not called.
  DriverRecord Of(const std::string& name) const;
  std::vector<std::string> Called() const;

  std::map<std::string, Environment> given;
  std::map<std::string, std::string> given_response;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_WRAP_HOST_H_
