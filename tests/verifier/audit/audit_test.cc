#include "verifier/audit/audit.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/journal_socket.h"
#include "tests/support/temp_folder.h"
#include "verifier/audit/journal_entry.h"
#include "verifier/audit/token_request_line.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "jobwarden-audit-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

AuditSettings To(const std::filesystem::path& file) {
  AuditSettings settings;
  settings.file = file.string();
  return settings;
}

std::vector<std::string> Lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit)

BOOST_AUTO_TEST_CASE(each_record_is_one_line_that_reads_back) {
  const Folder folder;
  const auto file = folder.path / "audit.jsonl";
  Record record;
  record.mode = "enforce";
  record.provider = "gitlab";
  for (const char* id : {"1", "2"}) {
    record.job_id = id;
    BOOST_TEST(bool(AppendAudit(To(file), {}, record)));
  }
  const auto lines = Lines(file);
  BOOST_REQUIRE(lines.size() == 2);
  BOOST_TEST(ReadRecord(lines[1], Code::kAuditFailed, "line")->job_id == "2");
  struct stat st {};
  BOOST_REQUIRE(stat(file.c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 0777) == 0600U);
}

BOOST_AUTO_TEST_CASE(without_a_file_nothing_is_written_and_nothing_fails) {
  BOOST_TEST(bool(AppendAudit({}, {}, Record())));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_is_audit_failed) {
  const Folder folder;
  const auto status = AppendAudit(To(folder.path / "absent" / "audit.jsonl"), {}, Record());
  BOOST_REQUIRE(!status);
  BOOST_TEST(CodeName(status.findings().front().code) == "AUDIT_FAILED");
  std::filesystem::create_symlink(folder.path / "elsewhere", folder.path / "link.jsonl");
  BOOST_TEST(!AppendAudit(To(folder.path / "link.jsonl"), {}, Record()));
}

BOOST_AUTO_TEST_CASE(a_file_that_the_job_s_user_could_change_is_audit_failed) {
  const Folder folder;
  const auto status = AppendAudit(To(folder.path / "audit.jsonl"), {geteuid()}, Record());
  BOOST_REQUIRE(!status);
  BOOST_TEST(CodeName(status.findings().front().code) == "AUDIT_FAILED");
}

BOOST_AUTO_TEST_CASE(the_hint_is_the_command_that_makes_the_folder) {
  const Folder folder;
  const auto settings = To(folder.path / "log" / "audit.jsonl");
  const std::string owner = geteuid() == 0 ? "root" : std::to_string(geteuid());
  for (const auto& status : {AppendAudit(settings, {}, Record()), CheckAudit(settings, {})}) {
    BOOST_REQUIRE(!status);
    BOOST_TEST(status.findings().front().hint ==
               "install -d -m 0755 -o " + owner + " \"" + (folder.path / "log").string() + "\"");
  }
}

BOOST_AUTO_TEST_CASE(a_check_makes_nothing_and_finds_what_an_append_would) {
  const Folder folder;
  const auto file = folder.path / "audit.jsonl";
  BOOST_TEST(bool(CheckAudit(To(file), {})));
  BOOST_TEST(!std::filesystem::exists(file));
  BOOST_TEST(bool(AppendAudit(To(file), {}, Record())));
  BOOST_TEST(bool(CheckAudit(To(file), {})));
  BOOST_TEST(Lines(file).size() == 1U);
  BOOST_TEST(bool(CheckAudit({}, {})));

  std::filesystem::create_directory(folder.path / "folder");
  BOOST_TEST(!CheckAudit(To(folder.path / "folder"), {}));
  std::filesystem::create_symlink(file, folder.path / "link.jsonl");
  BOOST_TEST(!CheckAudit(To(folder.path / "link.jsonl"), {}));
  BOOST_TEST(!CheckAudit(To(file), {geteuid()}));
  BOOST_TEST(!CheckAudit(To(folder.path / "new.jsonl"), {geteuid()}));
}

BOOST_AUTO_TEST_CASE(the_journal_gets_each_decision_in_fields) {
  const TempFolder folder;
  JournalSocket journal(folder / "journal");
  AuditSettings settings = To(folder / "audit.jsonl");
  settings.syslog = true;
  settings.journal = journal.path();
  Record record;
  record.id = "7k3m9qxa2b4c5d6e";
  record.outcome = Outcome::kDeny;
  record.mode = "enforce";
  record.provider = "gitlab";
  record.job_id = "302";
  record.job_project = "platform/app";
  record.policy_sha256 = "cd34";
  record.claims = Object{{"user_login", "alice"}, {"ref", "x\ny"}};
  record.findings = {
      {Code::kForkDenied, "fork"}, {Code::kNoRuleAllows, "rule"}, {Code::kLegacyToken, "old"}};
  BOOST_TEST(bool(AppendAudit(settings, {}, record)));
  const auto entry = journal.Receive();
  const auto is = [&](const std::string& name, const std::string& value) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_REQUIRE(entry.count(name) == 1U);
      BOOST_TEST(entry.find(name)->second == value);
    }
  };
  is("MESSAGE", "job 302 of \"platform/app\" denied: FORK_DENIED, NO_RULE_ALLOWS");
  is("PRIORITY", "4");
  is("SYSLOG_IDENTIFIER", "jobwarden");
  is("JOBWARDEN_ID", "7k3m9qxa2b4c5d6e");
  is("JOBWARDEN_OUTCOME", "deny");
  is("JOBWARDEN_MODE", "enforce");
  is("JOBWARDEN_ENFORCED", "true");
  is("JOBWARDEN_PROVIDER", "gitlab");
  is("JOBWARDEN_JOB", "302");
  is("JOBWARDEN_PROJECT", "platform/app");
  is("JOBWARDEN_POLICY_SHA256", "cd34");
  is("JOBWARDEN_RECORD", Lines(settings.file).at(0));
  BOOST_TEST(entry.count("JOBWARDEN_FINDING") == 2U);
  BOOST_TEST(entry.count("JOBWARDEN_RULE") == 0U);
  for (const auto& [name, value] : entry) BOOST_TEST(value.find("alice") == value.npos);
}

