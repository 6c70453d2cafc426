#include "executor/received/job_response.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhat = "job response";
constexpr JsonLimits kLimits{.max_bytes = kMaxJobResponseBytes, .max_depth = 64};

// Reads fields of one object; the first one of another type becomes the complaint. What is null
// counts as absent.
class Fields {
 public:
  Fields(const Object& object, std::string path, std::optional<Finding>& complaint)
      : object_(object), path_(std::move(path)), complaint_(complaint) {}

  const std::string* Text(std::string_view name) const {
    const Value* value = Find(name);
    const std::string* text = value == nullptr ? nullptr : value->AsString();
    if (value != nullptr && text == nullptr) Complain(name, "a string", value);
    return text;
  }
  const Array* List(std::string_view name) const {
    const Value* value = Find(name);
    const Array* list = value == nullptr ? nullptr : value->AsArray();
    if (value != nullptr && list == nullptr) Complain(name, "an array", value);
    return list;
  }
  const Object* Child(std::string_view name) const {
    const Value* value = Find(name);
    const Object* object = value == nullptr ? nullptr : value->AsObject();
    if (value != nullptr && object == nullptr) Complain(name, "an object", value);
    return object;
  }
  std::optional<bool> Boolean(std::string_view name) const {
    const Value* value = Find(name);
    const auto boolean = value == nullptr ? std::nullopt : value->AsBool();
    if (value != nullptr && !boolean) Complain(name, "a boolean", value);
    return boolean;
  }
  // A number as decimal text; 0 is absent.
  std::optional<std::string> Id(std::string_view name) const {
    const Value* value = Find(name);
    if (value == nullptr) return std::nullopt;
    const auto number = value->AsInteger();
    if (!number || *number < 0) {
      Complain(name, "a whole number", value);
      return std::nullopt;
    }
    return *number == 0 ? std::nullopt : std::optional(std::to_string(*number));
  }
  // A text; the empty one is absent.
  std::optional<std::string> Fact(std::string_view name) const {
    const std::string* text = Text(name);
    return text == nullptr || text->empty() ? std::nullopt : std::optional(*text);
  }

  // Calls `each` with the fields of every object of a list.
  template <class Each>
  void ForEachIn(std::string_view name, const Each& each) const {
    const Array* list = List(name);
    for (std::size_t i = 0; list != nullptr && i < list->size() && !complaint_; ++i) {
      const std::string place = fmt::format("{}[{}]", name, i);
      const Object* object = (*list)[i].AsObject();
      if (object == nullptr) {
        Complain(place, "an object", &(*list)[i]);
      } else {
        each(Fields(*object, path_ + place + ".", complaint_));
      }
    }
  }

  // Says that a field is not what was expected; `got` null: it is absent.
  void Complain(std::string_view name, std::string_view expected, const Value* got) const {
    if (complaint_) return;
    complaint_ = Finding{Code::kJobUnreadable,
                         fmt::format("{}: {}{}: expected {}, got {}", kWhat, path_, name, expected,
                                     got == nullptr ? "nothing" : got->TypeName()),
                         "look whether this runner's version is supported",
                         {}};
  }

 private:
  const Value* Find(std::string_view name) const {
    const Value* value = object_.Find(name);
    return value == nullptr || value->IsNull() ? nullptr : value;
  }

  const Object& object_;
  std::string path_;
  std::optional<Finding>& complaint_;
};

std::vector<Variable> ReadVariables(const Fields& fields) {
  std::vector<Variable> variables;
  const Array* list = fields.List("variables");
  if (list == nullptr) fields.Complain("variables", "an array", nullptr);
  if (list != nullptr) variables.reserve(list->size());
  fields.ForEachIn("variables", [&](const Fields& each) {
    const std::string* name = each.Text("key");
    const std::string* value = each.Text("value");
    if (name == nullptr) each.Complain("key", "a string", nullptr);
    if (value == nullptr) each.Complain("value", "a string", nullptr);
    if (name == nullptr || value == nullptr) return;
    variables.push_back({*name, Secret(*value), each.Boolean("file").value_or(false)});
  });
  return variables;
}

// What the variables say that the runner's own fields may lack. Few names are asked for: the
// variables are gone through for each.
class VariableFacts {
 public:
  explicit VariableFacts(const std::vector<Variable>& variables) : variables_(variables) {}

