#include "verifier/exposure/usage.h"

#include <boost/test/unit_test.hpp>
#include <initializer_list>

#include "verifier/exposure/word.h"

using namespace jobwarden;

namespace {

const Words kWanted = {"TOKEN", "TOKEN_1", "cosign", "pip-audit", "my.tool"};

bool Uses(const std::string& commands, const std::string& word = "TOKEN") {
  return UsedWords(commands, kWanted).contains(word);
}

const std::string kEcho = "echo $'\\x1b[32;1m$ use $TOKEN\\x1b[0;m'";

}  // namespace

BOOST_AUTO_TEST_SUITE(usage)

BOOST_AUTO_TEST_CASE(a_name_is_used_in_whatever_form_it_stands) {
  for (const char* line : {"$TOKEN",
                           "${TOKEN}",
                           "\"${TOKEN:-none}\"",
                           "echo \"Bearer $TOKEN\" | curl",
                           "printenv TOKEN",
                           "python -c 'import os; os.environ[\"TOKEN\"]'",
                           "[ -n \"$TOKEN\" ]",
                           "env | grep ^TOKEN=",
                           "unset TOKEN",
                           "eval \"echo \\$TOKEN\"",
                           "printf 'A\\nTOKEN\\n' | xargs printenv",
                           "$env:TOKEN",
                           "%TOKEN%",
                           "a=TOKEN; echo ${!a}",
                           "cat <<EOF\n$TOKEN\nEOF",
                           "cat <<EOF\n# $TOKEN\nEOF",
                           "echo 'a\n# $TOKEN\n'",
                           "echo \"a\n# $TOKEN\n\"",
                           "echo a \\\n# $TOKEN",
                           "echo hi # for $TOKEN",
                           "TOKEN",
                           "x=(\n  $TOKEN\n)"}) {
    BOOST_TEST(Uses(line), line);
  }
}

BOOST_AUTO_TEST_CASE(a_longer_name_is_another_name) {
  for (const char* line :
       {"$TOKEN_2", "$MY_TOKEN", "$TOKENS", "$token", "$TOKEN1", "$1TOKEN", ""}) {
    BOOST_TEST(!Uses(line), line);
  }
  BOOST_TEST(!Uses("$TOKEN_1x", "TOKEN_1"));
  BOOST_TEST(Uses("$TOKEN_1-x", "TOKEN_1"));
}

BOOST_AUTO_TEST_CASE(commands_are_found_by_name) {
  BOOST_TEST(Uses("/usr/bin/cosign sign", "cosign"));
  BOOST_TEST(Uses("./cosign-linux sign", "cosign"));
  BOOST_TEST(Uses("pip-audit -r x", "pip-audit"));
  BOOST_TEST(Uses("$(my.tool)", "my.tool"));
  BOOST_TEST(!Uses("pip audit", "pip-audit"));
  BOOST_TEST(!Uses("my.tools", "my.tool"));
}

BOOST_AUTO_TEST_CASE(a_line_that_is_surely_a_comment_names_nothing) {
  for (const char* text :
       {"# $TOKEN", "  \t# $TOKEN", "true\n# $TOKEN\ntrue", "echo 'a b' \"c\"\n# it's $TOKEN",
        "echo 'a\nb'\n# $TOKEN", "echo \"a\nb\"\n# $TOKEN", "cat <<EOF\na\nEOF\n# $TOKEN",
        "cat <<-'EOF'\na\n\tEOF\n# $TOKEN", "cat <<< word\n# $TOKEN", "echo \\' \\\"\n# $TOKEN",
        "echo \"$(date)\" \"${A}\" \"`id`\"\n# $TOKEN", "echo ${#A} $# ${A#b}\n# $TOKEN",
        "echo $'a b'\n# $TOKEN", "echo hi # there\n# $TOKEN", "echo a \\\n  b\n# $TOKEN"}) {
    BOOST_TEST(!Uses(text), text);
  }
}

