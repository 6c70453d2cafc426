#include "verifier/review/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "verifier/admission/facts.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/config/document.h"
#include "verifier/config/schema.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

constexpr JsonLimits kClaimsLimits{.max_bytes = 256 * 1024};

std::size_t SizeOf(const Object& object);

// What a value takes in memory, about.
std::size_t SizeOf(const Value& value) {
  std::size_t size = sizeof(Value);
  if (const auto* text = value.AsString()) size += text->size();
  if (const auto* object = value.AsObject()) size += SizeOf(*object);
  if (const auto* items = value.AsArray()) {
    for (const Value& each : *items) size += SizeOf(each);
  }
  return size;
}

std::size_t SizeOf(const Object& object) {
  std::size_t size = 0;
  for (const Member& each : object.members()) size += each.name.size() + SizeOf(each.value);
  return size;
}

std::size_t SizeOf(const TestJob& job) {
  std::size_t size = sizeof(TestJob) + job.issuer.size() + SizeOf(job.facts);
  if (job.claims) size += SizeOf(*job.claims);
  if (!job.audiences) return size;
  for (const std::string& each : *job.audiences) size += sizeof(std::string) + each.size();
  return size;
}

// What all drafts of a file share.
struct Shared {
  const ReadBeside& read;
  std::size_t left = kMaxJobsBytes;

  // False, and says so once, if the file asks for too much.
  bool Take(Problems& problems, const Place& place, std::size_t size) {
    if (left > 0 && size >= left) {
      problems.Add(place,
                   fmt::format("the jobs of this file's cases take more than {} MiB of memory",
                               kMaxJobsBytes >> 20),
                   "leave claims out that no rule looks at, or make several files of it");
    }
    left -= std::min(size, left);
    return left > 0;
  }
};

// A case or a base as it is written.
struct Draft {
  Shared* shared = nullptr;
  std::string name;
  std::string base;
  TestJob job;
  std::optional<Object> claims_from;
  std::vector<std::string> without;
  std::optional<bool> allow;
  std::string rule;
  std::optional<std::vector<std::string>> findings;
  Place place;
  std::optional<Place> base_place{};
};

void SetProvider(const Field& field, Draft& draft) {
  const std::string* name = field.Text();
  if (name == nullptr) return;
  draft.job.provider = ProviderFromName(*name);
  if (draft.job.provider) return;
  std::vector<std::string> known;
  for (const Provider each : AllProviders()) known.emplace_back(ProviderName(each));
  schema::RefuseChoice(field, *name, known);
}

std::optional<Object> ReadObject(const Field& field, std::string_view example) {
  if (field.node.As<Node::Table>() == nullptr) {
    field.FailKind("a table", fmt::format("for example {}", example));
    return std::nullopt;
  }
  auto value = ToValue(field.node);
  if (value) return std::move(*value->AsObject());
  field.Fail("a date or time is no claim", "write it as a string, or as seconds since 1970");
  return std::nullopt;
}

void SetClaims(const Field& field, Draft& draft) {
  draft.job.claims = ReadObject(field, "{ project_path = \"group/app\" }");
}

void SetClaimsFrom(const Field& field, Draft& draft) {
  const std::string* path = field.Line();
  if (path == nullptr || draft.shared->left == 0) return;
  const auto bytes = draft.shared->read(*path);
  if (!bytes) return field.Fail(bytes.findings().front().message, bytes.findings().front().hint);
  auto value = ParseJson(*bytes, kClaimsLimits, Code::kConfigInvalid, Quote(*path));
  if (!value) return field.Fail(value.findings().front().message);
  if (value->AsObject() == nullptr) {
    return field.Fail(
        fmt::format("{}: expected an object, got {}", Quote(*path), value->TypeName()),
        "`jobwarden inspect --json` prints a token's payload");
  }
  if (draft.shared->Take(field.problems, field.node.place, SizeOf(*value))) {
    draft.claims_from = std::move(*value->AsObject());
  }
}