  // The server's value of a variable that it sets before any of the job's; an empty one is absent.
  std::optional<std::string> First(std::string_view name) const {
    auto first = FirstOrEmpty(name);
    return first && first->empty() ? std::nullopt : std::move(first);
  }
  std::optional<std::string> FirstOrEmpty(std::string_view name) const {
    const Variable* first = Find(name);
    return first == nullptr ? std::nullopt : std::optional(std::string(first->value.view()));
  }
  bool Disputed(std::string_view name) const {
    const Variable* first = Find(name);
    return first != nullptr && std::any_of(variables_.begin(), variables_.end(), [&](auto& each) {
             return each.name == name && each.value.view() != first->value.view();
           });
  }
  // The value, where all variables of the name have the same.
  std::optional<std::string> Undisputed(std::string_view name) const {
    return Disputed(name) ? std::nullopt : First(name);
  }

 private:
  const Variable* Find(std::string_view name) const {
    const auto first = std::find_if(variables_.begin(), variables_.end(),
                                    [&](const Variable& each) { return each.name == name; });
    return first == variables_.end() ? nullptr : &*first;
  }

  const std::vector<Variable>& variables_;
};

template <class T>
std::optional<T> Either(std::optional<T> one, std::optional<T> other) {
  return one ? std::move(one) : std::move(other);
}

Job ReadJob(const Fields& fields, const Object& job_info, const Object& git_info,
            const VariableFacts& variables, std::optional<Finding>& complaint) {
  const Fields info(job_info, "job_info.", complaint);
  const Fields git(git_info, "git_info.", complaint);
  Job job;
  job.job_id = fields.Id("id");
  if (!job.job_id) fields.Complain("id", "a number over 0", nullptr);
  job.server_url = variables.First("CI_SERVER_URL");
  job.pipeline_id = Either(info.Id("pipeline_id"), variables.First("CI_PIPELINE_ID"));
  job.runner_id = variables.First("CI_RUNNER_ID");
  job.project_id = info.Id("project_id");
  job.project_path = Either(info.Fact("project_full_path"), variables.First("CI_PROJECT_PATH"));
  job.user_id = info.Id("user_id");
  job.sha = git.Fact("sha");
  job.ref = git.Fact("ref");
  job.ref_type = git.Fact("ref_type");
  job.merge_request_source_branch = variables.First("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME");
  // Empty where the fork is gone, and where the job sets the variable too.
  constexpr std::string_view kSourceProject = "CI_MERGE_REQUEST_SOURCE_PROJECT_ID";
  job.merge_request_source_project_id = variables.FirstOrEmpty(kSourceProject);
  if (variables.Disputed(kSourceProject)) job.merge_request_source_project_id = "";

  job.job_name = info.Fact("name");
  job.event = variables.Undisputed("CI_PIPELINE_SOURCE");
  if (variables.Disputed("CI_PIPELINE_SOURCE")) job.disputed.emplace_back("event");
  job.ref_protected = git.Boolean("protected");
  if (!job.ref_protected) {
    const auto text = variables.Undisputed("CI_COMMIT_REF_PROTECTED");
    if (text == "true" || text == "false") job.ref_protected = text == "true";
    if (variables.Disputed("CI_COMMIT_REF_PROTECTED")) job.disputed.emplace_back("ref_protected");
  }
  // The runner expands a variable in a name, which the job may set: it may come to be anything.
  const auto is_open = [](const std::string& name) { return name.find('$') != std::string::npos; };
  if (const Object* image = fields.Child("image")) {
    job.image = Fields(*image, "image.", complaint).Fact("name");
    if (job.image && is_open(*job.image)) {
      job.image.reset();
      job.disputed.emplace_back("image");
    }
  }
  fields.ForEachIn("services", [&](const Fields& each) {
    if (auto name = each.Fact("name")) job.services.push_back(std::move(*name));
  });
  if (std::any_of(job.services.begin(), job.services.end(), is_open)) {
    job.services.clear();
    job.disputed.emplace_back("services");
  }
  return job;
}