// Each of these could be a comment for a reader that looks less closely.
BOOST_AUTO_TEST_CASE(where_it_is_not_sure_a_comment_counts) {
  for (const char* text :
       {"cat <<EOF\n# $TOKEN\nEOF", "cat <<EOF | x\nit's\n# $TOKEN\nEOF", "cat << A << B\n# $TOKEN",
        "cat << \"A B\"\n# $TOKEN", "cat <<EOF\n EOF\n# $TOKEN", "echo $((1<<2))\n# $TOKEN",
        "echo '\n# $TOKEN\n'", "echo hi # it's\necho \"don't\n# $TOKEN\"",
        "echo \"$(cat \"a b\")\"\n# $TOKEN", "echo \"$(echo it\\'s)\"\n# $TOKEN",
        "echo \"${A:-\"x\"}\"\n# $TOKEN", "echo ${A:-'x'}\n# $TOKEN",
        "echo \"`echo \"a\"`\"\n# $TOKEN", "echo $'it\\'s'\n# $TOKEN", "<#\ndon't\n#>\n# $TOKEN",
        "echo a`\"b\n# $TOKEN", "(true)#don't\necho \"a'\n# $TOKEN\"",
        "echo \"never closed\n# $TOKEN"}) {
    BOOST_TEST(Uses(text), text);
  }
}

BOOST_AUTO_TEST_CASE(the_echo_of_the_runner_names_nothing) {
  for (const std::string& text :
       {kEcho, "true\n" + kEcho + "\ntrue",
        std::string("echo \"\x1b[32;1m\\$ use \\$TOKEN\x1b[0;m\""),
        std::string("echo \"\x1b[32;1m`$ use `$TOKEN `\"x`\"\x1b[0;m\""),
        std::string("echo $'\\x1b[32;1m$ it\\'s $TOKEN # collapsed multi-line command\\x1b[0;m'"),
        "echo 'open\n" + kEcho}) {
    BOOST_TEST(!Uses(text), text);
  }
}

BOOST_AUTO_TEST_CASE(a_section_of_the_runner_names_nothing) {
  const std::string word = kEcho.substr(5);
  for (const std::string& text :
       {"printf '%b\\n' section_start:$(date +%s):section_script_step_1\r\x1b[0K" + word,
        "printf '%b\\n' section_start:$(awk 'BEGIN{srand(); print srand()}'):section_script_step_1"
        "[hide_duration=true,collapsed=true]\r\x1b[0K" +
            word,
        "printf '%b\\n' \x1b[0Ksection_start:$(date +%s):section_script_step_1\r\x1b[0K" + word,
        "echo -e \x1b[0Ksection_start:`date +%s`:section_script_step_1\r\x1b[0K" + word}) {
    BOOST_TEST(!Uses(text), text);
  }
}

BOOST_AUTO_TEST_CASE(what_only_resembles_an_echo_of_the_runner_counts) {
  for (const std::string& text :
       {kEcho + " x", " " + kEcho, kEcho + ";", std::string("echo $'use $TOKEN'"),
        std::string("echo $'\\x1b[32;1m$ x' $TOKEN '\\x1b[0;m'"),
        std::string("echo \"\x1b[32;1m\\$ use $TOKEN\x1b[0;m\""),
        std::string("echo \"\x1b[32;1m\\$ use `echo TOKEN`\x1b[0;m\""),
        std::string("echo \"\x1b[32;1m`$ use $TOKEN\x1b[0;m\""),
        std::string("echo \"\x1b[32;1m\\$ a\" $TOKEN \"\x1b[0;m\""),
        "printf '%b\\n' section_start:$(curl $TOKEN):section_x\r\x1b[0K" + kEcho.substr(5)}) {
    BOOST_TEST(Uses(text), text);
  }
}

