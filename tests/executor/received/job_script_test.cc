#include "executor/received/job_script.h"

#include <boost/test/unit_test.hpp>
#include <map>

#include "tests/support/child.h"
#include "tests/support/script_writer.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::Runner;
using jobwarden::testing::ScriptWriter;
using jobwarden::testing::Shell;
using jobwarden::testing::TempFolder;

namespace {

using Given = jobwarden::testing::Variable;

// A form in which runners write scripts.
struct ScriptForm {
  const char* name;
  Runner runner;
  Shell shell;
  std::vector<Given> features;
};
const std::vector<ScriptForm> kForms = {
    {"19.4", Runner::k19_4, Shell::kBash, {}},
    {"19.4 legacy eval", Runner::k19_4, Shell::kBash, {{"FF_USE_LEGACY_BASH_EVAL", "true"}}},
    {"19.4 posix", Runner::k19_4, Shell::kBash, {{"FF_POSIXLY_CORRECT_ESCAPES", "true"}}},
    {"19.4 sh", Runner::k19_4, Shell::kSh, {{"FF_POSIXLY_CORRECT_ESCAPES", "true"}}},
    {"17.2", Runner::k17_2, Shell::kBash, {}},
    {"17.2 new eval", Runner::k17_2, Shell::kBash, {{"FF_USE_NEW_BASH_EVAL_STRATEGY", "true"}}},
    {"17.2 posix", Runner::k17_2, Shell::kBash, {{"FF_POSIXLY_CORRECT_ESCAPES", "true"}}},
    {"14.10", Runner::k14_10, Shell::kBash, {}},
    {"14.10 posix", Runner::k14_10, Shell::kBash, {{"FF_POSIXLY_CORRECT_ESCAPES", "true"}}},
};
const ScriptForm kPwsh{"19.4 pwsh", Runner::k19_4, Shell::kPwsh, {}};

const std::string kToken =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2dpdGxhYi5leGFtcGxlLmNvbSJ9.c2ln";

std::string WriteScript(const ScriptForm& form, const std::vector<Given>& variables,
                        const std::vector<std::string>& commands,
                        const std::string& folder = "/builds/app.tmp") {
  std::vector<Given> all = form.features;
  all.insert(all.end(), variables.begin(), variables.end());
  ScriptWriter writer(form.runner, form.shell, all);
  writer.Variables(all, folder);
  writer.ChangeFolder("/");
  writer.Commands(commands);
  return writer.Script();
}

JobScript ParseGood(const std::string& bytes) {
  auto script = JobScript::Parse(bytes);
  BOOST_REQUIRE_MESSAGE(script, (script ? "" : script.findings().front().message));
  return std::move(*script);
}

std::string DropGood(const JobScript& script, const std::set<std::string>& names,
                     const std::vector<std::string_view>& gone) {
  const auto less = script.Drop(names, gone);
  BOOST_REQUIRE_MESSAGE(less, (less ? "" : less.findings().front().message));
  return std::string(less->view());
}

void CheckUnreadable(const std::string& bytes, const std::string& piece) {
  const auto script = JobScript::Parse(bytes);
  BOOST_REQUIRE(!script);
  const Finding& finding = script.findings().front();
  BOOST_TEST((finding.code == Code::kScriptUnreadable));
  BOOST_TEST(finding.message.find(piece) != std::string::npos, finding.message);
  BOOST_TEST(finding.message.find('\n') == std::string::npos);
  BOOST_TEST(!finding.hint.empty());
}

// The environment that a script leaves to `env -0`, its last command.
std::map<std::string, std::string> RunForEnvironment(const ScriptForm& form,
                                                     const std::string& script) {
  jobwarden::testing::ChildOptions options;
  options.command = {form.shell == Shell::kSh ? "/bin/sh" : "/bin/bash"};
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  options.input = script;
  const auto result = jobwarden::testing::RunChild(options);
  BOOST_TEST(result.exit_code == 0, form.name << ": " << result.err);
  std::map<std::string, std::string> environment;
  const std::size_t marker = result.out.find("ENVIRONMENT\n");
  BOOST_REQUIRE(marker != std::string::npos);
  std::string_view out(result.out);
  out.remove_prefix(out.find('\n', marker) + 1);
  while (!out.empty()) {
    const std::string_view entry = out.substr(0, out.find('\0'));
    out.remove_prefix(std::min(entry.size() + 1, out.size()));
    const std::size_t equals = entry.find('=');
    environment[std::string(entry.substr(0, equals))] = entry.substr(equals + 1);
  }
  return environment;
}

std::string AllBytes() {
  std::string bytes = "x ";  // the blank makes every quoting quote it
  for (int i = 1; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

std::vector<Given> OddVariables() {
  return {
      {"FIRST", "1"},
      {"VAULT_ID_TOKEN", kToken},
      {"MULTILINE", "first line\nexport INJECTED=1\n'single' \"double\" `tick` $(sub) \\ \n"},
      {"LOOKALIKE", "$'export VAULT_ID_TOKEN=x'\nexport VAULT_ID_TOKEN=y"},
      {"LOOKALIKE_POSIX", "\"\nexport VAULT_ID_TOKEN=\"z\"\n"},
      {"UTF8", "na\xc3\xafve \xe6\xbc\xa2\xe5\xad\x97"},
      {"BINARY", AllBytes()},
      {"EMPTY", ""},
      {"KUBECONFIG", "users: [{token: \"$x\"}]\nexport VAULT_ID_TOKEN=f\n", true},
      {"TOKEN_FILE", kToken, true},
      {"HEADER", "Bearer " + kToken + " end"},
      {"TWICE", "one"},
      {"TWICE", "two words"},
      {"LARGE", std::string(100'000, 'a') + " '"},
      {"LAST", "1"},
  };
}

const std::vector<std::string> kCommands = {"export VAULT_ID_TOKEN_OF_JOB=x", "# a comment",
                                            "echo ENVIRONMENT", "env -0"};

}  // namespace

BOOST_AUTO_TEST_SUITE(job_script)

BOOST_AUTO_TEST_CASE(variables_of_every_form_are_read_as_they_were_given) {
  std::vector<ScriptForm> forms = kForms;
  forms.push_back(kPwsh);
  for (const ScriptForm& form : forms) {
    BOOST_TEST_CONTEXT(form.name) {
      const std::string bytes = WriteScript(form, OddVariables(), kCommands);
      const JobScript script = ParseGood(bytes);
      std::vector<Given> given = form.features;
      for (const Given& each : OddVariables()) given.push_back(each);
      BOOST_REQUIRE_EQUAL(script.variables().size(), given.size());
      for (std::size_t i = 0; i < given.size(); ++i) {
        BOOST_TEST(script.variables()[i].name == given[i].key);
        BOOST_TEST(script.variables()[i].file == given[i].file);
        BOOST_TEST((script.variables()[i].value.view() == given[i].value), given[i].key);
      }
      BOOST_TEST(script.commands().find("VAULT_ID_TOKEN_OF_JOB=x") != std::string_view::npos);
      BOOST_TEST(script.commands().find("INJECTED") == std::string_view::npos);
      BOOST_TEST(DropGood(script, {}, {}) == bytes);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_dropped_variable_is_gone_and_all_others_are_as_they_were) {
  const std::set<std::string> names = {"VAULT_ID_TOKEN", "TOKEN_FILE", "HEADER", "TWICE"};
  for (const ScriptForm& form : kForms) {
    BOOST_TEST_CONTEXT(form.name) {
      const TempFolder with_folder;
      const TempFolder without_folder;
      const JobScript script =
          ParseGood(WriteScript(form, OddVariables(), kCommands, with_folder.path()));
      auto expected = RunForEnvironment(form, DropGood(script, {}, {}));
      BOOST_TEST(expected.at("VAULT_ID_TOKEN") == kToken);
      BOOST_TEST(expected.at("TWICE") == "two words");
      BOOST_TEST(with_folder.Names().contains("TOKEN_FILE"));
      for (const std::string& name : names) BOOST_TEST(expected.erase(name) == 1U);

      const JobScript other =
          ParseGood(WriteScript(form, OddVariables(), kCommands, without_folder.path()));
      auto got = RunForEnvironment(form, DropGood(other, names, {kToken}));
      BOOST_TEST(!without_folder.Names().contains("TOKEN_FILE"));
      BOOST_TEST(without_folder.Names().contains("KUBECONFIG"));
      for (const char* path : {"KUBECONFIG", "GITLAB_ENV"}) {
        expected.erase(path);
        got.erase(path);
      }
      BOOST_TEST((got == expected));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_stays_is_byte_for_byte_what_it_was) {
  std::vector<ScriptForm> forms = kForms;
  forms.push_back(kPwsh);
  for (const ScriptForm& form : forms) {
    BOOST_TEST_CONTEXT(form.name) {
      std::vector<Given> fewer = OddVariables();
      std::erase_if(fewer, [](const Given& each) {
        return each.key == "VAULT_ID_TOKEN" || each.key == "TWICE" || each.key == "HEADER";
      });
      const JobScript script = ParseGood(WriteScript(form, OddVariables(), kCommands));
      BOOST_TEST((DropGood(script, {"VAULT_ID_TOKEN", "TWICE", "HEADER", "ABSENT"}, {}) ==
                  WriteScript(form, fewer, kCommands)));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_value_of_a_mebibyte_is_read_and_dropped) {
  std::string large;
  while (large.size() < 1024 * 1024) large += AllBytes();
  std::vector<ScriptForm> forms = kForms;
  forms.push_back(kPwsh);
  for (const ScriptForm& form : forms) {
    BOOST_TEST_CONTEXT(form.name) {
      const JobScript script =
          ParseGood(WriteScript(form, {{"LARGE", large}, {"LARGE_FILE", large, true}}, {"true"}));
      BOOST_TEST((script.variables()[form.features.size()].value.view() == large));
      const JobScript less = ParseGood(DropGood(script, {"LARGE", "LARGE_FILE"}, {large}));
      BOOST_TEST(less.variables().size() == form.features.size());
      BOOST_TEST(less.commands().ends_with(script.commands()));
    }
  }
}

// A stage that has it may have come before.
BOOST_AUTO_TEST_CASE(the_file_of_a_dropped_variable_is_removed) {
  for (const ScriptForm& form : kForms) {
    BOOST_TEST_CONTEXT(form.name) {
      const TempFolder folder;
      const JobScript script =
          ParseGood(WriteScript(form, {{"TOKEN_FILE", kToken, true}, {"KEY_FILE", "key", true}},
                                kCommands, folder.path()));
      RunForEnvironment(form, DropGood(script, {}, {}));
      BOOST_TEST(folder.Names().contains("TOKEN_FILE"));
      for (int i = 0; i < 2; ++i) {
        RunForEnvironment(form, DropGood(script, {"TOKEN_FILE"}, {kToken}));
        BOOST_TEST(!folder.Names().contains("TOKEN_FILE"));
        BOOST_TEST(folder.Names().contains("KEY_FILE"));
      }
    }
  }
  const JobScript script = ParseGood(
      WriteScript(kPwsh, {{"TOKEN_FILE", kToken, true}, {"A", "b"}}, {"true"}, "/b/a.tmp"));
  BOOST_TEST(ParseGood(DropGood(script, {"TOKEN_FILE"}, {kToken}))
                 .commands()
                 .starts_with("if(Test-Path -LiteralPath (\"/b/a.tmp/TOKEN_FILE\")) "
                              "{ Remove-Item -Force -LiteralPath (\"/b/a.tmp/TOKEN_FILE\") }\n"));
}

// In 14.10 nothing stands between the variables and `cd`.
BOOST_AUTO_TEST_CASE(an_export_of_the_job_itself_is_a_command) {
  for (const ScriptForm& form : kForms) {
    BOOST_TEST_CONTEXT(form.name) {
      const JobScript script =
          ParseGood(WriteScript(form, {{"A", "1"}}, {"export VAULT_ID_TOKEN=x", "true"}));
      BOOST_TEST(script.variables().back().name == "A");
      const std::string less = DropGood(script, {"VAULT_ID_TOKEN"}, {});
      BOOST_TEST(ParseGood(less).commands() == script.commands());
      BOOST_TEST(script.commands().find("\nexport VAULT_ID_TOKEN=x\n") != std::string_view::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_script_without_variables_is_all_commands) {
  for (const ScriptForm& form : kForms) {
    ScriptWriter writer(form.runner, form.shell, form.features);
    writer.Line("echo \"Running on $(hostname)...\"");
    const JobScript script = ParseGood(writer.Script());
    BOOST_TEST(script.variables().empty());
    BOOST_TEST(script.commands() == "echo \"Running on $(hostname)...\"\n");
  }
}

BOOST_AUTO_TEST_CASE(a_script_without_shebang_and_with_trace_is_read) {
  const std::string shebang = "#!/usr/bin/env bash\n\n";
  const std::string script = WriteScript(kForms[0], {{"CI_DEBUG_TRACE", "true"}}, {"true"});
  BOOST_TEST(script.find("set -o xtrace\n") != std::string::npos);
  BOOST_TEST(ParseGood(script.substr(shebang.size())).variables().size() == 1U);
}

BOOST_AUTO_TEST_CASE(scripts_of_runners_before_14_9_are_read) {
  const JobScript script = ParseGood(
      "#!/usr/bin/env bash\n\nset -eo pipefail\nset +o noclobber\n: | eval $'export A=$\\'b\\'\\n"
      "mkdir -p \"/b.tmp\"\\necho -n $\\'c\\' > \"/b.tmp/F\"\\nexport F=\"/b.tmp/F\"\\n"
      "$\\'cd\\' \"/b\"\\n'\nexit 0\n");
  BOOST_REQUIRE_EQUAL(script.variables().size(), 2U);
  BOOST_TEST(script.variables()[1].value.view() == "c");
  BOOST_TEST(script.commands() == "$'cd' \"/b\"\n");

  const JobScript pwsh = ParseGood(
      "#!/usr/bin/env pwsh\n& {\n\n$ErrorActionPreference = \"Stop\"\n$A=\"b\"\n$env:A=$A\n"
      "cd \"/b\"\n\n}\n\n");
  BOOST_REQUIRE_EQUAL(pwsh.variables().size(), 1U);
  BOOST_TEST(pwsh.variables()[0].name == "A");
}

BOOST_AUTO_TEST_CASE(a_resolved_path_of_a_powershell_file_is_read) {
  const std::string call =
      "$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath(";
  const JobScript script = ParseGood(
      "& {\n\n$ErrorActionPreference = \"Stop\"\nNew-Item -ItemType directory -Force -Path " +
      call + "\"/b.tmp\") | out-null\n[System.IO.File]::WriteAllText(" + call +
      "\"/b.tmp/F\"), \"c`nd\")\n" + "${F}=" + call +
      "\"/b.tmp/F\")\n${env:F}=${F}\necho x\n\n}\n\n");
  BOOST_REQUIRE_EQUAL(script.variables().size(), 1U);
  BOOST_TEST(script.variables()[0].value.view() == "c\nd");
  BOOST_TEST(script.commands() == "echo x\n\n}\n\n");
}

BOOST_AUTO_TEST_CASE(a_value_that_still_stands_somewhere_refuses_the_stage) {
  std::vector<ScriptForm> forms = kForms;
  forms.push_back(kPwsh);
  for (const std::string& value :
       {kToken, std::string("eight ch"), std::string("it's \"so\" $much\n"), AllBytes()}) {
    for (const ScriptForm& form : forms) {
      BOOST_TEST_CONTEXT(form.name) {
        const JobScript script =
            ParseGood(WriteScript(form, {{"A", value}, {"B", "x " + value + " y"}}, {"true"}));
        const auto less = script.Drop({"A"}, {value});
        BOOST_REQUIRE(!less);
        BOOST_TEST((less.findings().front().code == Code::kScriptUnreadable));
        BOOST_TEST(less.findings().front().message.find(kToken) == std::string::npos);
        BOOST_TEST(!!script.Drop({"A", "B"}, {value}));
      }
    }
  }
  const JobScript script = ParseGood(WriteScript(kForms[0], {{"A", kToken}}, {"use " + kToken}));
  BOOST_TEST(!script.Drop({"A"}, {kToken}));
  BOOST_TEST(!!script.Drop({}, {"1234567"}));
}

BOOST_AUTO_TEST_CASE(a_short_value_is_not_looked_for) {
  const JobScript script = ParseGood(WriteScript(kForms[0], {{"A", "main"}}, {"echo main"}));
  BOOST_TEST(!!script.Drop({"A"}, {"main"}));
}

BOOST_AUTO_TEST_CASE(a_script_that_is_empty_or_too_large_is_refused) {
  CheckUnreadable("", "empty");
  CheckUnreadable(std::string(kMaxScriptBytes + 1, 'x'), "limit");
}

BOOST_AUTO_TEST_CASE(every_truncated_script_is_refused) {
  for (const ScriptForm& form : kForms) {
    const std::string whole = WriteScript(form, {{"A", "b c"}, {"F", "d", true}}, {"true"});
    for (std::size_t size = 0; size < whole.size(); ++size) {
      BOOST_TEST(!JobScript::Parse(whole.substr(0, size)), form.name << " " << size);
    }
    BOOST_TEST(!JobScript::Parse(whole + "x"));
  }
}

BOOST_AUTO_TEST_CASE(an_envelope_that_is_not_known_to_the_byte_is_refused) {
  const std::string good = WriteScript(kForms[0], {{"A", "b c"}}, {"true"});
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    BOOST_REQUIRE(bad.find(from) != std::string::npos);
    return bad.replace(bad.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {with("env bash", "env zsh"), with("set +o noclobber\n", ""),
        with("set +o noclobber\n", "set +o noclobber\ntrue\n"), with("exit 0", "exit 1"),
        with("trap 'exit 1' TERM\n", "trap 'exit 2' TERM\n"), with("; eval ", "; eval  "),
        with("; eval $'", "; eval $\""), with("< /dev/null", "< /dev/zero"),
        with("set -o errexit", "set +o errexit"), with("\n", "\r\n"), "\xEF\xBB\xBF" + good}) {
    CheckUnreadable(bad, "another form");
  }
}

BOOST_AUTO_TEST_CASE(a_word_that_no_runner_writes_is_refused) {
  for (const char* word : {"$'echo a\\e'", "$'echo a' b", "$'echo \\x41'", "\"echo $HOME\"",
                           "\"echo `id`\"", "'echo a'", "$'echo a''b'", "echo a"}) {
    CheckUnreadable(
        std::string("set -eo pipefail\nset +o noclobber\n: | eval ") + word + "\nexit 0\n",
        "another form");
  }
}

BOOST_AUTO_TEST_CASE(a_variable_in_an_unknown_form_is_refused) {
  for (const char* line : {"export A=\"b\"", "export A='b'", "export A=b c", "export A",
                           "mkdir -p \"/t\"\nprintf '%s' 'b' > \"/t/A\"",
                           "mkdir -p \"/t\"\nprintf '%s' b > \"/t/A\"\nexport A=\"/t/B\""}) {
    const std::string inner = std::string("export FIRST=1\n") + line + "\ncd /\n";
    CheckUnreadable("set -eo pipefail\nset +o noclobber\n: | eval " +
                        EncodeWord(inner, Quoting::kAnsiC) + "\nexit 0\n",
                    "unknown form");
  }
  for (const char* line : {"${A}=\"$b\"\n${env:A}=${A}", "${A}=\"b\"\n${env:A}=${B}", "${A}='b'",
                           "${A}=\"\xE2\x80\x9C\"\n${env:A}=${A}", "${A}=\"b\n\"\n${env:A}=${A}"}) {
    CheckUnreadable(
        std::string("& {\n\n$ErrorActionPreference = \"Stop\"\n") + line + "\necho x\n\n}\n\n",
        "unknown form");
  }
}

BOOST_AUTO_TEST_SUITE_END()
