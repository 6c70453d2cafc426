#include "verifier/config/pulled_policy.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "verifier/base/json.h"
#include "verifier/base/number.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kPolicyUnavailable;
constexpr std::int64_t kFormat = 1;
constexpr std::size_t kMembers = 10;

std::chrono::sys_seconds Time(std::int64_t seconds) {
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

}  // namespace

std::string PolicyFolder(const std::string& state_dir) {
  return state_dir + "/policy";
}

std::int64_t SerialOf(std::string_view folder) {
  const std::string_view name = folder.substr(folder.rfind('/') + 1);
  const auto dash = name.find('-');
  if (dash == name.npos) return 0;
  const auto serial = ParseNumber<std::int64_t>(name.substr(0, dash));
  return serial && *serial > 0 ? *serial : 0;
}

Result<std::string> CurrentVersion(const std::string& state_dir) {
  const std::string link = PolicyFolder(state_dir) + "/current";
  std::error_code error;
  const auto target = std::filesystem::read_symlink(link, error);
  if (error == std::errc::no_such_file_or_directory) return std::string();
  const std::string name = target.string();
  if (error || name.find('/') != name.npos || SerialOf(name) == 0) {
    return Finding{kCode,
                   fmt::format("{}: expected a link to the folder of a version, got {}",
                               Quote(link), error ? error.message() : Quote(name)),
                   "remove it, and run jobwarden policy pull"};
  }
  return PolicyFolder(state_dir) + "/" + name;
}

Result<PulledPolicy> ParsePulled(std::string_view text, const std::string& folder) {
  const std::string what = Quote(folder + "/pulled.json");
  const auto value = ParseJson(text, {.max_bytes = kMaxPulledBytes}, kCode, what);
  if (!value) return value.findings();
  bool good = value->AsObject() != nullptr && value->AsObject()->members().size() == kMembers;
  const auto number = [&](std::string_view name) -> std::int64_t {
    const Value* member = value->Find(name);
    const auto read = member == nullptr ? std::nullopt : member->AsInteger();
    good = good && read && *read >= 0;
    return read.value_or(0);
  };
  const auto string = [&](std::string_view name) -> std::string {
    const Value* member = value->Find(name);
    const std::string* read = member == nullptr ? nullptr : member->AsString();
    good = good && read != nullptr;
    return read == nullptr ? "" : *read;
  };
  good = good && number("format") == kFormat;
  PulledPolicy policy{folder,
                      number("serial"),
                      string("version"),
                      Time(number("expires_at")),
                      string("key"),
                      string("sha256"),
                      string("url"),
                      string("etag"),
                      Time(number("pulled_at")),
                      Time(number("checked_at"))};
  if (!good || policy.serial == 0) {
    return Finding{kCode, what + ": not what jobwarden policy pull writes",
                   "run jobwarden policy pull"};
  }
  return policy;
}

std::string WritePulled(const PulledPolicy& policy) {
  const auto seconds = [](std::chrono::sys_seconds time) {
    return Value(std::int64_t{time.time_since_epoch().count()});
  };
  return WriteJson(Object{{"format", kFormat},
                          {"serial", policy.serial},
                          {"version", policy.version},
                          {"expires_at", seconds(policy.expires)},
                          {"key", policy.key},
                          {"sha256", policy.sha256},
                          {"url", policy.url},
                          {"etag", policy.etag},
                          {"pulled_at", seconds(policy.pulled_at)},
                          {"checked_at", seconds(policy.checked_at)}}) +
         "\n";
}

}  // namespace jobwarden
