#include "executor/wrap/wrapped_config.h"

#include <fmt/format.h>

#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/version.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhat = "executor.wrap.config: its answer";
constexpr JsonLimits kLimits{.max_bytes = kMaxConfigAnswerBytes};

Finding Unusable(std::string message, std::string hint) {
  return {Code::kDriverFailed, fmt::format("{}: {}", kWhat, message), std::move(hint)};
}

Finding WrongType(std::string_view name, std::string_view expected, const Value& got) {
  return Unusable(fmt::format("{}expected {}, got {}", name, expected, got.TypeName()),
                  "it is to print what GitLab Runner expects of config_exec");
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
    if (!value) return std::move(value).findings();
    if (value->AsObject() == nullptr) return WrongType("", "an object", *value);
    answer = std::move(*value->AsObject());
  }
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
