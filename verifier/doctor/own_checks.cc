// Configuration, programs, keys and clock.

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <future>
#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/doctor/access.h"
#include "verifier/doctor/checks.h"
#include "verifier/doctor/config_check.h"
#include "verifier/fetch/http_get.h"
#include "verifier/fetch/refresh.h"
#include "verifier/fetch/url.h"
#include "verifier/keys/stored_keys.h"
#include "verifier/os/clock.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"

namespace jobwarden {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kPatience{5};
constexpr seconds kDay{86'400};

std::string Age(seconds age) {
  return age < seconds{120} ? fmt::format("{} s", age.count())
         : age < 2 * kDay   ? fmt::format("{} h", age.count() / 3600)
                            : fmt::format("{} days", age / kDay);
}

// The user as whom the hooks run, if this is root: what root may do says nothing of them.
const User* HooksUser(const Patient& patient) {
  const auto& user = patient.github_user;
  return geteuid() == 0 && user && user->uid != 0 ? &*user : nullptr;
}

// What `jobwarden WORDS… --json` says to another user.
Result<Value> AskAs(const User& user, const std::string& config, std::vector<std::string> words) {
  const auto program = SiblingProgram("jobwarden", Code::kDriverFailed);
  if (!program) return program.findings();
  const bool merged = access("/usr/sbin/runuser", X_OK) == 0;
  std::vector<std::string> arguments = {"-u", user.name, "--", *program, "--config", config};
  for (std::string& each : words) arguments.push_back(std::move(each));
  arguments.emplace_back("--json");
  // A job of this user that waits for the process could take it over, and would type into root's
  // terminal.
  auto end = RunProgram({.path = merged ? "/usr/sbin/runuser" : "/sbin/runuser",
                         .arguments = std::move(arguments),
                         .environment = {"PATH=/usr/local/bin:/usr/bin:/bin"},
                         .input = {},
                         .timeout = kPatience,
                         .own_session = true},
                        Code::kDriverFailed, "runuser");
  if (!end) return std::move(end).findings();
  auto json =
      ParseJson(end->output, {.max_bytes = kMaxProgramOutput}, Code::kDriverFailed, "answer");
  if (json) return json;
  return Finding{Code::kDriverFailed,
                 fmt::format("user {} cannot run {}: {}", user.name, Quote(*program),
                             LibraryWords(end->errors.substr(0, end->errors.find('\n')))),
                 "let each user read and start it"};
}

// The members of an answer's list that are objects.
std::vector<const Object*> ObjectsIn(const Value& answer, std::string_view name) {
  std::vector<const Object*> objects;
  const Value* list = answer.Find(name);
  if (list == nullptr || list->AsArray() == nullptr) return objects;
  for (const Value& each : *list->AsArray()) {
    if (each.AsObject() != nullptr) objects.push_back(each.AsObject());
  }
  return objects;
}

std::string TextIn(const Object& object, std::string_view name) {
  const std::string* found = object.FindString(name);
  return found == nullptr ? "" : *found;
}

Diagnosis Failed(const Findings& findings) {
  return {Health::kFailed, findings.front().message, findings.front().hint};
}

std::vector<Diagnosis> CheckConfigAs(const User& user, const std::string& path) {
  const auto answer = AskAs(user, path, {"config", "check"});
  if (!answer) return {Failed(answer.findings())};
  std::vector<Diagnosis> all;
  for (const Object* each : ObjectsIn(*answer, "findings")) {
    const bool forbids = TextIn(*each, "severity") == "error";
    all.push_back({forbids ? Health::kFailed : Health::kWarning, TextIn(*each, "message"),
                   TextIn(*each, "hint")});
  }
  return all;
}

// A cache that the runner's user keeps means nothing to root.
std::vector<Diagnosis> CheckKeysAs(const User& user, const std::string& path) {
  const auto answer = AskAs(user, path, {"keys", "show"});
  if (!answer) return {Failed(answer.findings())};
  std::vector<Diagnosis> all;
  for (const Object* each : ObjectsIn(*answer, "issuers")) {
    const std::string state = TextIn(*each, "state");
    const std::string name = TextIn(*each, "issuer");
    const bool good = state == "fresh" || state == "pinned";
    const std::string issuer = fmt::format("issuer {}: ", Quote(name));
    const std::string error = TextIn(*each, "error");
    std::string_view why = error;
    TakePrefix(why, issuer);
    all.push_back(
        {good               ? Health::kOk
         : state == "stale" ? Health::kWarning
                            : Health::kFailed,
         issuer + (why.empty() ? fmt::format("the keys of user {} are {}", user.name, state)
                               : fmt::format("for user {}: {}", user.name, why)),
         good ? ""
              : fmt::format("sudo -u {} jobwarden keys refresh --issuer {}", user.name, name)});
  }
  return all;
}

std::vector<Diagnosis> InParallel(const Config& config, Diagnosis (*look)(const Issuer&)) {
  std::vector<std::future<Diagnosis>> running;
  for (const Issuer& issuer : config.issuers) {
    running.push_back(std::async(std::launch::async, look, std::cref(issuer)));
  }
  std::vector<Diagnosis> all;
  for (auto& each : running) {
    if (Diagnosis found = each.get(); !found.seen.empty()) all.push_back(std::move(found));
  }
  return all;
}

// On GitLab a runner with pinned keys asks nobody.
bool IsAsked(const Issuer& issuer) {
  return issuer.keys.file.empty() || issuer.provider == Provider::kGitHub;
}

Diagnosis AskIssuer(const Issuer& issuer) {
  const std::string name = fmt::format("issuer {}", Quote(issuer.name));
  if (!IsAsked(issuer)) return {Health::kOk, name + ": keys are pinned, and nobody is asked"};
  Issuer hurried = issuer;
  hurried.keys.timeout = std::min(hurried.keys.timeout, kPatience);
  const auto keys = FetchKeySet(hurried, SystemNow(), nullptr);
  if (!keys) {
    const Finding& finding = keys.findings().front();
    return {Health::kFailed, fmt::format("{}: {}", name, finding.message),
            finding.hint.empty() ? "look at name server, proxy and firewall; ca_file and proxy of "
                                   "[issuer.keys] are for servers of your own"
                                 : finding.hint};
  }
  return {Health::kOk, fmt::format("{}: {} usable keys from {}", name, keys->set.kids().size(),
                                   Quote(keys->source))};
}

// The difference between the server's Date (RFC 9110 §5.6.7) and this clock.
std::optional<seconds> ClockAhead(const std::string& date) {
  std::tm parsed{};
  const char* end = strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parsed);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return SystemNow() - std::chrono::sys_seconds(seconds(timegm(&parsed)));
}

Diagnosis CompareClock(const Issuer& issuer) {
  if (!IsAsked(issuer)) return {};
  const std::string name = fmt::format("issuer {}", Quote(issuer.name));
  std::string root = issuer.url;
  if (root.ends_with('/')) root.pop_back();
  const auto url = ParseUrl(root + "/.well-known/openid-configuration");
  if (!url) return {};
  const HttpTry made = TryHttpGet({*url}, issuer.keys, steady_clock::now() + kPatience);
  if (made.end != HttpTry::End::kAnswered) return {};  // the check `issuer` says it
  const auto ahead = ClockAhead(made.answer.date);
  if (!ahead) return {Health::kWarning, name + ": its answer has no Date to compare with"};
  const seconds apart = std::chrono::abs(*ahead);
  const std::string seen = fmt::format("{}: this clock is {} s {}", name, apart.count(),
                                       ahead->count() < 0 ? "behind" : "ahead");
  // The header has whole seconds, and came over a network.
  if (apart <= seconds{2}) return {Health::kOk, seen};
  if (apart <= issuer.leeway) {
    return {Health::kWarning, seen, "keep time by NTP (systemd-timesyncd, chrony)"};
  }
  return {
      Health::kFailed,
      fmt::format("{}, and leeway is {} s: honest tokens are refused", seen, issuer.leeway.count()),
      "set the clock, and keep time by NTP (systemd-timesyncd, chrony)"};
}

Diagnosis AgeOfPinned(const Issuer& issuer, const std::string& name) {
  constexpr seconds kOld = 180 * kDay;
  const auto keys = ReadPinnedKeys(issuer, {});
  if (!keys) {
    return {Health::kFailed, fmt::format("{}: {}", name, keys.findings().front().message),
            keys.findings().front().hint};
  }
  struct stat st {};
  if (stat(issuer.keys.file.c_str(), &st) != 0) return {};
  const seconds age = SystemNow() - std::chrono::sys_seconds(seconds(st.st_mtime));
  const std::string seen =
      fmt::format("{}: {} pinned keys, written {} ago", name, keys->kids().size(), Age(age));
  if (age < kOld) return {Health::kOk, seen};
  return {
      Health::kWarning, seen,
      fmt::format("run `jobwarden keys pin --issuer {}`: issuers change their keys", issuer.name)};
}

}  // namespace

