#include "verifier/service/serve_check.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/admission/record.h"
#include "verifier/base/text.h"
#include "verifier/http/listener.h"
#include "verifier/http/tls.h"
#include "verifier/os/clock.h"
#include "verifier/service/site.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;
// A certificate that is renewed in time has longer to go.
constexpr std::chrono::hours kSoon{7 * 24};

class ServeCheck {
 public:
  ServeCheck(const ServeSettings& serve, const SettingPlaces& places)
      : serve_(serve), places_(places) {}

  Findings Run() && {
    if (!serve_.tls_certificate.empty()) CheckTls();
    if (auto keys = ReadApiKeys(serve_.api_keys_file); !keys) Add(std::move(keys).findings());
    if (auto users = FindUsers(serve_.users); !users) Add(std::move(users).findings());
    CheckPlaces();
    return std::move(findings_);
  }

 private:
  // The messages begin with the setting that they are about.
  void Add(Findings findings) {
    for (Finding& finding : findings) {
      const std::string setting = finding.message.substr(0, finding.message.find_first_of(": "));
      finding.message = fmt::format("{}: {}", places_.Of(setting), finding.message);
      findings_.push_back(std::move(finding));
    }
  }
  void Add(std::string message, std::string hint, bool is_warning = false) {
    Add(Findings{{kCode, std::move(message), std::move(hint), {}, is_warning}});
  }

  void CheckTls() {
    const auto tls = MakeTlsServer(FilesOf(serve_));
    if (!tls) return Add(tls.findings());
    const auto end = CertificateEnd(*tls);
    const auto now = SystemNow();
    const std::string when =
        fmt::format("serve.tls_certificate: {} {} at {}", Quote(serve_.tls_certificate),
                    end <= now ? "ended" : "ends", TimeText(end));
    if (end <= now) {
      Add(when, "clients refuse it; put a new one there");
    } else if (end - now < kSoon) {
      Add(when, "see that it is renewed in time", true);
    }
  }

  void CheckPlaces() {
    bool is_unix = false;
    for (const std::string& text : serve_.listen) {
      const auto address = ParseListenAddress(text);
      if (!address) {
        Add(NotAnAddress(text));
        continue;
      }
      is_unix = is_unix || address->is_unix();
      if (!address->is_local() && serve_.tls_certificate.empty() && !serve_.insecure_listen) {
        Add(WithoutTls("serve.listen: " + text));
      }
    }
    if (!is_unix) return;
    const std::string mode = fmt::format("serve.socket_mode: {:04o}", serve_.socket_mode);
    if ((serve_.socket_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0) {
      Add(mode + ": nobody may connect", "who connects needs the right to write: \"0660\"");
    } else if ((serve_.socket_mode & S_IWOTH) != 0 && serve_.users.empty()) {
      Add(mode + ": every user of this machine may ask", "set \"0660\", or serve.users", true);
    }
  }

  const ServeSettings& serve_;
  const SettingPlaces& places_;
  Findings findings_;
};

}  // namespace

Findings CheckServe(const Config& config, const SettingPlaces& places) {
  return ServeCheck(config.serve, places).Run();
}

}  // namespace jobwarden
