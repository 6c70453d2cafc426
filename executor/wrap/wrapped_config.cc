#include "executor/wrap/wrapped_config.h"

#include <fmt/format.h>

#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/version.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhat = "executor.wrap.config: its answer";
constexpr JsonLimits kLimits{.max_bytes = kMaxConfigAnswerBytes};

Finding Unusable(std::string message, std::string hint) {
  return {Code::kDriverFailed, fmt::format("{}: {}", kWhat, message), std::move(hint)};
}

constexpr std::string_view kHint =
    "let the driver's config print nothing, or one JSON object as GitLab Runner reads it from "
    "config_exec, to its standard output, and all else to its standard error";

Finding WrongType(std::string_view name, std::string_view expected, const Value& got) {
  return Unusable(fmt::format("{}expected {}, got {}", name, expected, got.TypeName()),
                  std::string(kHint));
}

// GitLab Runner would refuse the whole answer for one of these, and not say which.
Status CheckTypes(const Object& answer) {
  for (const auto* name : {"builds_dir", "cache_dir", "hostname", "shell"}) {
    const Value* value = answer.Find(name);
    if (value == nullptr || value->IsNull() || value->AsString() != nullptr) continue;
    return WrongType(fmt::format("{}: ", name), "a string", *value);
  }
  const Value* shared = answer.Find("builds_dir_is_shared");
  if (shared != nullptr && !shared->IsNull() && !shared->AsBool()) {
    return WrongType("builds_dir_is_shared: ", "true or false", *shared);
  }
  const Value* job_env = answer.Find("job_env");
  if (job_env == nullptr || job_env->IsNull()) return Ok();
  if (job_env->AsObject() == nullptr) return WrongType("job_env: ", "an object", *job_env);
  for (const Member& member : job_env->AsObject()->members()) {
    if (member.value.AsString() != nullptr || member.value.IsNull()) continue;
    return WrongType(fmt::format("job_env: {}: ", QuoteName(member.name)), "a string",
                     member.value);
  }
  return Ok();
}

// `driver` with our name and version in front of what it says.
Result<Object> WithOurs(const Value* said) {
  Object driver;
  if (said != nullptr && !said->IsNull()) {
    if (said->AsObject() == nullptr) return WrongType("driver: ", "an object", *said);
    driver = *said->AsObject();
  }
  for (const auto& [name, ours] :
       {std::pair<std::string_view, std::string_view>("name", "jobwarden"),
        {"version", Version()}}) {
    const Value* theirs = driver.Find(name);
    const std::string* text = theirs == nullptr ? nullptr : theirs->AsString();
    if (theirs != nullptr && text == nullptr && !theirs->IsNull()) {
      return WrongType(fmt::format("driver.{}: ", name), "a string", *theirs);
    }
    const bool alone = text == nullptr || text->empty();
    driver.Set(name, alone ? std::string(ours) : fmt::format("{}+{}", ours, *text));
  }
  return driver;
}

}  // namespace

Result<std::string> WrappedConfigAnswer(std::string_view said) {
  Object answer;
  if (!said.empty()) {
    auto value = ParseJson(said, kLimits, Code::kDriverFailed, kWhat);
    if (!value) {
      for (Finding& finding : value.findings()) finding.hint = kHint;
      return std::move(value).findings();
    }
    if (value->AsObject() == nullptr) return WrongType("", "an object", *value);
    answer = std::move(*value->AsObject());
  }
  if (auto checked = CheckTypes(answer); !checked) return std::move(checked).findings();
  auto driver = WithOurs(answer.Find("driver"));
  if (!driver) return std::move(driver).findings();
  answer.Set("driver", *std::move(driver));

  const Value* job_env = answer.Find("job_env");
  for (const auto* name : {"TMPDIR", "JOB_RESPONSE_FILE", "BUILD_EXIT_CODE_FILE",
                           "BUILD_FAILURE_EXIT_CODE", "SYSTEM_FAILURE_EXIT_CODE"}) {
    if (job_env == nullptr || job_env->Find(name) == nullptr) continue;
    return Unusable(fmt::format("job_env sets {}, which GitLab Runner sets for each job", name),
                    "let the wrapped driver take another name for its own");
  }
  return WriteJson(answer);
}

}  // namespace jobwarden