void SetWithout(const Field& field, Draft& draft) {
  if (auto names = field.Texts(true)) draft.without = std::move(*names);
}

// Each fact is read alone, so that each mistake has its place.
void SetFacts(const Field& field, Draft& draft) {
  const auto facts = ReadObject(field, "{ image = \"registry.example.com/build\" }");
  if (!facts) return;
  for (const Entry& entry : *field.node.As<Node::Table>()) {
    const Value* value = facts->Find(entry.key);
    const auto job = JobOfFacts(Object{{entry.key, *value}}, Provider::kGitLab, "facts");
    if (!job) {
      const Finding& finding = job.findings().front();
      field.problems.Add(entry.place, finding.message, finding.hint);
    } else {
      draft.job.facts.Set(entry.key, *value);
    }
  }
}

void SetAudiences(const Field& field, Draft& draft) {
  const auto* list = field.node.As<Node::List>();
  if (list != nullptr && list->empty()) {
    draft.job.audiences.emplace();
  } else {
    draft.job.audiences = field.Texts(true);
  }
}

void SetBase(const Field& field, Draft& draft) {
  draft.base_place = field.node.place;
  SetLine<&Draft::base>(field, draft);
}

void SetIssuer(const Field& field, Draft& draft) {
  SetLine<&TestJob::issuer>(field, draft.job);
}

void SetName(const Field& field, Draft& draft) {
  SetLine<&Draft::name>(field, draft);
  if (draft.name.empty() && field.node.As<std::string>() != nullptr) field.Fail("is empty");
}

constexpr Choice<bool> kExpectations[] = {{"allow", true}, {"deny", false}};

void SetExpect(const Field& field, Draft& draft) {
  draft.allow = ReadChoice(field, kExpectations);
}

void SetFindings(const Field& field, Draft& draft) {
  const auto* list = field.node.As<Node::List>();
  if (list != nullptr && list->empty()) {
    draft.findings.emplace();
    return;
  }
  auto codes = field.Texts(false);
  if (!codes) return;
  for (std::size_t i = 0; i < codes->size(); ++i) {
    if (CodeFromName((*codes)[i])) continue;
    const std::string nearest = NearestWord(
        (*codes)[i],
        {"FORK_DENIED", "RULE_DENIED", "NO_RULE_ALLOWS", "AUDIENCE_MISMATCH", "TOKEN_MISSING"});
    field.problems.Add(
        (*list)[i].place,
        fmt::format("{}: no finding has the code {}", field.name, Quote((*codes)[i])),
        nearest.empty() ? "" : fmt::format("did you mean \"{}\"?", nearest));
  }
  draft.findings = std::move(codes);
}

constexpr Key<Draft> kBaseKeys[] = {
    {"provider", SetProvider},      {"issuer", SetIssuer}, {"claims", SetClaims},
    {"claims_from", SetClaimsFrom}, {"facts", SetFacts},   {"audiences", SetAudiences},
};

constexpr Key<Draft> kCaseKeys[] = {
    {"name", SetName, "name = \"deploys of main are allowed\""},
    {"base", SetBase},
    {"provider", SetProvider},
    {"issuer", SetIssuer},
    {"claims", SetClaims},
    {"claims_from", SetClaimsFrom},
    {"without", SetWithout},
    {"facts", SetFacts},
    {"audiences", SetAudiences},
    {"expect", SetExpect, "expect = \"allow\", or \"deny\""},
    {"rule", SetLine<&Draft::rule>},
    {"findings", SetFindings},
};

void AddAll(std::optional<Object>& to, const std::optional<Object>& more) {
  if (!more) return;
  if (!to) to.emplace();
  for (const Member& member : more->members()) to->Set(member.name, member.value);
}

