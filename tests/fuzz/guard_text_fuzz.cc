// What the step guard reads of a stranger: scripts, package.json, and its own settings file.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hooks/guard/settings.h"
#include "hooks/step/package_scripts.h"
#include "hooks/step/token_use.h"
#include "hooks/step/words.h"

using namespace jobwarden;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

TokenUse UseOf(std::string_view script) {
  StepCall call;
  call.program = "bash";
  call.arguments = {"-c", script};
  call.folder = "/nowhere";
  return FindTokenUse(call, BuiltInConsumers(), {}, {.lookups = 200});
}

void CheckSettings(std::string_view text) {
  const auto settings = ParseGuardSettings(text);
  if (!settings) return;
  const auto again = ParseGuardSettings(FormatGuardSettings(*settings));
  Require(
      again && again->allowed == settings->allowed && again->step_tokens == settings->step_tokens &&
      again->keep_steps.size() == settings->keep_steps.size() &&
      again->consumers.size() == settings->consumers.size() && again->worker == settings->worker &&
      again->broker == settings->broker && again->programs.size() == settings->programs.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto words = WordsOf(text);
  for (const std::string_view word : words) Require(!word.empty());
  PackageScripts(text, words);
  CheckSettings(text);

  // Whatever stands around it, a name on a line of its own is found.
  Require(UseOf(text + "\nACTIONS_ID_TOKEN_REQUEST_URL\n") == TokenUse::kNamed);
  Require(UseOf("cosign\n" + text) == TokenUse::kNamed);
  UseOf(text);
  return 0;
}