std::vector<Diagnosis> LookAtConfiguration(const Patient& patient) {
  const std::string& path = patient.machine.config_path;
  std::vector<Diagnosis> all;
  if (const User* user = HooksUser(patient)) {
    all = CheckConfigAs(*user, path);
  } else {
    for (const Finding& each : CheckConfig(path).findings) {
      all.push_back({Forbids(each) ? Health::kFailed : Health::kWarning, each.message, each.hint});
    }
  }
  if (all.empty()) all.push_back({Health::kOk, path + " is good"});
  return all;
}

std::vector<Diagnosis> LookAtMode(const Patient& patient) {
  if (!patient.config) return {};
  if (patient.config->mode == Mode::kReport) {
    return {{Health::kWarning, "mode = \"report\": no job is refused, no token is taken out",
             "set mode = \"enforce\" when log and audit file show no surprise any more"}};
  }
  std::vector<Diagnosis> all{{Health::kOk, "mode = \"enforce\""}};
  for (const auto* rules : {&patient.config->policy.allow, &patient.config->policy.deny}) {
    for (const Rule& rule : *rules) {
      if (!rule.report_only) continue;
      all.push_back({Health::kWarning,
                     fmt::format("rule {} decides nothing: mode = \"report\"", Quote(rule.name)),
                     "take its mode out when the trial is over"});
    }
  }
  return all;
}

