#include "verifier/bundle/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/bundle/gzip.h"
#include "verifier/config/config.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kPolicyRefused;
constexpr std::string_view kManifest = "manifest.json";
// No other document has this member: whatever else the key signs is not taken for a policy.
constexpr std::string_view kFormatName = "jobwarden_policy";
constexpr std::int64_t kFormat = 1;
constexpr std::size_t kMaxManifestBytes = 4096;

Finding Refuse(std::string message) {
  return {kCode, "the bundle " + std::move(message), "make it with jobwarden policy sign"};
}

std::string WriteManifest(const Manifest& manifest) {
  return WriteJson(Object{{kFormatName.data(), kFormat},
                          {"serial", manifest.serial},
                          {"expires", TimeText(manifest.expires)},
                          {"version", manifest.version}}) +
         "\n";
}

Result<Manifest> ReadManifest(std::string_view text) {
  const auto value =
      ParseJson(text, {.max_bytes = kMaxManifestBytes}, kCode, "the bundle's manifest.json");
  if (!value) return value.findings();
  const Object* object = value->AsObject();
  const Value* format = value->Find(kFormatName);
  if (object == nullptr || format == nullptr || format->AsInteger() != kFormat) {
    return Finding{kCode,
                   fmt::format("manifest.json: {}: expected {}, got {}", kFormatName, kFormat,
                               BriefJson(format)),
                   "is it a policy, and of this version of jobwarden?"};
  }
  const Value* serial = value->Find("serial");
  const std::string* expires = object->FindString("expires");
  const std::string* version = object->FindString("version");
  const auto time = expires == nullptr ? std::nullopt : TimeFromText(*expires);
  if (object->members().size() != 4 || serial == nullptr || serial->AsInteger().value_or(0) < 1 ||
      !time || version == nullptr || version->size() > kMaxVersionText) {
    return Refuse(fmt::format(
        "has a manifest that cannot be read: expected serial (1 or more), expires (a time in UTC) "
        "and version (up to {} bytes)",
        kMaxVersionText));
  }
  return Manifest{*serial->AsInteger(), *time, *version};
}

}  // namespace

bool IsRules(const BundleFile& file) {
  return file.path.starts_with("rules.d/") && file.path.ends_with(".toml");
}

bool IsTests(const BundleFile& file) {
  return file.path.starts_with("tests/") && file.path.ends_with(".test.toml");
}

Status CheckBundleFiles(const std::vector<BundleFile>& files) {
  std::size_t sum = 0;
  for (const BundleFile& file : files) {
    const bool in_rules = IsRules(file) && file.path.find('/') == file.path.rfind('/');
    if (!in_rules && !file.path.starts_with("tests/")) {
      return Refuse(fmt::format("holds {}: expected rules.d/NAME.toml, or a file below tests/",
                                Quote(file.path)));
    }
    if (file.bytes.size() > kMaxConfigBytes) {
      return Refuse(
          fmt::format("holds {} with more than {} bytes", Quote(file.path), kMaxConfigBytes));
    }
    sum += file.bytes.size();
  }
  if (std::none_of(files.begin(), files.end(), IsRules)) {
    return Refuse("holds no rules: expected rules.d/NAME.toml");
  }
  if (sum > kMaxUnpackedBytes / 2) {
    return Refuse(fmt::format("holds more than {} bytes", kMaxUnpackedBytes / 2));
  }
  return Ok();
}

std::string WriteBundle(const Bundle& bundle) {
  std::vector<BundleFile> files = bundle.files;
  std::sort(files.begin(), files.end(),
            [](const BundleFile& a, const BundleFile& b) { return a.path < b.path; });
  files.insert(files.begin(), {std::string(kManifest), WriteManifest(bundle.manifest)});
  return Gzip(WriteTar(files));
}

Result<Bundle> ReadBundle(std::string_view bytes) {
  if (bytes.size() > kMaxBundleBytes) {
    return Refuse(fmt::format("has more than {} bytes", kMaxBundleBytes));
  }
  const auto tar = Gunzip(bytes, kMaxUnpackedBytes);
  if (!tar) return tar.findings();
  auto files = ReadTar(*tar);
  if (!files) return std::move(files).findings();
  if (files->empty() || files->front().path != kManifest) {
    return Refuse(fmt::format("does not begin with {}", kManifest));
  }
  const auto manifest = ReadManifest(files->front().bytes);
  if (!manifest) return manifest.findings();
  files->erase(files->begin());
  if (auto checked = CheckBundleFiles(*files); !checked) return std::move(checked).findings();
  return Bundle{*manifest, *std::move(files)};
}

}  // namespace jobwarden
