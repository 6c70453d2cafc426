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
#include "hooks/github/runner_place.h"
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

// To its end: the runner closes it behind the message. One byte more than is read is enough to be
// refused.
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

// What the wrapped hook gets.
struct Passed {
  Secret message;
  bool strips = true;  ///< its environment, too
};

Result<Passed> Filter(const Secret& text, const Config& config, const Environment& environment) {
  const auto message = ContainerMessage::Parse(text.Clone());
  if (!message) return message.findings();
  // Also after a deny, and without a verdict: it removes what is there, and nothing of the job's is
  // run by it. Containers that stay would be worse.
  if (message->command() == kCleanupJob) return Passed{text.Clone()};

  const auto place = FindRunnerPlace(config, environment);
  if (!place) return place.findings();
  const auto verdict = ReadVerdict(*place, environment);
  if (!verdict) return verdict.findings();
  if (!verdict->Runs()) {
    if (!verdict->findings.empty()) return verdict->findings;
    return Finding{Code::kVerdictMissing, "the verdict allows nothing, and says not why"};
  }
  if (!Strips(*verdict, config)) return Passed{text.Clone(), false};

  TokenUse use = TokenUse::kNamed;
  if (message->command() == kPrepareJob) {
    use = TokenUse::kNone;  // what it starts are no steps
  } else if (message->command() == kRunScriptStep || message->command() == kRunContainerStep) {
    use = StepNeedsTokens(*message, StepSettingsOf(config), environment);
  }
  if (use == TokenUse::kNone) return Passed{message->WithoutRequestVariables()};
  if (use == TokenUse::kUnknown && !message->Variable(kRequestVariables[0]).empty()) {
    Note("this step may request id_tokens, for not all that it runs can be looked into from here");
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
    Note("this job was refused, and nothing of it is started in a container");
    if (!config->help.empty()) Note(config->help);
    return 1;
  }
  const auto hook = FindWrappedHook(config->github.container_hooks, environment, passed->strips);
  if (!hook) return Refuse(hook.findings());
  return Refuse({ExecWrappedHook(*hook, passed->message.view())});
}

}  // namespace jobwarden
