#include <exception>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/cli/broker_command.h"
#include "verifier/cli/config_command.h"
#include "verifier/cli/doctor_command.h"
#include "verifier/cli/explain_command.h"
#include "verifier/cli/inspect_command.h"
#include "verifier/cli/install_command.h"
#include "verifier/cli/jws_command.h"
#include "verifier/cli/keys_command.h"
#include "verifier/cli/options.h"
#include "verifier/cli/policy_command.h"
#include "verifier/cli/policy_diff_command.h"
#include "verifier/cli/policy_init_command.h"
#include "verifier/cli/policy_pull_command.h"
#include "verifier/cli/policy_replay_command.h"
#include "verifier/cli/policy_sign_command.h"
#include "verifier/cli/policy_test_command.h"
#include "verifier/cli/print.h"
#include "verifier/cli/report_command.h"
#include "verifier/cli/serve_command.h"
#include "verifier/cli/token_command.h"
#include "verifier/cli/verify_command.h"
#include "verifier/os/environment.h"

namespace {

int Run(const jobwarden::Options& options) {
  using jobwarden::Command;
  switch (options.command) {
    case Command::kVerify:
      return RunVerify(options.config_path, options.verify);
    case Command::kInspect:
      return RunInspect(options.inspect);
    case Command::kJws:
      return RunJws(options.jws);
    case Command::kKeysRefresh:
      return RunKeysRefresh(options.config_path, options.keys);
    case Command::kKeysShow:
      return RunKeysShow(options.config_path, options.keys);
    case Command::kKeysPin:
      return RunKeysPin(options.config_path, options.keys);
    case Command::kConfigShow:
      return RunConfigShow(options.config_path, options.config);
    case Command::kConfigCheck:
      return RunConfigCheck(options.config_path, options.config);
    case Command::kInstallGitLab:
      return RunInstallGitLab(options.config_path, options.config_given, options.install);
    case Command::kInstallGitHub:
      return RunInstallGitHub(options.config_path, options.install);
    case Command::kTokenBroker:
      return jobwarden::RunTokenBroker(options.config_path);
    case Command::kPolicyCheck:
      return RunPolicyCheck(options.config_path, options.policy_check);
    case Command::kPolicyTest:
      return RunPolicyTest(options.config_path, options.config_given, options.policy_test);
    case Command::kPolicyDiff:
      return RunPolicyDiff(options.policy_diff);
    case Command::kPolicyReplay:
      return RunPolicyReplay(options.config_path, options.policy_replay);
    case Command::kPolicyExplain:
      return RunPolicyExplain(options.config_path, options.policy_explain);
    case Command::kServe:
      return jobwarden::RunServe(options.config_path, options.serve);
    case Command::kReport:
      return RunReport(options.config_path, options.config_given, options.report);
    case Command::kPolicyInit:
      return RunPolicyInit(options.config_path, options.policy_init);
    case Command::kPolicySchema:
      return jobwarden::RunPolicySchema();
    case Command::kDoctor:
      return RunDoctor(options.config_path, options.doctor);
    case Command::kPolicySign:
      return RunPolicySign(options.config_path, options.config_given, options.policy_sign);
    case Command::kPolicyPull:
      return RunPolicyPull(options.config_path, options.policy_pull);
    case Command::kTokenRequest:
      return RunTokenRequest(options.config_path, options.token_request);
  }
  return jobwarden::ExitCodeOf(jobwarden::Outcome::kError);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    // Most commands hold a token, and one the key that signs a fleet's policy.
    if (const auto hidden = jobwarden::HideProcess(); !hidden) {
      return jobwarden::Fail(hidden.findings(), jobwarden::AsksForJson(argc, argv));
    }
    int exit_code = 0;
    const auto options = jobwarden::ParseOptions(argc, argv, exit_code);
    return options ? Run(*options) : exit_code;
  } catch (const std::exception& error) {
    return jobwarden::Fail(
        {{jobwarden::Code::kDriverFailed, jobwarden::LibraryWords(error.what())}},
        jobwarden::AsksForJson(argc, argv));
  }
}
