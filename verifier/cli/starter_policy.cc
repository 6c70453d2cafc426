#include "verifier/cli/starter_policy.h"

#include <fmt/format.h>

#include "verifier/base/json.h"
#include "verifier/base/value.h"

namespace jobwarden {
namespace {

// As a TOML string: JSON's escapes are TOML's too.
std::string Text(const std::string& text) {
  return WriteJson(Value(text));
}

std::string Config(const StarterAnswers& answers) {
  const bool github = answers.provider == Provider::kGitHub;
  std::string text = fmt::format(
      R"(# What this runner allows. `jobwarden policy check` says what is wrong with this file and with the
# rules in rules.d, `jobwarden policy test tests/*.test.toml` runs described jobs against the rules.
# Root owns all of it, and nobody else may write it. jobwarden.toml(5) has every key.

version = 1

# "report": each job is checked and recorded, and none is refused. When log and audit file show no
# surprise any more, write "enforce".
mode = "report"
)");
  text += answers.help.empty()
              ? "\n# The last line of each denial: whom the job's author may ask.\n"
                "# help = \"ask #ci-platform\"\n"
              : fmt::format("\n# The last line of each denial.\nhelp = {}\n", Text(answers.help));
  text +=
      fmt::format(R"(
# Whose id_tokens count. The url is the token's iss, byte for byte; the audience is a name of your own
# for these runners.
[[issuer]]
name     = {0}
provider = {0}
url      = {1}
audience = {2}

# One line of JSON for each decision. Make the folder first.
[audit]
file = "/var/log/jobwarden/audit.jsonl"
)",
                  github ? "\"github\"" : "\"gitlab\"", Text(answers.url), Text(answers.audience));
  text += github ? R"(
# Hooks and steps run as one user. true accepts files that this user can write: a runner that is thrown
# away after one job, or whose jobs trust each other. With false root keeps all files and the keys, and
# [audit] goes.
[github]
shared_user = true
)"
                 : R"(
# Jobs run as this user, each in a sandbox of its own:
#   useradd --system --no-create-home --home-dir /home/ci-job --shell /usr/sbin/nologin ci-job
#   usermod --expiredate 1 ci-job    # refuses it cron, at and su
[executor]
run_as  = "ci-job"
sandbox = "bwrap"
)";
  return text;
}

std::string Rules(const StarterAnswers& answers) {
  const bool github = answers.provider == Provider::kGitHub;
  std::string text =
      R"(# A job runs when an allow rule matches and no deny rule does. Each claim must match. A path can be given
# to another project later, and a number never is: so both are here.

[[allow]]
name = "the first project"
)";
  if (github) {
    text += fmt::format(
        "claims = {{ repository = {}, repository_id = {}, ref = {}, event_name = [\"push\", "
        "\"workflow_dispatch\"] }}\n",
        Text(answers.project), answers.project_id, Text("refs/heads/" + answers.ref));
  } else {
    text += fmt::format(
        "claims = {{ project_path = {}, project_id = {}, ref = {}, ref_protected = true }}\n",
        Text(answers.project), answers.project_id, Text(answers.ref));
  }
  return text +
         R"(# What the job's other id_tokens may be for: nothing yet. For example ["https://vault.example.com"].
audiences = []
)";
}

std::string Tests(const StarterAnswers& answers, const std::string& config_name) {
  const bool github = answers.provider == Provider::kGitHub;
  const std::string claims =
      github ? fmt::format(
                   "repository = {}, repository_id = \"{}\", ref = {}, "
                   "event_name = \"push\"",
                   Text(answers.project), answers.project_id, Text("refs/heads/" + answers.ref))
             : fmt::format(
                   "project_path = {}, project_id = \"{}\", ref = {}, "
                   "ref_protected = \"true\"",
                   Text(answers.project), answers.project_id, Text(answers.ref));
  std::string text = fmt::format(
      R"(# Jobs, and what the rules are to say of them: jobwarden policy test tests/first.test.toml

config = {}

[base.job]
provider = {}
claims   = {{ {} }}

[[case]]
name   = "a job that is meant to run here"
base   = "job"
expect = "allow"
rule   = "the first project"

[[case]]
name     = "another branch"
base     = "job"
claims   = {{ ref = {} }}
expect   = "deny"
findings = ["NO_RULE_ALLOWS"]

[[case]]
name     = "another project that took the path"
base     = "job"
claims   = {{ {} = "{}0" }}
expect   = "deny"
findings = ["NO_RULE_ALLOWS"]

[[case]]
name     = "another project with the number"
base     = "job"
claims   = {{ {} = "mallory/copy" }}
expect   = "deny"
findings = ["NO_RULE_ALLOWS"]
)",
      Text("../" + config_name), github ? "\"github\"" : "\"gitlab\"", claims,
      github ? "\"refs/heads/try\"" : "\"try\"", github ? "repository_id" : "project_id",
      answers.project_id, github ? "repository" : "project_path");
  text += github ? R"(
[[case]]
name     = "an event that strangers can cause"
base     = "job"
claims   = { event_name = "workflow_run" }
expect   = "deny"
)"
                 : R"(
[[case]]
name     = "a branch that anybody may push to"
base     = "job"
claims   = { ref_protected = "false" }
expect   = "deny"
findings = ["NO_RULE_ALLOWS"]
)";
  return text;
}

}  // namespace

StarterPolicy WriteStarterPolicy(const StarterAnswers& answers, const std::string& config_name) {
  return {Config(answers), Rules(answers), Tests(answers, config_name)};
}

}  // namespace jobwarden
