// `jobwarden report` as an administrator calls it, over audit files of a fleet.

#include <sys/stat.h>

#include <filesystem>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;

namespace {

// A line of an audit file: what `verify --json` prints, changed.
std::string Line(nlohmann::json record, const nlohmann::json& changes) {
  record.merge_patch(changes);
  return record.dump() + "\n";
}

struct Fixture {
  CliHost host;
  nlohmann::json allowed = host.VerifyJson({}, kAllow);
  nlohmann::json reason{{"code", "NO_RULE_ALLOWS"},
                        {"severity", "error"},
                        {"message", "no rule allows this job"},
                        {"hint", ""},
                        {"evidence", nlohmann::json::object()}};

  std::string Audit(const std::string& name, const std::string& lines) const {
    std::filesystem::create_directories(std::filesystem::path(host.folder / name).parent_path());
    return host.folder.Write(name, lines);
  }
  std::string Denied(const std::string& project, const std::string& mode) const {
    return Line(allowed, {{"outcome", "deny"},
                          {"mode", mode},
                          {"enforced", mode == "enforce"},
                          {"rule", nullptr},
                          {"findings", {reason}},
                          {"job", {{"id", "77"}, {"project", project}}}});
  }
  ChildResult Report(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"report", "--config", host.config_path()};
    words.insert(words.end(), more.begin(), more.end());
    return host.Run(words);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(report, Fixture)

BOOST_AUTO_TEST_CASE(text_shows_refusals_rules_and_hosts_of_a_fleet) {
  const std::string one = Audit("r1/audit.jsonl", Line(allowed, nlohmann::json::object()) +
                                                      Denied("group/app", "enforce") + "torn {\n");
  const std::string two = Audit("r2/audit.jsonl", Denied("group/lib", "report"));
  const ChildResult result = Report({one, two});
  BOOST_TEST(result.exit_code == kAllow);
  BOOST_TEST(result.err == "");
  for (const char* part :
       {"\n1 torn line was passed over\n", "\n        3 Decisions\n",
        "\n        1 Would be denied\n", "\nRefused jobs\n", "  NO_RULE_ALLOWS  group/app  r1 ",
        "  NO_RULE_ALLOWS  group/lib  r2 ", "\nHosts\n"}) {
    BOOST_TEST(Has(result.out, part));
  }
}

BOOST_AUTO_TEST_CASE(page_is_one_file_and_shows_a_hostile_project_as_text) {
  const std::string evil = "a/</script><script>alert(1)</script>\u202e";
  const std::string audit = Audit("audit.jsonl", Denied(evil, "enforce"));
  const std::string page = host.folder / "report.html";
  const ChildResult result = Report({"--html", page, audit});
  BOOST_TEST(result.exit_code == kAllow, result.log);
  BOOST_TEST(result.log == "");
  const std::string html = Slurp(page);
  BOOST_TEST(html.starts_with("<!doctype html>"));
  BOOST_TEST(Has(html, "a/&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u202e"));
  BOOST_TEST(Lacks(html, "<script>alert"));
  BOOST_TEST(Report({"--html", "-", audit}).out.size() == html.size());
}

BOOST_AUTO_TEST_CASE(audit_file_of_the_configuration_is_read_where_none_is_named) {
  const std::string audit = Audit("audit.jsonl", Line(allowed, nlohmann::json::object()));
  BOOST_TEST(Has(Report({}).err, "no audit file"));
  BOOST_TEST(Report({}).exit_code == kUsage);
  const std::string config = Slurp(host.config_path());
  host.folder.Write("jobwarden.toml", config + "\n[audit]\nfile = \"" + audit + "\"\n");
  BOOST_TEST(Has(Report({}).out, "\n        1 Decisions\n"));
}

BOOST_AUTO_TEST_CASE(older_decisions_are_left_out) {
  const std::string audit =
      Audit("audit.jsonl", Line(allowed, {{"time", "2020-01-01T00:00:00Z"}}) +
                               Line(allowed, {{"time", "9000-01-01T00:00:00Z"}}));
  BOOST_TEST(Has(Report({audit}).out, "\n        2 Decisions\n"));
  BOOST_TEST(Has(Report({"--since", "7d", audit}).out, "\n        1 Decisions\n"));
  BOOST_TEST(Report({"--since", "week", audit}).exit_code == kUsage);
}

BOOST_AUTO_TEST_CASE(without_a_configuration_there_is_a_report_without_its_rules) {
  const std::string audit = Audit("audit.jsonl", Line(allowed, nlohmann::json::object()));
  const std::string absent = host.folder / "none.toml";
  BOOST_TEST(host.Run({"report", "--config", absent, audit}).exit_code == kUsage);
  BOOST_TEST(host.Run({"report", audit}).exit_code == kAllow);
}

BOOST_AUTO_TEST_CASE(page_that_cannot_be_written_and_file_that_is_absent_are_errors) {
  const std::string audit = Audit("audit.jsonl", Line(allowed, nlohmann::json::object()));
  const ChildResult unwritten = Report({"--html", "/nonexistent/report.html", audit});
  BOOST_TEST(unwritten.exit_code == kError);
  BOOST_TEST(Has(unwritten.err, "STATE_UNWRITABLE: page \"/nonexistent/report.html\": No such"));
  BOOST_TEST(Report({host.folder / "absent.jsonl"}).exit_code == kError);
}

BOOST_AUTO_TEST_SUITE_END()