// The forms in which jobs read a variable, in shells and in the languages that they call.
BOOST_AUTO_TEST_CASE(every_form_of_the_wild_is_a_use) {
  struct Form {
    const char* what;
    const char* text;
  };
  for (const Form& form : std::initializer_list<Form>{
           {"in quotes", "curl --header \"JOB-TOKEN: $TOKEN\" \"$CI_API_V4_URL/x\""},
           {"inside a URL", "git push https://gitlab-ci-token:${TOKEN}@gitlab.example.com/a.git"},
           {"default", "${TOKEN:-}"},
           {"must be set", "${TOKEN:?missing}"},
           {"alternative", "${TOKEN:+yes}"},
           {"length", "${#TOKEN}"},
           {"cut", "${TOKEN%%.*}"},
           {"replaced", "${TOKEN//a/b}"},
           {"indirect", "${!TOKEN}"},
           {"command substitution", "x=\"$(echo \"$TOKEN\" | base64)\""},
           {"backticks", "x=`echo $TOKEN`"},
           {"arithmetic", "$((TOKEN))"},
           {"test", "[[ -v TOKEN ]]"},
           {"export", "export TOKEN"},
           {"passed on", "docker run -e TOKEN image"},
           {"passed on as", "docker run --env A=$TOKEN image"},
           {"build secret", "docker build --secret id=t,env=TOKEN ."},
           {"password on stdin", "echo -n \"$TOKEN\" | docker login -u x --password-stdin"},
           {"sudo", "sudo --preserve-env=TOKEN,HOME make"},
           {"ssh", "ssh host TOKEN=\"$TOKEN\" ./run"},
           {"make", "make deploy TOKEN=$TOKEN"},
           {"envsubst", "envsubst '$TOKEN' < in > out"},
           {"printenv", "printenv TOKEN"},
           {"grep", "env | grep '^TOKEN='"},
           {"here-string", "cat <<<\"$TOKEN\""},
           {"indented here-document", "cat <<-EOF\n\t# $TOKEN\n\tEOF"},
           {"quoted here-document", "python3 - <<'EOF'\n# see os.environ['TOKEN']\nEOF"},
           {"single quotes over lines", "sh -c '\n# $TOKEN\n'"},
           {"continued line", "curl \\\n  # $TOKEN"},
           {"python", "python -c 'import os; print(os.environ[\"TOKEN\"])'"},
           {"python getenv", "python -c \"import os; os.getenv('TOKEN')\""},
           {"node", "node -e 'process.env.TOKEN'"},
           {"node by name", "node -e 'process.env[\"TOKEN\"]'"},
           {"ruby", "ruby -e 'ENV.fetch(\"TOKEN\")'"},
           {"perl", "perl -e 'print $ENV{TOKEN}'"},
           {"php", "php -r 'getenv(\"TOKEN\");'"},
           {"go template", "gomplate -i '{{ .Env.TOKEN }}'"},
           {"awk", "awk 'BEGIN { print ENVIRON[\"TOKEN\"] }'"},
           {"jq", "jq -n 'env.TOKEN'"},
           {"maven", "mvn -Dtoken='${env.TOKEN}' deploy"},
           {"yaml", "echo 'token: ${TOKEN}' > config.yml"},
           {"cmd", "cmd /c echo %TOKEN%"},
           {"cmd, delayed", "cmd /v /c echo !TOKEN!"},
           {"PowerShell", "pwsh -c '$env:TOKEN'"},
           {"PowerShell, braces", "pwsh -c '${env:TOKEN}'"},
           {"PowerShell, item", "pwsh -c 'Get-Item Env:TOKEN'"},
           {".NET", "pwsh -c '[Environment]::GetEnvironmentVariable(\"TOKEN\")'"},
           {"proc", "tr '\\0' '\\n' < /proc/self/environ | sed -n s/^TOKEN=//p"},
           {"behind a comment", "# the next line\ncurl $TOKEN"},
           {"before a comment", "curl $TOKEN # as bearer"},
           {"other line end", "curl $TOKEN\r"},
       }) {
    BOOST_TEST(Uses(form.text), form.what);
  }
}

