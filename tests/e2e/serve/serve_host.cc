#include "tests/e2e/serve/serve_host.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/places.h"

namespace jobwarden::testing {
using namespace std::chrono_literals;

ServeHost::ServeHost(const std::string& serve, std::vector<std::string> words,
                     Environment environment, unsigned descriptors) {
  folder.Write("keys.json", signer.KeySetJson());
  Configure(serve);
  token = TokenText(job, job.Token("JOBWARDEN_ID_TOKEN"), signer);
  const bool own_place = words.empty();
  if (own_place) words = {"--listen", "127.0.0.1:0"};
  std::vector<std::string> command{Program("jobwarden"), "serve", "--config", config_path()};
  command.insert(command.end(), words.begin(), words.end());
  const std::string log_path = folder.Write("log", "");
  pid = fork();
  if (pid == 0) {
    const int log_fd = open(log_path.c_str(), O_WRONLY | O_APPEND);
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, 0);
    dup2(nothing, 1);
    dup2(log_fd, 2);
    const rlimit files{descriptors, descriptors};
    if (descriptors != 0) setrlimit(RLIMIT_NOFILE, &files);
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<std::string> texts;
    for (const auto& [name, value] : environment) texts.push_back(name + "=" + value);
    std::vector<char*> variables;
    for (auto& text : texts) variables.push_back(text.data());
    variables.push_back(nullptr);
    execve(arguments[0], arguments.data(), variables.data());
    _exit(127);
  }
  BOOST_REQUIRE(Logged("listening at "));
  const std::string text = log();
  const std::size_t at = text.find("127.0.0.1:");
  if (at != text.npos) {
    port = static_cast<std::uint16_t>(std::atoi(text.c_str() + at + std::strlen("127.0.0.1:")));
  }
}

ServeHost::~ServeHost() {
  if (pid > 0) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
}

void ServeHost::Configure(const std::string& serve) const {
  if (serve.starts_with("version")) {
    folder.Write("jobwarden.toml", serve);
    return;
  }
  folder.Write("jobwarden.toml",
               "version = 1\nstate_dir = \"" + (folder / "state") +
                   "\"\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\nurl = \"" +
                   job.server + "\"\naudience = \"" + kRunnerAudience +
                   "\"\nalgorithms = [\"EdDSA\"]\n[issuer.keys]\nfile = \"" +
                   (folder / "keys.json") +
                   "\"\n[[allow]]\nname = \"deploys\"\n"
                   "claims = { project_path = \"shop/**\", ref_protected = true }\n"
                   "[serve]\n" +
                   serve);
}

HttpReply ServeHost::Ask(const std::string& method, const std::string& target,
                         const std::string& body, const std::string& fields) const {
  RawClient client(port);
  client.Send(method + " " + target + " HTTP/1.1\r\nHost: x\r\n" + fields +
              "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
              body);
  return client.Read(method != "HEAD");
}

void ServeHost::Signal(int number) const {
  kill(pid, number);
}

int ServeHost::End() {
  kill(pid, SIGTERM);
  int status = 0;
  waitpid(std::exchange(pid, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool ServeHost::Logged(const std::string& text) const {
  for (int i = 0; i < 1000; ++i) {
    if (log().find(text) != std::string::npos) return true;
    std::this_thread::sleep_for(20ms);
  }
  BOOST_TEST_MESSAGE(log());
  return false;
}

long ServeHost::StatusLine(const std::string& name) const {
  const std::string text = Slurp("/proc/" + std::to_string(pid) + "/status");
  const std::size_t at = text.find("\n" + name + ":");
  return at == text.npos ? -1 : std::atol(text.c_str() + at + name.size() + 2);
}

// Only root may look at a process that hides.
std::size_t ServeHost::descriptors() const {
  std::error_code hidden;
  std::filesystem::directory_iterator at("/proc/" + std::to_string(pid) + "/fd", hidden);
  return hidden ? 0 : static_cast<std::size_t>(std::distance(begin(at), end(at)));
}

}  // namespace jobwarden::testing
