#include "tests/e2e/serve/serve_host.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
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
namespace {

using namespace std::chrono_literals;

void SetPatience(int fd) {
  const timeval patience{30, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

}  // namespace

RawClient::RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SetPatience(fd_);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(std::exchange(fd_, -1));
  }
}

RawClient::RawClient(const std::string& path)
    : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  SetPatience(fd_);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(std::exchange(fd_, -1));
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

void RawClient::Send(const std::string& bytes) const {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t done = send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (done <= 0) return;
    sent += static_cast<std::size_t>(done);
  }
}

void RawClient::EndOutput() const {
  shutdown(fd_, SHUT_WR);
}

HttpReply RawClient::Read(bool has_body) {
  const auto more = [&] {
    char buffer[65'536];
    const ssize_t got = recv(fd_, buffer, sizeof(buffer), 0);
    if (got > 0) got_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  };
  HttpReply reply;
  std::size_t end = 0;
  while ((end = got_.find("\r\n\r\n")) == got_.npos) {
    if (!more()) return reply;
  }
  reply.head = got_.substr(0, end + 2);
  got_.erase(0, end + 4);
  reply.status = std::atoi(reply.head.c_str() + std::strlen("HTTP/1.1 "));
  const std::string field = "\r\nContent-Length: ";
  const std::size_t at = reply.head.find(field);
  const std::size_t length =
      at == reply.head.npos || !has_body ? 0 : std::stoul(reply.head.substr(at + field.size()));
  while (got_.size() < length) {
    if (!more()) return {};
  }
  reply.body = got_.substr(0, length);
  got_.erase(0, length);
  return reply;
}

std::string RawClient::ReadToEnd() {
  char buffer[65'536];
  ssize_t got = 0;
  while ((got = recv(fd_, buffer, sizeof(buffer), 0)) > 0) {
    got_.append(buffer, static_cast<std::size_t>(got));
  }
  return std::exchange(got_, "");
}

ServeHost::ServeHost(const std::string& serve, std::vector<std::string> words,
                     Environment environment) {
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