BOOST_AUTO_TEST_CASE(power_shell_is_read_as_it_is_written) {
  const auto uses = [](const std::string& text) {
    return UsedWords(text, kWanted, Syntax::kPowerShell).contains("TOKEN");
  };
  const std::string prelude =
      "Try { Get-Content \"/b/env\" | ForEach { $k, $v = $_.split('='); Set-Content env:\\$k $v} } "
      "Catch {\n  echo \"\x1b[0;33mUnable to read env file: `\"/b/env`\"\x1b[0;m\"\n}\ncd \"/b\"\n"
      "if(!$?) { Exit &{if($LASTEXITCODE) {$LASTEXITCODE} else {1}} }\n\n";
  for (const char* text : {"$env:TOKEN", "${env:TOKEN}", "\"$env:TOKEN\"", "Get-Item Env:\\TOKEN",
                           "$x = @\"\n5\" disk\n# $TOKEN\n\"@", "$x = @'\n# $TOKEN\n'@",
                           "'a\n# $TOKEN\n'", "\"a`\"\n# $TOKEN\n\"", "a `\n# $TOKEN"}) {
    BOOST_TEST(uses(prelude + text), text);
  }
  for (const char* text :
       {"# $env:TOKEN", "  # don't use $env:TOKEN", "echo 'it''s'\n# $env:TOKEN",
        "echo \"say `\"hi`\"\"\n# $env:TOKEN", "echo \"\"\"\"\n# $env:TOKEN",
        "$x = @\"\n5\" disk\n\"@\n# $env:TOKEN", "echo C:\\\n# $env:TOKEN",
        "echo \"$(Get-Date) ${env:HOME}\"\n# $env:TOKEN", "if ($a) {\n# $env:TOKEN\n}"}) {
    BOOST_TEST(!uses(prelude + text), text);
  }
  // Where it is not sure, a comment counts.
  for (const char* text :
       {"<#\ndon't\n#>\n# $TOKEN", "echo \"$(echo \"a\")\"\n# $TOKEN",
        "echo \xE2\x80\x9C\n# $TOKEN", "echo --% \"\n# $TOKEN", "echo \"open\n# $TOKEN",
        "$x = @\"\na\n\"@ -f 'b'\n# $TOKEN", "echo hi # it's\n# $TOKEN"}) {
    BOOST_TEST(uses(prelude + text), text);
  }
}

BOOST_AUTO_TEST_CASE(only_wanted_words_come_back) {
  BOOST_TEST((UsedWords("use $TOKEN $TOKEN $OTHER cosign", kWanted) == Words{"TOKEN", "cosign"}));
  BOOST_TEST(UsedWords("use $TOKEN", {}).empty());
}

BOOST_AUTO_TEST_CASE(a_whole_word_has_no_word_characters_beside_it) {
  const auto is_whole = [](std::string_view before, std::string_view after) {
    constexpr std::string_view kWord = "NAME";
    const std::string text = std::string(before) + std::string(kWord) + std::string(after);
    return IsWholeWord(text, before.size(), before.size() + kWord.size());
  };
  for (const char* beside : {"", " ", "$", "{", "\"", "-", ".", "\0", "\xc3"}) {
    BOOST_TEST_CONTEXT(beside) {
      BOOST_TEST(is_whole(beside, ""));
      BOOST_TEST(is_whole("", beside));
    }
  }
  for (const char* beside : {"x", "X", "0", "9", "_"}) {
    BOOST_TEST_CONTEXT(beside) {
      BOOST_TEST(!is_whole(beside, ""));
      BOOST_TEST(!is_whole("", beside));
    }
  }
  BOOST_TEST(is_whole("\\n", ""));
  BOOST_TEST(!is_whole("\\nn", ""));
}

BOOST_AUTO_TEST_CASE(a_letter_of_another_alphabet_goes_on_a_command_and_ends_a_variable) {
  BOOST_TEST(!Uses("no cosign\xC4\x81tavas", "cosign"));
  BOOST_TEST(
      !Uses("\xC4\x81"
            "cosign",
            "cosign"));
  BOOST_TEST(!Uses("\xC4\x81pip-audit", "pip-audit"));
  BOOST_TEST(Uses("echo \"\xE2\x80\x9C$TOKEN\xE2\x80\x9D\""));
  BOOST_TEST(Uses("cosign \xC4\x81", "cosign"));
}

BOOST_AUTO_TEST_SUITE_END()
