#include "verifier/bundle/pull.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <string_view>
#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/bundle/bundle.h"
#include "verifier/bundle/minisign.h"
#include "verifier/bundle/policy_store.h"
#include "verifier/config/stored_policy.h"
#include "verifier/fetch/http_get.h"
#include "verifier/fetch/url.h"

namespace jobwarden {
namespace {

constexpr Code kUnavailable = Code::kPolicyUnavailable;
constexpr int kNotModified = 304;

// The signature lies beside the bundle. A query belongs to both.
Result<Url> SignatureUrl(const std::string& bundle) {
  const auto query = std::min(bundle.find('?'), bundle.size());
  const auto host = bundle.find("://");
  // Without a path `.minisig` would become the end of the host's name.
  if (host == bundle.npos || bundle.find('/', host + 3) >= query) {
    return Finding{kUnavailable, Quote(WithoutQuery(bundle)) + ": expected the URL of a file"};
  }
  return ParseUrl(bundle.substr(0, query) + ".minisig" + bundle.substr(query));
}

Result<HttpAnswer> Get(HttpRequest request, const PullSettings& settings, const std::string& etag,
                       Deadline deadline) {
  KeySettings how;
  how.ca_file = settings.ca_file;
  how.proxy = settings.proxy;
  how.timeout = settings.timeout;
  request.headers = {{"Accept", "*/*"}};
  return HttpGet(std::move(request), how, etag, deadline, kUnavailable);
}

// Says also that the server, or a proxy, may have packed the bundle.
Findings WithCoding(Findings findings, const std::string& coding) {
  if (!coding.empty()) {
    findings.front().message += fmt::format("; the answer is encoded as {}", Quote(coding));
    findings.front().hint = "let servers, proxies and caches hand the bundle on as it is";
  }
  return findings;
}

Finding Expired(std::int64_t serial, std::chrono::sys_seconds expires, Code code) {
  return {code, fmt::format("the policy with serial {} expired at {}", serial, TimeText(expires)),
          "sign a new policy with a later end and publish it; if there is one, see whether a cache "
          "on the way serves the old one, and this machine's clock"};
}

// Whether a bundle that is not the one in force may follow it.
Findings CheckOrder(const Manifest& manifest, const PolicyStore::Current& current,
                    std::chrono::sys_seconds now) {
  const auto refuse = [&](std::string why, std::string hint) {
    return Findings{{Code::kPolicyRefused, std::move(why), std::move(hint)}};
  };
  if (manifest.serial < current.serial) {
    return refuse(fmt::format("the policy is older than the one in force: expected a serial of {} "
                              "or more, got {}",
                              current.serial, manifest.serial),
                  "to go back to older rules, sign them again with a higher serial");
  }
  if (manifest.serial == current.serial && current.policy) {
    return refuse(
        fmt::format("another policy with the serial {} is in force already", manifest.serial),
        "sign each policy with a serial of its own");
  }
  if (manifest.expires <= now) {
    return {Expired(manifest.serial, manifest.expires, Code::kPolicyRefused)};
  }
  return {};
}

// The policy in force, as far as this configuration trusts it.
Result<PolicyStore::Current> TrustedCurrent(const PolicyStore& store, const Config& config) {
  auto current = store.Read();
  if (!current || !current->policy) return current;
  const auto& keys = config.policy_settings.pull.keys;
  if (std::none_of(keys.begin(), keys.end(),
                   [&](const SigningKey& each) { return each.text == current->policy->key; })) {
    return PolicyStore::Current{};
  }
  // A damaged policy is got again, also if the server has no other. No older one may take its
  // place.
  const auto stored = OpenStoredPolicy(config);
  if (!stored || !CheckSources(stored->sources, {}).empty()) current->policy.reset();
  return current;
}

Result<Pull> StaysInForce(PolicyStore& store, PulledPolicy policy, std::chrono::sys_seconds now) {
  if (policy.expires <= now) {
    return Expired(policy.serial, policy.expires, Code::kPolicyExpired);
  }
  policy.checked_at = now;
  if (auto noted = store.Note(policy); !noted) return noted.findings();
  return Pull{false, std::move(policy), {}};
}

}  // namespace

Result<Pull> PullPolicy(const Config& config, const std::vector<ConfigFile>& own,
                        const std::string& url, std::chrono::sys_seconds now) {
  // A server that goes away while we write must not end this program.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  const PullSettings& settings = config.policy_settings.pull;
  const auto bundle_url = ParseUrl(url);
  const auto signature_url = SignatureUrl(url);
  for (const auto* each : {&bundle_url, &signature_url}) {
    if (!*each) return Finding{Code::kConfigInvalid, each->findings().front().message};
  }
  auto store = PolicyStore::Open(config.state_dir, settings.timeout);
  if (!store) return std::move(store).findings();
  const auto trusted = TrustedCurrent(*store, config);
  if (!trusted) return trusted.findings();
  const PolicyStore::Current& current = *trusted;

  const Deadline deadline = std::chrono::steady_clock::now() + settings.timeout;
  const bool same_place = current.policy && current.policy->url == WithoutQuery(url);
  // Some servers take the gzip in which the bundle was signed for a coding of their own.
  const auto answer =
      Get({.url = *bundle_url, .max_answer_bytes = kMaxBundleBytes, .any_coding = true}, settings,
          same_place ? current.policy->etag : "", deadline);
  if (!answer) return answer.findings();
  if (answer->status == kNotModified) return StaysInForce(*store, *current.policy, now);
  const auto text =
      Get({.url = *signature_url, .max_answer_bytes = kMaxSignatureBytes}, settings, "", deadline);
  if (!text) return text.findings();

  const auto signature = ParseMinisign(text->body);
  if (!signature) return signature.findings();
  const auto key = VerifyMinisign(answer->body, *signature, settings.keys);
  if (!key) return WithCoding(key.findings(), answer->coding);

  const auto bundle = ReadBundle(answer->body);
  if (!bundle) return bundle.findings();
  const Manifest& manifest = bundle->manifest;
  const std::string sha256 = Sha256Hex(answer->body);
  PulledPolicy policy{"",
                      manifest.serial,
                      manifest.version,
                      manifest.expires,
                      key->text,
                      sha256,
                      WithoutQuery(url),
                      ReusableEtag(answer->etag),
                      now,
                      now};
  if (current.policy && current.policy->sha256 == sha256) {
    policy.folder = current.policy->folder;
    policy.pulled_at = current.policy->pulled_at;
    return StaysInForce(*store, std::move(policy), now);
  }
  if (auto findings = CheckOrder(manifest, current, now); !findings.empty()) {
    return findings;
  }
  auto trial = TryBundle(bundle->files, own);
  if (!trial) return std::move(trial).findings();
  if (auto installed = store->Install(bundle->files, policy); !installed) {
    return installed.findings();
  }
  return Pull{true, std::move(policy), *trial};
}

}  // namespace jobwarden
