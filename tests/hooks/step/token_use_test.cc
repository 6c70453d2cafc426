#include "hooks/step/token_use.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <filesystem>

#include "hooks/step/words.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
namespace fs = std::filesystem;

namespace jobwarden {

std::ostream& operator<<(std::ostream& out, TokenUse use) {
  constexpr const char* kNames[] = {"none", "named", "unknown"};
  return out << kNames[static_cast<int>(use)];
}

}  // namespace jobwarden

namespace {

const std::string kUses = "curl \"$ACTIONS_ID_TOKEN_REQUEST_URL\"\n";

// A checkout, and a step's script beside it, as the runner makes them.
struct Step {
  Step() {
    fs::create_directories(ws);
    fs::create_directories(temp);
  }
  void File(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(ws + "/" + path).parent_path());
    top.Write("ws/" + path, text);
  }
  TokenUse Run(const std::string& text) const { return Start("bash", {"-e", Script(text)}); }
  TokenUse Start(const std::string& program, const std::vector<std::string>& arguments) const {
    StepCall call;
    call.program = program;
    call.arguments.assign(arguments.begin(), arguments.end());
    call.folder = folder.empty() ? ws : folder;
    call.workspace = ws;
    call.action = action;
    call.temporary = temp;
    call.home = top.path();
    return FindTokenUse(call, BuiltInConsumers(), {}, limits);
  }
  std::string Script(const std::string& text) const { return top.Write("_temp/step.sh", text); }

