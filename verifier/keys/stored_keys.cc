#include "verifier/keys/stored_keys.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::string_view kWhat = "key cache";
constexpr std::string_view kPinned = "pinned keys";
constexpr std::size_t kMaxStoredBytes = kMaxKeySetBytes + 16'384;

// A key set, and the same inside the object that is stored.
constexpr JsonLimits kKeySetLimits{.max_bytes = kMaxKeySetBytes};
constexpr JsonLimits kStoredLimits{.max_bytes = kMaxStoredBytes,
                                   .max_depth = kKeySetLimits.max_depth + 1,
                                   .max_values = kKeySetLimits.max_values + 16};

bool IsThere(const std::string& path) {
  struct stat st {};
  return lstat(path.c_str(), &st) == 0 || errno != ENOENT;
}

Result<KeySet> UsableKeys(std::string_view bytes, Code code, std::string_view what) {
  auto set = KeySet::Parse(bytes, code, what);
  if (!set || !set->kids().empty()) return set;
  std::string why = "it is empty";
  if (const auto& skipped = set->skipped(); !skipped.empty()) {
    why = fmt::format("of {}, the first is {}: {}", skipped.size(), Quote(skipped.front().kid),
                      skipped.front().reason);
  }
  return Finding{code, fmt::format("{}: no key in it can be used, {}", what, why)};
}

