#include "hooks/github/container.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>

#include "hooks/github/container_message.h"
#include "hooks/github/container_step.h"
#include "hooks/github/runner_folder.h"
#include "hooks/github/step_settings.h"
#include "hooks/github/wrapped_hook.h"
#include "hooks/step/token_use.h"
#include "hooks/step/words.h"
#include "verifier/admission/admit.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/config/config.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

void Note(const std::string& text) {
  Say(STDERR_FILENO, fmt::format("jobwarden: {}\n", text));
}

int Refuse(const Findings& findings) {
  Say(STDERR_FILENO, FindingsText(findings));
  return 1;
}

// Reads to the end, because the runner closes standard input after the message. It reads a little
// more than the limit, so that a message that is too long is refused.
Result<Secret> ReadMessage() {
  std::string bytes;
  std::size_t size = 0;
  while (size <= kMaxContainerMessageBytes) {
    constexpr std::size_t kPiece = 65'536;
    bytes.resize(std::max(bytes.size(), size + kPiece));
    const ssize_t got = read(STDIN_FILENO, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Finding{Code::kJobUnreadable, "standard input: " + ErrorText(errno)};
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return Secret(std::move(bytes));
}

// The message for the wrapped hook.
struct Passed {
  Secret message;
  bool strips = true;  ///< the request variables are taken out of the hook's environment too
};

Result<Passed> Filter(const Secret& text, const Config& config, const Environment& environment) {
  const auto message = ContainerMessage::Parse(text.Clone());
  if (!message) return message.findings();
  // cleanup_job is passed on also after a deny and without a verdict. It runs nothing of the job,
  // and containers that stay would be worse.
  if (message->command() == kCleanupJob) return Passed{text.Clone()};

  const auto runner = FindRunnerFolder(config, environment);
  if (!runner) return runner.findings();
  const auto verdict = ReadVerdict(*runner, environment);
  if (!verdict) return verdict.findings();
  if (!verdict->Runs()) {
    if (!verdict->id.empty()) Note(fmt::format("decision {} refused this job", verdict->id));
    if (!verdict->findings.empty()) return verdict->findings;
    return Finding{Code::kVerdictMissing, "the verdict does not allow the job and gives no reason"};
  }
  if (!Strips(*verdict, config)) return Passed{text.Clone(), false};

  TokenUse use = TokenUse::kNamed;
  if (message->command() == kPrepareJob) {
    use = TokenUse::kNone;  // it starts no steps
  } else if (message->command() == kRunScriptStep || message->command() == kRunContainerStep) {
    use = StepNeedsTokens(*message, StepSettingsOf(config), environment);
  }
  if (use == TokenUse::kNone) return Passed{message->WithoutRequestVariables()};
  if (use == TokenUse::kUnknown && !message->Variable(kRequestVariables[0]).empty()) {
    Note(
        "this step may request id_tokens, because not everything that it runs can be read from "
        "here");
  }
  return Passed{text.Clone()};
}

}  // namespace

int RunContainer(const std::string& config_path, const Environment& environment) {
  const auto config = LoadConfig(config_path, JobsRun::kByGitHubRunner);
  if (!config) return Refuse(config.findings());
  auto text = ReadMessage();
  if (!text) return Refuse(text.findings());
  auto passed = Filter(*text, *config, environment);
  if (config->mode == Mode::kReport) {
    if (!passed) Say(STDERR_FILENO, FindingsText(AsWarnings(passed.findings())));
    passed = Passed{*std::move(text), false};
  }
  if (!passed) {
    Refuse(passed.findings());
    Note("this job was refused: nothing of it is started in a container");
    if (!config->help.empty()) Note(config->help);
    return 1;
  }
  const auto hook = FindWrappedHook(config->github.container_hooks, environment, passed->strips);
  if (!hook) return Refuse(hook.findings());
  return Refuse({ExecWrappedHook(*hook, passed->message.view())});
}

}  // namespace jobwarden
