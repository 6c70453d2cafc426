#include "verifier/admission/facts.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"

namespace jobwarden {
namespace {

constexpr JsonLimits kLimits{.max_bytes = 256 * 1024};

struct TextFact {
  std::string_view name;
  std::optional<std::string> Job::*member;
};
constexpr TextFact kTextFacts[] = {
    {"actor", &Job::actor},
    {"base_repository", &Job::base_repository},
    {"event", &Job::event},
    {"head_repository", &Job::head_repository},
    {"image", &Job::image},
    {"job_id", &Job::job_id},
    {"job_name", &Job::job_name},
    {"pipeline_id", &Job::pipeline_id},
    {"project_id", &Job::project_id},
    {"project_path", &Job::project_path},
    {"ref", &Job::ref},
    {"ref_type", &Job::ref_type},
    {"repository", &Job::repository},
    {"run_attempt", &Job::run_attempt},
    {"run_id", &Job::run_id},
    {"runner_id", &Job::runner_id},
    {"sha", &Job::sha},
    {"user_id", &Job::user_id},
    {"workflow_ref", &Job::workflow_ref},
};

struct BoolFact {
  std::string_view name;
  std::optional<bool> Job::*member;
};
constexpr BoolFact kBoolFacts[] = {{"fork", &Job::fork}, {"ref_protected", &Job::ref_protected}};

std::vector<std::string> KnownNames() {
  std::vector<std::string> names{"services"};
  for (const auto& fact : kTextFacts) names.emplace_back(fact.name);
  for (const auto& fact : kBoolFacts) names.emplace_back(fact.name);
  return names;
}

// Sets the fact, and returns what is wrong with it, or nothing.
std::string Set(Job& job, const std::string& name, const Value& value) {
  for (const auto& fact : kTextFacts) {
    if (fact.name != name) continue;
    if (const std::string* text = value.AsString()) {
      job.*fact.member = *text;
    } else if (const auto number = value.AsInteger()) {
      job.*fact.member = std::to_string(*number);
    } else {
      return fmt::format("{}: expected a string, got {}", name, value.TypeName());
    }
    return "";
  }
  for (const auto& fact : kBoolFacts) {
    if (fact.name != name) continue;
    if (!value.AsBool()) {
      return fmt::format("{}: expected a boolean, got {}", name, value.TypeName());
    }
    job.*fact.member = value.AsBool();
    return "";
  }
  if (name != "services") return "unknown fact " + Quote(name);
  if (value.AsArray() == nullptr) {
    return fmt::format("services: expected an array, got {}", value.TypeName());
  }
  for (const Value& item : *value.AsArray()) {
    if (item.AsString() == nullptr) return "services: expected strings";
    job.services.push_back(*item.AsString());
  }
  return "";
}

}  // namespace

Result<Job> ParseFacts(std::string_view bytes, Provider provider, std::string_view what) {
  const auto value = ParseJson(bytes, kLimits, Code::kConfigInvalid, what);
  if (!value) return value.findings();
  const Object* object = value->AsObject();
  if (object == nullptr) {
    return Finding{Code::kConfigInvalid,
                   fmt::format("{}: expected an object, got {}", what, value->TypeName())};
  }
  return JobOfFacts(*object, provider, what);
}

Result<Job> JobOfFacts(const Object& facts, Provider provider, std::string_view what) {
  Job job;
  job.provider = provider;
  Findings findings;
  for (const Member& member : facts.members()) {
    const std::string problem = Set(job, member.name, member.value);
    if (problem.empty()) continue;
    const std::string near = NearestWord(member.name, KnownNames());
    const bool unknown = problem.starts_with("unknown");
    findings.push_back(
        {Code::kConfigInvalid, fmt::format("{}: {}", what, problem),
         unknown && !near.empty() ? fmt::format("did you mean {}?", Quote(near)) : ""});
  }
  if (!findings.empty()) return findings;
  job.bindable = job.job_id.has_value() || job.run_id.has_value();
  return job;
}

}  // namespace jobwarden
