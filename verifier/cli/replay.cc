#include "verifier/cli/replay.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/history/audit_files.h"
#include "verifier/os/fd.h"
#include "verifier/review/replay.h"

namespace jobwarden {
namespace {

std::vector<std::string> TextsOf(const Value* value) {
  std::vector<std::string> texts;
  if (value == nullptr || value->AsArray() == nullptr) return texts;
  for (const Value& each : *value->AsArray()) {
    if (const std::string* text = each.AsString()) texts.push_back(*text);
  }
  return texts;
}

std::string TextOf(const Value& object, std::string_view name) {
  const Value* value = object.Find(name);
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  return text == nullptr ? "" : *text;
}

std::optional<Outcome> OutcomeOfText(std::string_view name) {
  for (const Outcome each : {Outcome::kAllow, Outcome::kDeny, Outcome::kUsage, Outcome::kError}) {
    if (OutcomeName(each) == name) return each;
  }
  return std::nullopt;
}

// What forbade the job. A code that is not known here was not the rules': it counts as any other.
Findings FindingsOf(const RawObject& members, std::string& first) {
  Findings findings;
  const auto all = members.Get("findings");
  if (!all || all->AsArray() == nullptr) return findings;
  for (const Value& each : *all->AsArray()) {
    const Value* report_only = each.Find("report_only");
    if (TextOf(each, "severity") != "error" || report_only != nullptr) continue;
    const std::string code = TextOf(each, "code");
    Finding finding{CodeFromName(code).value_or(Code::kDriverFailed), ""};
    const Value* evidence = each.Find("evidence");
    if (evidence != nullptr && evidence->AsObject() != nullptr) {
      for (const Member& member : evidence->AsObject()->members()) {
        finding.evidence.push_back({member.name, "", ""});
      }
    }
    if (first.empty()) first = code;
    findings.push_back(std::move(finding));
  }
  return findings;
}

// Nothing if the text is not an object, or a member that is asked for is not good JSON.
std::optional<Object> Pick(std::string_view text, const std::set<std::string>& names) {
  const auto object = RawObject::Split(text);
  if (!object) return std::nullopt;
  Object picked;
  for (const std::string& name : names) {
    if (object->Text(name).empty()) continue;
    auto value = object->Get(name);
    if (!value) return std::nullopt;
    picked.members().push_back({name, *std::move(value)});
  }
  return picked;
}

class ReplayVisitor final : public HistoryVisitor {
 public:
  ReplayVisitor(const Config* before, const Config& now) : now_(now) {
    needed_.Add(now.policy);
    if (before != nullptr) {
      before_.emplace(*before);
      needed_.Add(before->policy);
    }
  }

  void Visit(const HistoryEntry& entry) override {
    if (entry.kind != HistoryEntry::Kind::kDecision) return;
    std::string first_finding;
    const auto record = PartOf(entry.members, first_finding);
    if (!record) {
      ++unreadable;
      return;
    }
    const Replayed was =
        before_ ? before_->Decide(*record)
                : Replayed{std::string(OutcomeName(record->outcome)),
                           record->outcome == Outcome::kAllow ? record->rule : first_finding};
    ReplayExample example{entry.members.GetString("id"), "", "", entry.file, entry.line};
    if (const auto job = RawObject::Split(entry.members.Text("job"))) {
      example.job = job->GetString("id");
      example.project = job->GetString("project");
    }
    matrix.Add(was, now_.Decide(*record), std::move(example));
  }

  ReplayMatrix matrix;
  std::uint64_t unreadable = 0;

 private:
  // The members that are needed to decide again: to parse all of a line takes several times as
  // long.
  std::optional<Record> PartOf(const RawObject& members, std::string& first_finding) const {
    Record record;
    const auto outcome = OutcomeOfText(members.GetString("outcome"));
    auto claims = Pick(members.Text("claims"), needed_.claims);
    auto facts = Pick(members.Text("facts"), needed_.facts);
    if (!outcome || !claims || !facts) return std::nullopt;
    record.outcome = *outcome;
    record.provider = members.GetString("provider");
    record.issuer = members.GetString("issuer");
    record.rule = members.GetString("rule");
    record.claims = *std::move(claims);
    record.facts = *std::move(facts);
    record.findings = FindingsOf(members, first_finding);
    if (const auto names = members.Get("unrecorded")) record.unrecorded = TextsOf(&*names);
    if (const auto token = RawObject::Split(members.Text("token"))) {
      Record::TokenFacts of_token;
      of_token.sha256 = token->GetString("sha256");
      record.token = std::move(of_token);
    }
    if (const auto tokens = members.Get("tokens"); tokens && tokens->AsArray() != nullptr) {
      for (const Value& each : *tokens->AsArray()) {
        record.tokens.push_back(
            {TextOf(each, "kind"), TextOf(each, "sha256"), {}, TextsOf(each.Find("audiences"))});
      }
    }
    return record;
  }

  std::optional<Replayer> before_;
  Replayer now_;
  NeededNames needed_;
};

}  // namespace

Result<ReplayResult> ReplayFiles(const std::vector<std::string>& paths, const Config* before,
                                 const Config& now) {
  const auto files = AuditFiles(paths);
  if (!files) return files.findings();
  std::vector<std::unique_ptr<HistoryVisitor>> visitors;
  std::vector<ReplayVisitor*> own;
  for (std::size_t i = 0; i < HistoryThreads(); ++i) {
    auto visitor = std::make_unique<ReplayVisitor>(before, now);
    own.push_back(visitor.get());
    visitors.push_back(std::move(visitor));
  }
  const bool shows = isatty(STDERR_FILENO) == 1;
  ReplayResult result;
  result.read = ReadHistory(*files, visitors, [shows](const HistoryProgress& progress) {
    if (!shows || progress.all_bytes == 0) return;
    Say(STDERR_FILENO, fmt::format("\rreplay: {} %", 100 * progress.bytes / progress.all_bytes));
  });
  if (shows) Say(STDERR_FILENO, "\r\x1b[K");
  for (ReplayVisitor* each : own) {
    result.matrix.Add(std::move(each->matrix));
    result.unreadable += each->unreadable;
  }
  return result;
}

std::string PassedOverText(const ReplayResult& result) {
  std::string text = DescribePassedOver(result.read.count);
  if (!text.empty()) text += '\n';
  if (result.unreadable > 0) {
    text += fmt::format("{} decisions have no claims, facts or outcome that can be read\n",
                        result.unreadable);
  }
  return text;
}

}  // namespace jobwarden
