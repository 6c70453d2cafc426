#include "verifier/cli/inspect_command.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/cli/print.h"
#include "verifier/cli/token_input.h"
#include "verifier/os/clock.h"
#include "verifier/token/inspect.h"

namespace jobwarden {
namespace {

std::string MembersText(std::string_view title, const Value& value) {
  std::string text = fmt::format("{}\n", title);
  const Object* object = value.AsObject();
  if (object == nullptr) return text + fmt::format("  {}\n", WriteJson(value));
  for (const Member& member : object->members()) {
    const std::string* string = member.value.AsString();
    text += fmt::format("  {}: {}\n", Quote(member.name),
                        string == nullptr ? WriteJson(member.value) : Quote(*string));
  }
  return text;
}

}  // namespace

int RunInspect(const InspectOptions& options) {
  const auto token = ReadToken(options.token);
  if (!token) return Fail(token.findings(), options.json);
  const auto now =
      options.now ? std::chrono::sys_seconds(std::chrono::seconds(*options.now)) : SystemNow();
  auto inspected = InspectToken(token->view(), now);
  if (!inspected) return Fail(inspected.findings(), options.json);
  // Each GitLab token has an e-mail address. It is worth a warning where tokens are collected.
  std::erase_if(inspected->warnings,
                [](const TokenWarning& each) { return each.code == "EMAIL_IN_CLAIMS"; });
  if (options.json) {
    Array warnings;
    for (auto& warning : inspected->warnings) warnings.emplace_back(std::move(warning.message));
    const Value answer = Object{{"validated", false},
                                {"header", std::move(inspected->header)},
                                {"payload", std::move(inspected->payload)},
                                {"warnings", std::move(warnings)}};
    return Answer(WriteJson(answer) + "\n", Outcome::kAllow);
  }
  std::string text = MembersText("header (not verified)", inspected->header) +
                     MembersText("payload (not verified)", inspected->payload);
  for (const auto& each : inspected->warnings) text += fmt::format("warning: {}\n", each.message);
  return Answer(text, Outcome::kAllow);
}

}  // namespace jobwarden
