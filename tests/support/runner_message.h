#ifndef JOBWARDEN_TESTS_SUPPORT_RUNNER_MESSAGE_H_
#define JOBWARDEN_TESTS_SUPPORT_RUNNER_MESSAGE_H_

#include <nlohmann/json.hpp>
#include <string>

namespace jobwarden::testing {

/// The job of `message` (as Message() makes it) in the form in which GitHub hands it to its own
/// runner. `service` is the url of the RunnerService that the runner is to talk to. Actions of the
/// job are written as archives into the folder `archives`: the runner downloads them from there.
nlohmann::ordered_json RunnerMessage(const nlohmann::ordered_json& message,
                                     const std::string& service, const std::string& archives);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_RUNNER_MESSAGE_H_