  jobwarden::testing::TempFolder top;
  std::string ws = top / "ws";
  std::string temp = top / "_temp";
  std::string action;
  std::string folder;
  TokenUseLimits limits;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(token_use)

BOOST_AUTO_TEST_CASE(script_that_names_the_variables_uses_them) {
  const Step step;
  BOOST_TEST(step.Run(kUses) == TokenUse::kNamed);
  BOOST_TEST(step.Run("make\necho hi; env | grep ACTIONS_ID_TOKEN") == TokenUse::kNone);
  BOOST_TEST(step.Run("") == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(text_among_the_arguments_counts) {
  const Step step;
  BOOST_TEST(step.Start("bash", {"-c", kUses}) == TokenUse::kNamed);
  BOOST_TEST(step.Start("bash", {"-c", "echo hi"}) == TokenUse::kNone);
  BOOST_TEST(step.Start("sh", {"-euo", "pipefail", "-c", "cosign sign x"}) == TokenUse::kNamed);
  BOOST_TEST(step.Start("python", {"-m", "twine", "upload", "x"}) == TokenUse::kNamed);
  step.File("npm", "require('npm')");
  BOOST_TEST(step.Start("node", {step.ws + "/npm", "publish"}) == TokenUse::kNamed);
  BOOST_TEST(step.Start("node", {"-e", "1+1"}) == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(forms_in_which_the_runner_starts_shells_are_understood) {
  const Step step;
  const std::string plain = step.Script("echo hi");
  BOOST_TEST(step.Start("bash", {"--noprofile", "--norc", "-eo", "pipefail", plain}) ==
             TokenUse::kNone);
  BOOST_TEST(step.Start("pwsh", {"-command", ". '" + plain + "'"}) == TokenUse::kNone);
  const std::string uses = step.Script(kUses);
  BOOST_TEST(step.Start("bash", {"--noprofile", "--norc", "-eo", "pipefail", uses}) ==
             TokenUse::kNamed);
  BOOST_TEST(step.Start("pwsh", {"-command", ". '" + uses + "'"}) == TokenUse::kNamed);
}

BOOST_AUTO_TEST_CASE(file_that_the_script_names_counts) {
  const Step step;
  step.File("ci/deploy.sh", kUses);
  step.File("ci/build.sh", "echo building");
  for (const char* text :
       {"./ci/deploy.sh", "bash ci/deploy.sh prod", "$GITHUB_WORKSPACE/ci/deploy.sh",
        "cd ci && ./deploy.sh", "cd ci\nbash deploy.sh", "\"${GITHUB_WORKSPACE}/ci/deploy.sh\"",
        "(cd ./ci; . deploy.sh)"}) {
    BOOST_TEST(step.Run(text) == TokenUse::kNamed, text);
  }
  BOOST_TEST(step.Run(step.ws + "/ci/deploy.sh") == TokenUse::kNamed);
  for (const char* text : {"./ci/build.sh", "ls ci", "./deploy.sh", "ci/absent.sh"}) {
    BOOST_TEST(step.Run(text) == TokenUse::kNone, text);
  }
}

BOOST_AUTO_TEST_CASE(names_are_resolved_in_the_working_folder_and_the_workspace) {
  Step step;
  step.File("web/x.sh", "./y.sh");
  step.File("web/y.sh", kUses);
  step.folder = step.ws + "/web";
  BOOST_TEST(step.Run("./x.sh") == TokenUse::kNamed);
  BOOST_TEST(step.Run("web/x.sh") == TokenUse::kNamed);
  BOOST_TEST(step.Run("../web/x.sh") == TokenUse::kNamed);
}

BOOST_AUTO_TEST_CASE(files_are_followed_three_levels_deep) {
  const Step step;
  step.File("1.sh", "./2.sh");
  step.File("2.sh", "./3.sh");
  step.File("3.sh", "./4.sh");
  step.File("4.sh", kUses);
  BOOST_TEST(step.Run("./1.sh") == TokenUse::kNone);
  BOOST_TEST(step.Run("./2.sh") == TokenUse::kNamed);
}

BOOST_AUTO_TEST_CASE(files_that_name_one_another_come_to_an_end) {
  const Step step;
  step.File("a.sh", "./b.sh; ./a.sh");
  step.File("b.sh", "./a.sh");
  BOOST_TEST(step.Run("./a.sh") == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(makefile_counts_for_make_alone) {
  const Step step;
  step.File("Makefile", "release:\n\tcosign sign x\n");
  BOOST_TEST(step.Run("make test") == TokenUse::kNamed);
  BOOST_TEST(step.Run("echo makefile") == TokenUse::kNone);
  step.File("infra/justfile", "deploy:\n  ./up.py\n");
  step.File("infra/up.py", "import os; os.environ['ACTIONS_ID_TOKEN_REQUEST_URL']");
  BOOST_TEST(step.Run("cd infra && just deploy") == TokenUse::kNamed);
  BOOST_TEST(step.Run("just deploy") == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(build_files_count_for_their_tools) {
  const Step step;
  step.File("pom.xml", "<artifactId>sigstore-maven-plugin</artifactId>");
  BOOST_TEST(step.Run("mvn deploy") == TokenUse::kNamed);
  BOOST_TEST(step.Run("./mvnw deploy") == TokenUse::kNamed);
  BOOST_TEST(step.Run("make deploy") == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(package_scripts_count_by_name) {
  const Step step;
  step.File("package.json", R"({"scripts": {"test": "jest", "release": "node tools/up"}})");
  step.File("tools/up.js", "fetch(process.env.ACTIONS_ID_TOKEN_REQUEST_URL)");
  BOOST_TEST(step.Run("npm ci && npm test") == TokenUse::kNone);
  BOOST_TEST(step.Run("npm run release") == TokenUse::kNamed);
  BOOST_TEST(step.Run("yarn release") == TokenUse::kNamed);
  BOOST_TEST(step.Run("cat package.json") == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(modules_are_named_without_their_ending) {
  const Step step;
  step.File("deploy.py", "from lib.oidc import token\nimport sys");
  step.File("lib/oidc.py", "import os; os.environ['ACTIONS_ID_TOKEN_REQUEST_URL']");
  step.File("src/index.js", "const { token } = require('./token');");
  step.File("src/token.js", "core.getIDToken('a')");
  step.File("pkg/__main__.py", kUses);
  BOOST_TEST(step.Run("python3 deploy.py") == TokenUse::kNamed);
  BOOST_TEST(step.Run("node src/index.js") == TokenUse::kNamed);
  BOOST_TEST(step.Run("python -m pkg") == TokenUse::kNamed);
  BOOST_TEST(step.Start("python3", {"-m", "pkg"}) == TokenUse::kNamed);
  BOOST_TEST(step.Run("python -m lib.oidc") == TokenUse::kNamed);
  BOOST_TEST(step.Run("python -m lib.other") == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(files_of_a_composite_action_count) {
  Step step;
  const std::string script = step.top.Write("upload.sh", kUses);
  BOOST_TEST(step.Run("$GITHUB_ACTION_PATH/upload.sh") == TokenUse::kNone);
  step.action = step.top.path();
  BOOST_TEST(step.Run("$GITHUB_ACTION_PATH/upload.sh") == TokenUse::kNamed);
}

BOOST_AUTO_TEST_CASE(script_outside_counts_when_it_is_small_or_compiled) {
  const Step step;
  const std::string script = step.top.Write("tool.sh", kUses);
  BOOST_TEST(step.Run(script + " prod") == TokenUse::kNamed);
  BOOST_TEST(step.Run("~/tool.sh") == TokenUse::kNamed);
  step.top.Write("tool.sh",
                 "\x7f"
                 "ELF\1" +
                     kUses);
  BOOST_TEST(step.Run(script) == TokenUse::kNamed);
  step.top.Write("tool.sh", kUses + std::string(300'000, '\n'));
  BOOST_TEST(step.Run(script) == TokenUse::kNone);
  BOOST_TEST(step.Run("cat /proc/self/environ /dev/zero /sys/kernel") == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(compiled_program_of_the_workspace_is_searched) {
  const Step step;
  step.File("bin/tool", std::string("\x7f"
                                    "ELF\1\0x",
                                    7) +
                            "aACTIONS_ID_TOKEN_REQUEST_URLb");
  BOOST_TEST(step.Run("bin/tool") == TokenUse::kNamed);
  step.File("bin/tool", std::string("\x7f"
                                    "ELF\1\0 cosign sign",
                                    18));
  BOOST_TEST(step.Run("bin/tool") == TokenUse::kNone);
  step.File("data", std::string("\1\0\2", 3) + kUses);
  BOOST_TEST(step.Run("cp data x") == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_looked_at_is_unknown) {
  const Step step;
  BOOST_TEST(step.Start("bash", {}) == TokenUse::kUnknown);
  BOOST_TEST(step.Start("bash", {"-s", "argument"}) == TokenUse::kUnknown);
  BOOST_TEST(step.Start("bash", {"/dev/fd/63"}) == TokenUse::kUnknown);
  BOOST_TEST(step.Start("bash", {"-e", step.ws + "/absent.sh"}) == TokenUse::kUnknown);
  BOOST_TEST(step.Start("pwsh", {"-EncodedCommand", "AAAA"}) == TokenUse::kUnknown);
  BOOST_REQUIRE(mkfifo((step.ws + "/pipe").c_str(), 0600) == 0);
  BOOST_TEST(step.Start("bash", {step.ws + "/pipe"}) == TokenUse::kUnknown);
  BOOST_TEST(step.Run("cat pipe") == TokenUse::kNone);
  const std::string zip = step.top.Write("_temp/app", std::string("PK\3\4\0", 5));
  BOOST_TEST(step.Start("python", {zip}) == TokenUse::kUnknown);
}

BOOST_AUTO_TEST_CASE(pipe_that_is_named_is_not_even_opened) {
  // Who waits for a reader would be let go, and lose what it writes.
  Step step;
  const std::string pipe = step.ws + "/pipe";
  BOOST_REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const int opened = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  BOOST_REQUIRE(inotify_add_watch(opened, pipe.c_str(), IN_OPEN) >= 0);
  BOOST_TEST(step.Run("cat pipe") == TokenUse::kNone);
  BOOST_TEST(step.Start("bash", {pipe}) == TokenUse::kUnknown);
  char event[512];
  BOOST_TEST(read(opened, event, sizeof event) == -1);
  BOOST_TEST(errno == EAGAIN);
  close(opened);
}

BOOST_AUTO_TEST_CASE(over_a_limit_is_unknown) {
  Step step;
  std::string all;
  for (int i = 0; i < 10; ++i) {
    step.File(std::to_string(i) + ".sh", "echo " + std::to_string(i));
    all += "./" + std::to_string(i) + ".sh\n";
  }
  BOOST_TEST(step.Run(all) == TokenUse::kNone);
  step.limits.files = 10;  // the script is one too
  BOOST_TEST(step.Run(all) == TokenUse::kUnknown);
  step.limits.files = 11;
  BOOST_TEST(step.Run(all) == TokenUse::kNone);
  step.limits.bytes = 100;
  BOOST_TEST(step.Run(all) == TokenUse::kUnknown);
  step.limits = {};
  step.limits.lookups = 12;
  BOOST_TEST(step.Run(all) == TokenUse::kUnknown);
  step.limits = {};
  step.File("big.sh", std::string(9 << 20, '\n'));
  BOOST_TEST(step.Run("./big.sh") == TokenUse::kUnknown);
}

BOOST_AUTO_TEST_CASE(data_among_many_arguments_is_not_looked_at) {
  const Step step;
  std::vector<std::string> arguments = {"-c", "echo $#"};
  for (int i = 0; i < 10'000; ++i) arguments.push_back("argument-" + std::to_string(i));
  arguments.push_back("ACTIONS_ID_TOKEN_REQUEST_URL");
  BOOST_TEST(step.Start("bash", arguments) == TokenUse::kNone);
}

BOOST_AUTO_TEST_SUITE_END()
