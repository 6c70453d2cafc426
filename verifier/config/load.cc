#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/config/places.h"
#include "verifier/config/source.h"
#include "verifier/config/stored_policy.h"
#include "verifier/consumers/consumer_list.h"
#include "verifier/os/file.h"
#include "verifier/os/user.h"

namespace jobwarden {
namespace {

constexpr Code kCode = kConfigCode;
constexpr std::string_view kWhat = kConfigWhat;
constexpr std::string_view kListName = "consumers.txt";

// The list of consumers beside the configuration. No descriptor when it is absent.
Result<Source> OpenList(const std::string& path) {
  Source source{(std::filesystem::path(path).parent_path() / kListName).string(), Fd(), false};
  struct stat st {};
  if (lstat(source.path.c_str(), &st) != 0 && errno == ENOENT) return source;
  auto fd = OpenFile(source.path, kCode, kWhat);
  if (!fd) return std::move(fd).findings();
  source.fd = *std::move(fd);
  return source;
}

// The text of that list, empty if it is absent or older than the one that is compiled in.
Result<std::string> ReadList(const Source& source) {
  if (!source.path.ends_with(kListName)) return std::string();
  auto text = ReadAll(source.fd, source.path, kMaxConsumerListBytes, kCode, kWhat);
  if (!text) return text;
  const auto list = ParseConsumerList(*text);
  if (const auto* wrong = std::get_if<std::string>(&list)) {
    return Finding{kCode, fmt::format("{}: {}", source.path, *wrong),
                   "correct it, or remove it: then the list of this version of jobwarden counts"};
  }
  return std::get<ConsumerList>(list).date < BuiltInConsumers().date ? std::string() : text;
}

// `file` is the file of the `[executor]` table.
Result<std::vector<uid_t>> JobUsers(const ExecutorSettings& executor, JobsRun jobs_run,
                                    const ConfigFile& file) {
  std::vector<uid_t> users;
  if (jobs_run == JobsRun::kElsewhere) return users;
  if (jobs_run == JobsRun::kByExecutor && executor.driver == Driver::kWrap) return users;
  if (jobs_run != JobsRun::kByExecutor) {
    users.push_back(geteuid());
    return users;
  }
  if (executor.run_as.empty()) {
    if (executor.sandbox == Sandbox::kNone) users.push_back(geteuid());
    return users;
  }
  Findings findings;
  for (std::size_t i = 0; i < executor.run_as.size(); ++i) {
    auto user = FindUser(executor.run_as[i], kCode, "executor.run_as");
    if (user && user->uid != 0) {
      users.push_back(user->uid);
      continue;
    }
    Finding finding = user ? Finding{kCode, "executor.run_as: jobs cannot run as root",
                                     "name a user who owns nothing else on this machine"}
                           : std::move(user).findings().front();
    finding.message = fmt::format(
        "{}: {}", SettingPlaces(file).Of(fmt::format("executor.run_as.{}", i)), finding.message);
    findings.push_back(std::move(finding));
  }
  if (!findings.empty()) return findings;
  return users;
}

// The configuration file, then the folder of rules and its files.
Result<std::vector<Source>> OpenAll(const std::string& path) {
  auto fd = OpenFile(path, kCode, kWhat);
  if (!fd) {
    auto findings = std::move(fd).findings();
    if (findings.front().hint.empty()) {
      findings.front().hint = "write it, or name another with --config FILE";
    }
    return findings;
  }
  auto rules = OpenRules((std::filesystem::path(path).parent_path() / "rules.d").string());
  if (!rules) return std::move(rules).findings();

  auto list = OpenList(path);
  if (!list) return std::move(list).findings();

  std::vector<Source> sources;
  sources.push_back({path, std::move(*fd)});
  std::move(rules->begin(), rules->end(), std::back_inserter(sources));
  if (list->fd) sources.push_back(*std::move(list));
  return sources;
}

}  // namespace

Result<std::vector<ConfigFile>> ReadConfigFiles(const std::string& path, PulledRules pulled) {
  const auto sources = OpenAll(path);
  if (!sources) return sources.findings();
  auto files = ReadSources(*sources);
  if (!files || pulled == PulledRules::kLeaveOut) return files;
  const Config own = ReadConfig(*files).config;
  if (own.policy_settings.pull.keys.empty()) return files;
  if (auto policy = OpenStoredPolicy(own)) {
    std::move(policy->rules.begin(), policy->rules.end(), std::back_inserter(*files));
  }
  return files;
}

Result<Config> LoadConfig(const std::string& path, JobsRun jobs_run, PulledRules pulled) {
  auto opened = OpenAll(path);
  if (!opened) return std::move(opened).findings();
  std::vector<Source>& sources = *opened;
  if (auto findings = CheckSources(sources, {}); !findings.empty()) return findings;

  auto files = ReadSources(sources);
  if (!files) return std::move(files).findings();
  auto newer = ReadList(sources.back());
  if (!newer) return std::move(newer).findings();
  const auto parse = [&] {
    return newer->empty() ? ParseConfig(*files)
                          : ParseConfig(*files, std::get<ConsumerList>(ParseConsumerList(*newer)));
  };
  auto config = parse();
  if (!config) return config;
  if (!config->policy_settings.pull.keys.empty() && pulled == PulledRules::kRead) {
    if (auto policy = OpenStoredPolicy(*config); !policy) {
      config->pull_problems = std::move(policy).findings();
    } else {
      if (auto findings = CheckSources(policy->sources, {}); !findings.empty()) return findings;
      std::move(policy->rules.begin(), policy->rules.end(), std::back_inserter(*files));
      std::move(policy->sources.begin(), policy->sources.end(), std::back_inserter(sources));
      config = parse();
      if (!config) return config;
      config->pulled = std::move(policy->policy);
    }
  }
  config->consumer_list = *std::move(newer);
  auto job_users = JobUsers(config->executor, jobs_run, files->front());
  if (!job_users) return std::move(job_users).findings();
  const bool github = jobs_run == JobsRun::kByGitHubRunner;
  const bool shared = github ? config->github.shared_user : config->executor.shared_user;
  if (shared || job_users->empty()) return config;
  config->job_users = *std::move(job_users);
  if (auto findings = CheckSources(sources, config->job_users); !findings.empty()) return findings;
  // The user who appends to the audit file also runs the job's script, which could change the file.
  const auto& users = config->job_users;
  if (std::find(users.begin(), users.end(), geteuid()) != users.end() &&
      !config->audit.file.empty()) {
    return Finding{
        kCode,
        fmt::format("{} {}: audit.file {} cannot be protected from user {}, who runs the job's "
                    "script",
                    kWhat, Quote(path), Quote(config->audit.file), geteuid()),
        fmt::format(
            "set {}.shared_user = true where that is accepted, or leave audit.file out and set "
            "audit.syslog = true",
            github ? "github" : "executor")};
  }
  return config;
}

}  // namespace jobwarden