std::vector<JobResponse::SecretName> ReadSecrets(const Fields& fields,
                                                 std::optional<Finding>& complaint) {
  std::vector<JobResponse::SecretName> secrets;
  const Object* object = fields.Child("secrets");
  if (object == nullptr) return secrets;
  const Fields list(*object, "secrets.", complaint);
  for (const Member& member : object->members()) {
    const Object* secret = list.Child(member.name);
    if (secret == nullptr) continue;
    const Fields each(*secret, "secrets." + member.name + '.', complaint);
    // The runner makes it a file unless it is told otherwise.
    secrets.push_back({member.name, each.Boolean("file").value_or(true)});
  }
  return secrets;
}

// The lines of `steps` or `hooks`.
std::vector<JobResponse::Step> ReadSteps(const Fields& fields, std::string_view list) {
  std::vector<JobResponse::Step> steps;
  fields.ForEachIn(list, [&](const Fields& each) {
    JobResponse::Step step;
    if (const std::string* name = each.Text("name")) step.name = *name;
    if (const Array* lines = each.List("script")) {
      for (std::size_t i = 0; i < lines->size(); ++i) {
        const std::string* line = (*lines)[i].AsString();
        if (line == nullptr) {
          each.Complain(fmt::format("script[{}]", i), "a string", &(*lines)[i]);
          return;
        }
        if (i > 0) step.text += '\n';
        step.text += *line;
      }
    }
    steps.push_back(std::move(step));
  });
  return steps;
}

}  // namespace

JobResponse& JobResponse::operator=(JobResponse&& other) noexcept {
  if (this == &other) return *this;
  Clear();
  response_ = std::move(other.response_);
  job_ = std::move(other.job_);
  variables_ = std::move(other.variables_);
  job_token_ = std::move(other.job_token_);
  secrets_ = std::move(other.secrets_);
  steps_ = std::move(other.steps_);
  hooks_ = std::move(other.hooks_);
  return *this;
}

void JobResponse::Clear() {
  Wipe(response_);
  variables_.clear();
  job_token_ = Secret();
  for (std::vector<Step>* steps : {&steps_, &hooks_}) {
    for (Step& step : *steps) Wipe(step.text);
    steps->clear();
  }
}

Result<JobResponse> JobResponse::Parse(std::string_view bytes) {
  auto value = ParseJson(bytes, kLimits, Code::kJobUnreadable, kWhat);
  if (!value) return std::move(value).findings();
  JobResponse response;
  response.response_ = std::move(*value);

  std::optional<Finding> complaint;
  const Object* object = response.response_.AsObject();
  if (object == nullptr) {
    return Finding{
        Code::kJobUnreadable,
        fmt::format("{}: expected an object, got {}", kWhat, response.response_.TypeName()),
        "",
        {}};
  }
  const Fields fields(*object, "", complaint);
  const Object* job_info = fields.Child("job_info");
  const Object* git_info = fields.Child("git_info");
  if (job_info == nullptr) fields.Complain("job_info", "an object", nullptr);
  if (git_info == nullptr) fields.Complain("git_info", "an object", nullptr);
  if (complaint) return std::move(*complaint);

  response.variables_ = ReadVariables(fields);
  response.job_ =
      ReadJob(fields, *job_info, *git_info, VariableFacts(response.variables_), complaint);
  if (const std::string* token = fields.Text("token")) response.job_token_ = Secret(*token);
  response.secrets_ = ReadSecrets(fields, complaint);
  response.steps_ = ReadSteps(fields, "steps");
  response.hooks_ = ReadSteps(fields, "hooks");
  if (complaint) return std::move(*complaint);
  return response;
}

std::string JobResponse::Repository() const {
  std::optional<Finding> complaint;
  const Fields fields(*response_.AsObject(), "", complaint);
  const std::string* url = Fields(*fields.Child("git_info"), "", complaint).Text("repo_url");
  if (url == nullptr) return "";
  // `https://USER:PASSWORD@HOST/PATH`
  const auto scheme = url->find("://");
  const auto host = scheme == std::string::npos ? 0 : scheme + 3;
  const auto at = url->substr(0, url->find('/', host)).rfind('@');
  if (at == std::string::npos || at < host) return *url;
  return url->substr(0, host) + url->substr(at + 1);
}

}  // namespace jobwarden
