#ifndef JOBWARDEN_VERIFIER_CLI_OPTIONS_H_
#define JOBWARDEN_VERIFIER_CLI_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verifier/manual/command_reference.h"
#include "verifier/provider/issuer.h"
#include "verifier/review/test_report.h"
#include "verifier/token/algorithm.h"

namespace jobwarden {

/// Where a token is read from. Exactly one member is set.
struct TokenOptions {
  std::string env;  ///< name of a variable
  std::string file;
  bool from_stdin = false;
};

struct VerifyOptions {
  TokenOptions token;
  std::string facts_file;
  std::string issuer;
  std::optional<std::int64_t> now;
  bool json = false;
};

struct InspectOptions {
  TokenOptions token;
  std::optional<std::int64_t> now;
  bool json = false;
};

struct JwsOptions {
  std::string keys_file;
  std::vector<Algorithm> algorithms;
};

/// Options of `keys refresh`, `keys show` and `keys pin`.
struct KeysOptions {
  std::string issuer;      ///< empty: all issuers
  bool if_needed = false;  ///< only for refresh
  bool json = false;       ///< only for show
};

/// Of the commands `config check` and `config show`.
struct ConfigOptions {
  bool json = false;
  bool effective = false;
};

/// Options of `policy check`.
struct PolicyCheckOptions {
  bool strict = false;
  bool json = false;
};

/// Options of `policy test`.
struct PolicyTestOptions {
  std::vector<std::string> files;
  TestFormat format = TestFormat::kText;
  bool json = false;  ///< the same as the format
  bool coverage = false;
  std::optional<unsigned> min_coverage;  ///< per cent
};

/// Options of `policy diff`.
struct PolicyDiffOptions {
  std::string old_path;
  std::string new_path;
  bool fail_on_new_access = false;
  std::vector<std::string> audit_files;
  bool json = false;
};

/// Options of `policy replay`.
struct PolicyReplayOptions {
  std::vector<std::string> files;  ///< audit files; empty: that of the configuration
  bool json = false;
};

/// Options of `policy explain`. The job is that of `id`, or else that of `token`, or else what
/// `claims_file` and `facts_file` say of one.
struct PolicyExplainOptions {
  std::string id;
  std::vector<std::string> files;  ///< audit files; empty: that of the configuration
  TokenOptions token;
  bool decode = false;  ///< the token is not verified
  std::optional<std::int64_t> now;
  std::string claims_file;
  std::string facts_file;
  std::optional<Provider> provider;
  std::string issuer;
  std::vector<std::string> audiences;  ///< of the job's other id_tokens
  std::vector<std::string> variables;
  bool json = false;
};

/// Options of `report`.
struct ReportOptions {
  std::vector<std::string> files;  ///< empty: audit.file of the configuration
  std::string since;               ///< a duration; empty: all
  std::string html;                ///< `-`: standard output; empty: text for a terminal
};

/// Options of `policy init`. What is empty is asked for on a terminal, or has a default.
struct PolicyInitOptions {
  std::string provider;  ///< `gitlab`, `github`
  std::string folder;    ///< empty: that of the configuration
  std::string url;
  std::string audience;
  std::string project;
  std::string project_id;
  std::string ref;
  std::string help;
};

/// Options of `doctor`.
struct DoctorOptions {
  std::string gitlab_config;  ///< empty: the default place, if a file is there
  std::string github_folder;
  bool probe = false;
  bool json = false;
};

/// Options of `policy sign`.
struct PolicySignOptions {
  std::string folder;
  std::string key_file;
  std::string out = "policy.tar.gz";
  std::int64_t valid_days = 0;
  std::optional<std::int64_t> serial;  ///< absent: the time, in seconds since 1970
  std::string version;
};

/// Options of `policy pull`.
struct PolicyPullOptions {
  std::string url;  ///< empty: policy.pull.url
  bool json = false;
};

/// Options of `token request`.
struct TokenRequestOptions {
  std::string audience;
  std::string issuer;
  bool job_begins = false;
};

/// Options of `install gitlab` and `install github`.
struct InstallOptions {
  std::string file;    ///< GitLab Runner's configuration
  std::string runner;  ///< its name or number; on GitHub its folder too; empty: the only one
  bool replace = false;
  bool dry_run = false;
  bool undo = false;
};

/// Of `serve`. What is empty is taken from the configuration.
struct ServeOptions {
  std::vector<std::string> listen;
  bool insecure_listen = false;
};

enum class Command {
  kVerify,
  kInspect,
  kJws,
  kKeysRefresh,
  kKeysShow,
  kKeysPin,
  kConfigCheck,
  kConfigShow,
  kInstallGitLab,
  kInstallGitHub,
  kTokenBroker,
  kPolicyCheck,
  kPolicyTest,
  kPolicyDiff,
  kPolicyReplay,
  kPolicyExplain,
  kReport,
  kPolicyInit,
  kPolicySchema,
  kDoctor,
  kPolicySign,
  kPolicyPull,
  kTokenRequest,
  kServe,
};

/// The command line of `jobwarden`, checked.
struct Options {
  std::string config_path;
  bool config_given = false;  ///< by `--config`
  Command command = Command::kVerify;
  VerifyOptions verify;
  InspectOptions inspect;
  JwsOptions jws;
  KeysOptions keys;
  ConfigOptions config;
  PolicyCheckOptions policy_check;
  PolicyTestOptions policy_test;
  PolicyDiffOptions policy_diff;
  PolicyReplayOptions policy_replay;
  PolicyExplainOptions policy_explain;
  InstallOptions install;
  ReportOptions report;
  PolicyInitOptions policy_init;
  DoctorOptions doctor;
  PolicySignOptions policy_sign;
  PolicyPullOptions policy_pull;
  TokenRequestOptions token_request;
  ServeOptions serve;
};

/// Whether `--json` is among the arguments. Then errors are JSON too, also those of a command line
/// that cannot be read.
bool AsksForJson(int argc, const char* const* argv);

/// Reads the command line. If it asks for help or the version, or is wrong, this prints the answer
/// and sets `exit_code` to what the program ends with: 0, or 2.
std::optional<Options> ParseOptions(int argc, const char* const* argv, int& exit_code);

/// All commands and options of the program, for manual page and completions.
CommandReference DescribeCommands();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_OPTIONS_H_
