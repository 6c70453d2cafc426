// What a job prints of its tokens, and what its log shows of that.

#include <csignal>

#include "tests/e2e/harness.h"
#include "tests/support/base64url.h"
#include "tests/verifier/unsigned_jwt.h"
#include "verifier/base/encoding.h"

using namespace jobwarden::testing;

namespace {

// How many pieces of `text`, each of so many characters, stand in the log.
std::size_t PiecesOf(const std::string& text, const std::string& log, std::size_t size = 16) {
  std::size_t count = 0;
  for (std::size_t at = 0; at + size <= text.size(); ++at) {
    if (log.find(text.substr(at, size)) != log.npos) ++count;
  }
  return count;
}

// Plays a job with these lines, in which $T is a token that it keeps.
struct Played {
  std::string token;
  std::string out;
  std::string err;
};

Played Play(RunnerHost& host, std::vector<std::string> lines) {
  lines.insert(lines.begin(), "T=$VAULT_ID_TOKEN");
  const Job job = JobThat(lines);
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  return {host.TokenOf(job, "VAULT_ID_TOKEN"), Out(run), run.Find("build_script")->result.err};
}

Played Play(std::vector<std::string> lines) {
  RunnerHost host;
  return Play(host, std::move(lines));
}

// A job that prints what lies in a file: the token in some form.
std::string Print(const Job& job, const std::string& text) {
  RunnerHost host;
  host.folder.Write("printed", text);
  Job printing = job;
  printing.script = {"cat '" + host.Path("printed") + "'; echo .end"};
  const JobRun run = host.Play(printing);
  BOOST_TEST(run.outcome == Outcome::kSucceeded, run.log());
  return Out(run);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(masking)

BOOST_AUTO_TEST_CASE(a_kept_token_is_masked) {
  const Played played = Play({"echo \"raw=$T;\"", "env"});
  BOOST_TEST(Has(played.out, "\nraw=[MASKED];\n"));
  BOOST_TEST(Has(played.out, "\nVAULT_ID_TOKEN=[MASKED]\n"));
  BOOST_TEST(PiecesOf(played.token, played.out) == 0U);
}

BOOST_AUTO_TEST_CASE(password_of_a_proxy_is_masked) {
  RunnerHost host;
  host.options.environment["https_proxy"] = "http://ci:pass%40word-of-the-proxy@localhost:3128";
  const JobRun run = host.Play(
      JobThat({"echo $https_proxy", "printf '%b\n' 'pass@word-of-the-proxy'", "echo end"}));
  BOOST_TEST(Has(Out(run), "\nhttp://ci:[MASKED]@localhost:3128\n"));
  BOOST_TEST(Lacks(Out(run), "word-of-the-proxy"));
  BOOST_TEST(Has(Out(run), "\nend\n"));
}

// config.toml's `environment` brings settings to jobs that way.
BOOST_AUTO_TEST_CASE(password_of_a_proxy_in_a_variable_of_the_job_is_masked) {
  RunnerHost host;
  Job job = JobThat({"echo \"got $HTTPS_PROXY\"", "echo \"got $http_proxy\""});
  job.variables.push_back({"HTTPS_PROXY", "http://ci:word-of-the-proxy@localhost:3128"});
  job.variables.push_back({"http_proxy", "http://ci:short@localhost:3128"});
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\ngot http://ci:[MASKED]@localhost:3128\n"));
  BOOST_TEST(Has(Out(run), "\ngot http:[MASKED]localhost:3128\n"));
  BOOST_TEST(Lacks(run.log(), "word-of-the-proxy"));
}

BOOST_AUTO_TEST_CASE(the_job_itself_has_the_token_as_it_is) {
  RunnerHost host;
  const Played played = Play(host, {"printf %s \"$T\" >'" + host.Path("copy") + "'"});
  BOOST_TEST(Slurp(host.Path("copy")) == played.token);
}

BOOST_AUTO_TEST_CASE(a_token_in_base64_is_masked_at_each_alignment) {
  for (const std::string before : {"", "a", "ab"}) {
    const Played played = Play({"printf '" + before + "%s' \"$T\" | base64 -w0; echo",
                                "printf '" + before + "%s' \"$T\" | base64 -w0 | tr +/ -_; echo"});
    BOOST_TEST(Has(played.out, "[MASKED]"));
    const std::string encoded = Base64Url(before + played.token);
    BOOST_TEST(PiecesOf(encoded, played.out, 8) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_token_in_wrapped_base64_is_masked) {
  for (const std::string tool : {"base64", "base64 -w64", "base64 | sed 's/$/\\r/'"}) {
    for (const std::string before : {"", "token is: "}) {
      const Played played =
          Play({"printf '" + before + "%s\\n' \"$T\" | " + tool + "; echo 'the end'"});
      BOOST_TEST(Has(played.out, "[MASKED]"));
      BOOST_TEST(Has(played.out, "\nthe end\n"));
      const std::string encoded = Base64Url(before + played.token);
      BOOST_TEST(PiecesOf(encoded.substr(before.size() * 4 / 3), played.out, 8) == 0U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_token_in_hexadecimal_is_masked) {
  const std::string hex = "printf %s \"$T\" | od -An -vtx1 | tr -d ' \\n'";
  const Played played = Play({hex + "; echo", hex + " | tr a-f A-F; echo", hex + " | fold -w60"});
  BOOST_TEST(Has(played.out, "\n[MASKED]\n"));
  BOOST_TEST(PiecesOf(jobwarden::EncodeHex(played.token), played.out, 12) == 0U);
}

BOOST_AUTO_TEST_CASE(a_token_with_odd_characters_is_masked_as_tools_write_it) {
  Job job = ProtectedDeploy();
  job.job_token = "glcbt-61_a/b+c=\xc3\xa9~";
  for (const std::string text :
       {"glcbt-61_a/b+c=é~", "glcbt-61_a%2Fb%2Bc%3D%C3%A9~", "glcbt-61_a%2fb%2bc%3d%c3%a9~",
        "glcbt-61_a/b%2Bc%3D%C3%A9~", "glcbt-61_a\\/b+c=\\u00e9~", "glcbt-61_a/b+c=\\u00e9~"}) {
    BOOST_TEST(Has(Print(job, "<" + text + ">"), "<[MASKED]>.end"), text);
  }
}

BOOST_AUTO_TEST_CASE(a_stripped_token_is_masked_too) {
  RunnerHost host;
  const Job job = ProtectedDeploy();
  const std::string token = host.TokenOf(job, "PYPI_STAGING_ID_TOKEN");
  const std::string printed = Print(job, token + " " + jobwarden::EncodeHex(token));
  BOOST_TEST(Has(printed, "[MASKED]"));
  BOOST_TEST(PiecesOf(token, printed) == 0U);
}

BOOST_AUTO_TEST_CASE(a_token_that_is_written_in_two_pieces_is_masked) {
  const Played played =
      Play({"printf %s \"<${T:0:300}\"; sleep 0.3; printf '%s>\\n' \"${T:300}\""});
  BOOST_TEST(Has(played.out, "\n<[MASKED]>\n"));
}

BOOST_AUTO_TEST_CASE(each_output_is_masked_as_a_stream_of_its_own) {
  const Played played =
      Play({"printf %s \"<${T:0:300}\"; printf %s \"<${T:0:200}\" >&2; "
            "printf '%s>\\n' \"${T:300}\"; printf '%s>\\n' \"${T:200}\" >&2"});
  BOOST_TEST(Has(played.out, "\n<[MASKED]>\n"));
  BOOST_TEST(Has(played.err, "<[MASKED]>\n"));
}

BOOST_AUTO_TEST_CASE(a_jwt_of_our_issuer_is_masked_whoever_minted_it) {
  const std::string ours = Jwt(R"({"iss":"https://gitlab.example.com","aud":"x"})");
  const std::string foreign = Jwt(R"({"iss":"https://gitlab.example.org","aud":"x"})");
  const std::string printed =
      Print(ProtectedDeploy(), "{\"a\":\"" + ours + "\",\"b\":\"" + foreign + "\"}");
  BOOST_TEST(Has(printed, "{\"a\":\"[MASKED]\",\"b\":\"" + foreign + "\"}.end"));
}

// The job waits for what it has printed to be seen.
BOOST_AUTO_TEST_CASE(progress_is_seen_at_once) {
  RunnerHost host;
  const std::string go = host.Path("go");
  host.options.on_output = [&](const std::string& call, pid_t, const std::string& log) {
    if (call == "build_script" && log.find("\r 50%") != log.npos) host.folder.Write("go", "");
  };
  const Played played = Play(host, {"printf '\\r 10%%'; printf '\\r 50%%'",
                                    "while [ ! -e '" + go + "' ]; do sleep 0.01; done", "echo"});
  BOOST_TEST(Has(played.out, "\r 10%\r 50%"));
}

BOOST_AUTO_TEST_CASE(what_is_held_back_at_the_end_comes_out) {
  RunnerHost host;
  const JobRun run = host.Play(JobThat({"printf %s \"${VAULT_ID_TOKEN:0:20}\"; exit 42"}));
  BOOST_TEST(run.outcome == Outcome::kJobFailed);
  BOOST_TEST(run.exit_code == 42);
  BOOST_TEST(Out(run).ends_with("eyJhbGciOiJSUzI1NiIs"));
}

// One command, because the runner prints each command of a script before it runs it.
BOOST_AUTO_TEST_CASE(what_is_held_back_comes_out_where_a_process_holds_the_output) {
  RunnerHost host;
  const std::string go = host.Path("go");
  const JobRun run =
      host.Play(JobThat({"setsid sh -c 'printf %s \"${VAULT_ID_TOKEN%%h*}\"; : >\"" + go +
                         "\"; sleep 2' & while [ ! -e '" + go + "' ]; do sleep 0.01; done"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Out(run).ends_with("eyJ"));
}

// A job that is ended while it prints a token has printed most of it.
BOOST_AUTO_TEST_CASE(most_of_a_token_at_the_end_is_masked) {
  RunnerHost host;
  const Job job =
      JobThat({"printf '<%s' \"$VAULT_ID_TOKEN\" | base64 | head -c 1900 >&2; "
               "printf '<%s' \"$CI_JOB_TOKEN\" | head -c -1; exit 42"});
  const JobRun run = host.Play(job);
  BOOST_TEST(run.exit_code == 42);
  BOOST_TEST(Out(run).ends_with("<[MASKED]"));
  BOOST_TEST(Has(run.Find("build_script")->result.err, "[MASKED]"));
  const std::string token = host.TokenOf(job, "VAULT_ID_TOKEN");
  BOOST_TEST(PiecesOf(Base64Url("<" + token).substr(2), run.log(), 8) == 0U);
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_to_be_kept_is_shown) {
  for (const std::string setting : {"mask", "keep"}) {
    RunnerHost host;
    host.config += "[exposure]\nsecrets = \"" + setting + "\"\n";
    RunnerJob sent = host.Sent(JobThat({"echo \"at $REGION;\""}));
    sent.response["secrets"] = {{"REGION", {{"vault", nullptr}, {"file", false}}}};
    sent.secrets = {{"REGION", "europe-west", false, true}};
    const std::string shown = setting == "keep" ? "europe-west" : "[MASKED]";
    BOOST_TEST(Has(Out(host.Play(sent)), "\nat " + shown + ";\n"), setting);
  }
}

BOOST_AUTO_TEST_CASE(masking_can_be_turned_off) {
  RunnerHost host;
  host.config += "[exposure]\nmask_output = false\n";
  const Played played = Play(host, {"echo \"raw=$T\""});
  BOOST_TEST(Has(played.out, "\nraw=" + played.token + "\n"));
}

BOOST_AUTO_TEST_CASE(a_runner_that_only_reports_masks) {
  RunnerHost host;
  Change(host.config, "mode = \"enforce\"", "mode = \"report\"");
  const Played played = Play(host, {"echo \"raw=$T\""});
  BOOST_TEST(Has(played.out, "\nraw=[MASKED]\n"));
}

BOOST_AUTO_TEST_SUITE_END()