std::vector<Diagnosis> LookAtPrograms(const Patient& patient) {
  std::vector<Diagnosis> all;
  std::string folder;
  for (const char* name :
       {"jobwarden", "jobwarden-executor", "jobwarden-hook", "jobwarden-guard"}) {
    const auto path = SiblingProgram(name, Code::kDriverFailed);
    if (!path || access(path->c_str(), F_OK) != 0) continue;
    folder = path->substr(0, path->rfind('/'));
    const Fd fd(open(path->c_str(), O_PATH | O_CLOEXEC));
    const auto checked = CheckWriters(fd, *path, std::nullopt, Code::kDriverFailed, "program");
    if (!checked) {
      all.push_back({Health::kFailed, checked.findings().front().message,
                     fmt::format("chown -R root {0}; chmod -R go-w {0}", folder)});
      continue;
    }
    for (const User& user : patient.job_users) {
      if (user.uid == 0 || !MayAccess(*path, user, Access::kWrite)) continue;
      all.push_back({Health::kFailed,
                     fmt::format("user {}, as whom jobs run, can change {}", user.name, *path),
                     fmt::format("chown -R root {0}; chmod -R go-w {0}", folder)});
    }
  }
  if (folder.empty()) {
    all.push_back({Health::kFailed, "none of jobwarden's programs is beside the one that asks",
                   "install them all, under their own names, in one folder"});
  }
  if (all.empty()) all.push_back({Health::kOk, "only root can change " + folder});
  return all;
}

std::vector<Diagnosis> LookAtIssuers(const Patient& patient) {
  return patient.config ? InParallel(*patient.config, AskIssuer) : std::vector<Diagnosis>();
}

std::vector<Diagnosis> LookAtClock(const Patient& patient) {
  return patient.config ? InParallel(*patient.config, CompareClock) : std::vector<Diagnosis>();
}

std::vector<Diagnosis> LookAtPolicy(const Patient& patient) {
  std::vector<Diagnosis> all;
  if (!patient.config) return all;
  for (const Finding& problem : patient.config->pull_problems) {
    all.push_back({Health::kFailed, problem.message, problem.hint});
  }
  const auto& pulled = patient.config->pulled;
  if (!pulled) return all;
  constexpr seconds kSoon = 3 * kDay;
  constexpr seconds kRarely = kDay;
  const auto now = SystemNow();
  const std::string seen =
      fmt::format("serial {}, in force until {}; the server was asked {} ago", pulled->serial,
                  TimeText(pulled->expires), Age(std::max(seconds{0}, now - pulled->checked_at)));
  if (now >= pulled->expires) {
    all.push_back({Health::kFailed, seen + ": all jobs are refused", "sign and publish a new one"});
  } else if (pulled->expires - now < kSoon) {
    all.push_back({Health::kWarning, seen + ": after that all jobs are refused",
                   "sign and publish a new one before"});
  } else if (now - pulled->checked_at > kRarely) {
    all.push_back({Health::kWarning, seen, "enable the timer jobwarden-policy"});
  } else {
    all.push_back({Health::kOk, seen});
  }
  return all;
}

std::vector<Diagnosis> LookAtKeys(const Patient& patient) {
  std::vector<Diagnosis> all;
  if (!patient.config) return all;
  if (const User* user = HooksUser(patient)) {
    return CheckKeysAs(*user, patient.machine.config_path);
  }
  for (const Issuer& issuer : patient.config->issuers) {
    const std::string name = fmt::format("issuer {}", Quote(issuer.name));
    const std::string refresh = fmt::format(
        "run `jobwarden keys refresh --issuer {}`, and let the timer "
        "jobwarden-keys do it from now on",
        issuer.name);
    if (!issuer.keys.file.empty()) {
      all.push_back(AgeOfPinned(issuer, name));
      continue;
    }
    const auto stored = ReadStoredKeys(patient.config->state_dir, issuer, {});
    if (!stored) {
      const Finding& finding = stored.findings().front();
      all.push_back({Health::kFailed, fmt::format("{}: {}", name, finding.message),
                     finding.hint.empty() ? refresh : finding.hint});
      continue;
    }
    const auto now = SystemNow();
    const std::string seen =
        fmt::format("{}: {} usable keys, fetched {} ago", name, stored->set.kids().size(),
                    Age(std::max(seconds{0}, now - stored->fetched_at)));
    if (now >= stored->UsableUntil(issuer)) {
      all.push_back({Health::kFailed, seen + ": too old to be used", refresh});
    } else if (!stored->FreshAt(now, issuer)) {
      all.push_back({Health::kWarning, seen + ": not fresh any more", refresh});
    } else {
      all.push_back({Health::kOk, seen});
    }
  }
  return all;
}

}  // namespace jobwarden