std::optional<sys_seconds> Time(const Value& stored, std::string_view name) {
  const Value* time = stored.Find(name);
  const auto unix_time = time == nullptr ? std::nullopt : time->AsInteger();
  // The year 9999: far from where adding a setting could overflow.
  if (!unix_time || *unix_time < 0 || *unix_time > 253'402'300'799) return std::nullopt;
  return sys_seconds(seconds(*unix_time));
}

// Removes the files that WriteFileAtomically wrote, and was killed before it could rename them.
void RemoveLeftovers(const std::string& path) {
  const std::filesystem::path file(path);
  const std::string start = file.filename().string() + ".";
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(file.parent_path(), ignored)) {
    if (entry.path().filename().string().starts_with(start)) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

}  // namespace

bool StoredKeys::FreshAt(sys_seconds now, const Issuer& issuer) const {
  return fetched_at <= now && now < std::min(fresh_until, fetched_at + issuer.keys.max_age);
}

sys_seconds StoredKeys::UsableUntil(const Issuer& issuer) const {
  return fetched_at + issuer.keys.max_age + issuer.keys.stale_for;
}

Result<StoredKeys> ParseKeys(std::string_view bytes, Code code, std::string_view what) {
  auto jwks = ParseJson(bytes, kKeySetLimits, code, what);
  if (!jwks) return std::move(jwks).findings();
  // The stored text is not the received one, but written again from the tree. Parse that text: a
  // set that is good when it is stored is then good when it is read.
  auto set = UsableKeys(WriteJson(*jwks), code, what);
  if (!set) return std::move(set).findings();
  return StoredKeys{"", {}, {}, "", *std::move(jwks), *std::move(set)};
}

std::string KeysPath(const std::string& state_dir, const Issuer& issuer, std::string_view ending) {
  return fmt::format("{}/keys/{}{}", state_dir, issuer.name, ending);
}

Result<StoredKeys> ReadStoredKeys(const std::string& state_dir, const Issuer& issuer,
                                  const std::vector<uid_t>& job_users) {
  constexpr Code kCode = Code::kKeyCacheIgnored;
  const std::string path = KeysPath(state_dir, issuer, ".json");
  auto fd = OpenFile(path, kCode, kWhat);
  if (!fd && !IsThere(path)) {
    fd.findings().front().code = Code::kKeysUnavailable;
    return std::move(fd).findings();
  }
  if (!fd) fd = OpenFile(path, kCode, kWhat);  // another process may just have written it
  if (!fd) return std::move(fd).findings();
  if (auto status = CheckWriters(*fd, path, job_users, kCode, kWhat); !status) {
    return std::move(status).findings();
  }
  const auto bytes = ReadAll(*fd, path, kMaxStoredBytes, kCode, kWhat);
  if (!bytes) return bytes.findings();
  return ParseStoredKeys(*bytes, issuer, fmt::format("{} {}", kWhat, Quote(path)));
}

Result<StoredKeys> ParseStoredKeys(std::string_view bytes, const Issuer& issuer,
                                   std::string_view what) {
  constexpr Code kCode = Code::kKeyCacheIgnored;
  const auto refuse = [&](std::string_view why) {
    return Finding{kCode, fmt::format("{}: {}", what, why)};
  };
  const auto stored = ParseJson(bytes, kStoredLimits, kCode, what);
  if (!stored) return stored.findings();
  const Object* object = stored->AsObject();
  const Value* format = stored->Find("format");
  const Value* jwks = stored->Find("keys");
  const auto fetched_at = Time(*stored, "fetched_at");
  const auto fresh_until = Time(*stored, "fresh_until");
  if (object == nullptr || format == nullptr || *format != Value(1) || jwks == nullptr ||
      !fetched_at || !fresh_until) {
    return refuse("not in the format 1");
  }
  const std::string* url = object->FindString("issuer");
  const std::string* source = object->FindString("source");
  const std::string* etag = object->FindString("etag");
  if (url == nullptr || *url != issuer.url) {
    return refuse(fmt::format("issuer: expected {}, got {}", Quote(issuer.url),
                              url == nullptr ? "nothing" : Quote(*url)));
  }
  if (source == nullptr || (!issuer.keys.url.empty() && *source != issuer.keys.url)) {
    return refuse("came from another URL than the configured one");
  }
  auto set = UsableKeys(WriteJson(*jwks), kCode, what);
  if (!set) return std::move(set).findings();
  return StoredKeys{*source, *fetched_at,    *fresh_until, etag == nullptr ? "" : *etag,
                    *jwks,   *std::move(set)};
}

Status WriteStoredKeys(const std::string& state_dir, const Issuer& issuer, const StoredKeys& keys) {
  const auto unix_time = [](sys_seconds time) { return Value(time.time_since_epoch().count()); };
  const Value stored = Object{{"format", 1},
                              {"issuer", issuer.url},
                              {"source", keys.source},
                              {"fetched_at", unix_time(keys.fetched_at)},
                              {"fresh_until", unix_time(keys.fresh_until)},
                              {"etag", keys.etag},
                              {"keys", keys.jwks}};
  const std::string path = KeysPath(state_dir, issuer, ".json");
  RemoveLeftovers(path);
  return WriteFileAtomically(path, WriteJson(stored) + "\n", 0644, Code::kStateUnwritable, kWhat);
}

Result<KeySet> ReadPinnedKeys(const Issuer& issuer, const std::vector<uid_t>& job_users) {
  constexpr Code kCode = Code::kKeysUnavailable;
  const std::string& path = issuer.keys.file;
  const auto fd = OpenFile(path, kCode, kPinned);
  if (!fd) return fd.findings();
  if (auto status = CheckWriters(*fd, path, job_users, kCode, kPinned); !status) {
    return std::move(status).findings();
  }
  const auto bytes = ReadAll(*fd, path, kMaxKeySetBytes, kCode, kPinned);
  if (!bytes) return bytes.findings();
  return UsableKeys(*bytes, kCode, fmt::format("{} {}", kPinned, Quote(path)));
}

Status WritePinnedKeys(const std::string& path, const StoredKeys& keys) {
  constexpr Code kCode = Code::kStateUnwritable;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (auto made = MakeFolders(folder, 0755, kCode, kPinned); !made) return made;
  return WriteFileAtomically(path, WriteJson(keys.jwks) + "\n", 0644, kCode, kPinned);
}

}  // namespace jobwarden