BOOST_AUTO_TEST_CASE(the_journal_tells_an_allow_and_an_error_apart_by_their_priority) {
  Record record;
  record.outcome = Outcome::kAllow;
  record.rule = "deploys";
  const auto allowed = JournalEntry(record, "{}");
  BOOST_TEST(allowed[0].value == "a job allowed by rule \"deploys\"");
  BOOST_TEST(allowed[1].value == "6");
  record.outcome = Outcome::kError;
  record.findings = {{Code::kKeysUnavailable, "x"}};
  record.enforced = false;
  const auto failed = JournalEntry(record, "{}");
  BOOST_TEST(failed[0].value ==
             "a job would be not allowed, because it could not be checked: KEYS_UNAVAILABLE");
  BOOST_TEST(failed[1].value == "3");
}

BOOST_AUTO_TEST_CASE(the_journal_gets_a_steps_requests_for_id_tokens) {
  const TempFolder folder;
  JournalSocket journal(folder / "journal");
  AuditSettings settings;
  settings.syslog = true;
  settings.journal = journal.path();
  TokenRequestLine line;
  line.decision_id = "abcdefgh12345678";
  line.job_id = "9";
  line.job_project = "shop/app";
  line.audience = "https://vault.example.com";
  line.step = "deploy";
  BOOST_TEST(RecordTokenRequest(settings, {}, line).empty());
  const auto entry = journal.Receive();
  BOOST_TEST(entry.find("MESSAGE")->second ==
             "a step of job 9 of \"shop/app\" asked for audience \"https://vault.example.com\" and "
             "got an id_token");
  BOOST_TEST(entry.find("JOBWARDEN_ID")->second == line.decision_id);
  BOOST_TEST(entry.find("JOBWARDEN_KIND")->second == "id_token_request");
  BOOST_TEST(entry.find("JOBWARDEN_STEP")->second == "deploy");
  BOOST_TEST(entry.find("JOBWARDEN_RECORD")->second == WriteTokenRequestLine(line));
}

BOOST_AUTO_TEST_CASE(
    a_journal_that_is_not_there_is_audit_failed_and_the_file_is_written_all_the_same) {
  const TempFolder folder;
  AuditSettings settings = To(folder / "audit.jsonl");
  settings.syslog = true;
  settings.journal = folder / "absent";
  Record record;
  record.mode = "enforce";
  BOOST_TEST((OutcomeOf(RecordDecision(settings, {}, record)) == Outcome::kError));
  BOOST_TEST(Lines(settings.file).size() == 1U);
  BOOST_TEST(!CheckAudit(settings, {}));
  settings.required = false;
  const Findings warned = RecordDecision(settings, {}, record);
  BOOST_REQUIRE(warned.size() == 1U);
  BOOST_TEST(!Forbids(warned.front()));
  settings.file = folder / "no";
  settings.file += "/audit.jsonl";
  BOOST_TEST(RecordDecision(settings, {}, record).size() == 2U);
}

BOOST_AUTO_TEST_CASE(an_unrecorded_decision_forbids_only_where_it_is_required_and_enforced) {
  const Folder folder;
  AuditSettings settings = To(folder.path / "absent" / "audit.jsonl");
  Record record;
  record.mode = "enforce";
  BOOST_TEST((OutcomeOf(RecordDecision(settings, {}, record)) == Outcome::kError));
  // A hook that only advises is not enforced either, and holds to its mode.
  record.enforced = false;
  BOOST_TEST((OutcomeOf(RecordDecision(settings, {}, record)) == Outcome::kError));
  record.mode = "report";
  const Findings reported = RecordDecision(settings, {}, record);
  BOOST_REQUIRE(reported.size() == 1U);
  BOOST_TEST(!Forbids(reported.front()));
  BOOST_TEST(reported.front().message.ends_with(" (the job goes on: mode = \"report\")"));
  BOOST_TEST(reported.front().hint.starts_with("install -d"));
  record.mode = "enforce";
  settings.required = false;
  const Findings warned = RecordDecision(settings, {}, record);
  BOOST_REQUIRE(warned.size() == 1U);
  BOOST_TEST(!Forbids(warned.front()));
  BOOST_TEST(warned.front().message.find("goes on") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