// What `over` says on top of what `job` says.
void Overlay(TestJob& job, const Draft& over) {
  if (over.job.provider) job.provider = over.job.provider;
  if (!over.job.issuer.empty()) job.issuer = over.job.issuer;
  AddAll(job.claims, over.claims_from);
  AddAll(job.claims, over.job.claims);
  for (const Member& member : over.job.facts.members()) job.facts.Set(member.name, member.value);
  if (over.job.audiences) job.audiences = over.job.audiences;
  if (!job.claims) return;
  std::erase_if(job.claims->members(), [&](const Member& member) {
    return std::find(over.without.begin(), over.without.end(), member.name) != over.without.end();
  });
}

class Reader {
 public:
  Reader(const std::string& path, const ReadBeside& read)
      : problems_(std::vector<std::string>{path}), shared_{read} {}

  TestFile Read(const std::string& path, std::string_view text) && {
    if (const auto document = ReadDocument(0, text, problems_)) {
      ReadTable({problems_, path, *document}, "", "", kKeys, *this);
      for (const Draft& draft : drafts_) AddCase(draft);
      if (drafts_.empty() && problems_.empty()) {
        problems_.Add({}, "no [[case]] in this file", "add one: docs/tests.md shows how");
      }
    }
    file_.problems = problems_.Take();
    return std::move(file_);
  }

 private:
  static void SetConfig(const Field& field, Reader& reader) {
    SetLine<&TestFile::config>(field, reader.file_);
  }

  static void SetBases(const Field& field, Reader& reader) {
    const auto* bases = field.node.As<Node::Table>();
    if (bases == nullptr) return field.FailKind("tables", "write [base.NAME]");
    for (const Entry& entry : *bases) {
      Draft& draft = reader.bases_[entry.key];
      draft.shared = &reader.shared_;
      ReadTable({field.problems, "base." + QuoteName(entry.key), entry.value}, "[base.NAME]",
                "base.", kBaseKeys, draft);
    }
  }

  static void SetCases(const Field& field, Reader& reader) {
    const auto* cases = field.node.As<Node::List>();
    if (cases == nullptr) return field.FailKind("a list of tables", "write [[case]]");
    for (const Node& table : *cases) {
      Draft& draft = reader.drafts_.emplace_back();
      draft.shared = &reader.shared_;
      draft.place = table.place;
      ReadTable({field.problems, "[[case]]", table}, "[[case]]", "case.", kCaseKeys, draft);
    }
  }

  static constexpr Key<Reader> kKeys[] = {
      {"config", SetConfig}, {"base", SetBases}, {"case", SetCases}};

  void AddCase(const Draft& draft) {
    TestCase one{draft.name, draft.place,   {}, draft.allow.value_or(false),
                 draft.rule, draft.findings};
    if (!draft.name.empty() && !names_.emplace(draft.name, draft.place).second) {
      problems_.Add(draft.place,
                    fmt::format("two cases have the name {}, the other at {}", Quote(draft.name),
                                problems_.Text(names_.at(draft.name))));
    }
    if (draft.allow == true && draft.findings && !draft.findings->empty()) {
      problems_.Add(draft.place, "case.findings: an allowed job has none that forbid it",
                    "leave findings out, or set expect = \"deny\"");
    }
    if (!draft.base.empty()) {
      const auto base = bases_.find(draft.base);
      if (base != bases_.end()) {
        Overlay(one.job, base->second);
      } else {
        std::vector<std::string> names;
        for (const auto& each : bases_) names.push_back(each.first);
        const std::string nearest = NearestWord(draft.base, names);
        problems_.Add(*draft.base_place, fmt::format("no [base.{}] in this file", draft.base),
                      nearest.empty() ? "" : fmt::format("did you mean {}?", Quote(nearest)));
      }
    }
    Overlay(one.job, draft);
    if (shared_.Take(problems_, draft.place, SizeOf(one.job)))
      file_.cases.push_back(std::move(one));
  }

  Problems problems_;
  Shared shared_;
  TestFile file_;
  std::map<std::string, Draft> bases_;
  std::vector<Draft> drafts_;
  std::map<std::string, Place> names_;
};

}  // namespace

TestFile ReadTestFile(const std::string& path, std::string_view text, const ReadBeside& read) {
  return Reader(path, read).Read(path, text);
}

}  // namespace jobwarden
