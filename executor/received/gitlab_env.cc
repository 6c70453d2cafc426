#include "executor/received/gitlab_env.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "executor/received/shell_word.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

// A variable is named here when it makes a program run code that it was not written to run, or
// moves the server that a program talks to. Everything else stays, because jobs hand versions and
// paths on by this file. The list cannot be complete: each program has settings of its own.
// `*` at the end means each name that begins so, `*` at the beginning each name that ends so.
constexpr std::string_view kNames[] = {
    // the shell, the loader and the C library
    "PATH",
    "LD_*",
    "GLIBC_TUNABLES",
    "GCONV_PATH",
    "LOCPATH",
    "HOSTALIASES",
    "RES_OPTIONS",
    "ENV",
    "BASH_*",
    "BASHOPTS",
    "SHELLOPTS",
    "ZDOTDIR",
    "IFS",
    "PS4",
    "CDPATH",
    "PROMPT_COMMAND",
    // where programs find the settings of a user
    "HOME",
    "XDG_*",
    // git, GitLab Runner, and the servers that they talk to
    "GIT_*",
    "SSH_*",
    "GITLAB_*",
    "CI_*",
    "*_proxy",
    "*_PROXY",
    "SSL_CERT_*",
    "CURL_*",
    "WGETRC",
    "OPENSSL_*",
    // what languages run before a program, or beside it
    "PYTHON*",
    "NODE_*",
    "PERL*",
    "RUBY*",
    "JAVA_*",
    "_JAVA_*",
    "JDK_*",
    "MAVEN_*",
    "GRADLE_*",
    "DOTNET_*",
    "CLASSPATH",
    "PHPRC",
    "PHP_INI_SCAN_DIR",
    "LUA_*",
    "PSModulePath",
    "GOFLAGS",
    "RUSTC_*",
    "CARGO_*",
    "SBT_OPTS",
    "MAKEFLAGS",
    "TAR_OPTIONS",
    "npm_config_*",
    "NPM_CONFIG_*",
    "PIP_*",
    "GEM_*",
    "BUNDLE_*",
    "COMPOSER_*",
    // the programs that other programs start
    "DOCKER_*",
    "KUBECONFIG",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "GNUPGHOME",
    "HGRCPATH",
    "SVN_SSH",
    "RSYNC_RSH",
    "CVS_RSH",
    "SUDO_ASKPASS",
    "EDITOR",
    "VISUAL",
    "PAGER",
    "LESSOPEN",
    "LESSCLOSE",
};

bool Fits(std::string_view name, std::string_view pattern) {
  if (pattern.starts_with('*')) return name.ends_with(pattern.substr(1));
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return name == pattern;
}

// Returns the text in double quotes at the beginning, or nothing where it does not end on its line.
std::string_view TakeQuoted(std::string_view& text) {
  const std::size_t end = text.starts_with('"') ? text.find_first_of("\"\n", 1) : text.npos;
  if (end == text.npos || text[end] != '"') return {};
  const std::string_view quoted = text.substr(0, end + 1);
  text.remove_prefix(end + 1);
  return quoted;
}

// The patterns of a shell's `case` for the names.
std::string CasePatterns() {
  std::string patterns;
  for (const std::string_view name : kNames) {
    if (!patterns.empty()) patterns += '|';
    patterns += name;
  }
  return patterns;
}

// The branch of a shell's `case` that leaves a variable out, and says so.
std::string LeaveOut(std::string_view name) {
  return fmt::format(
      "echo \"jobwarden: {} of GITLAB_ENV is left out here, because an earlier stage ran without a "
      "token that this stage has\" >&2",
      name);
}

// The runner's loop: each line is a variable, whatever its value holds.
std::string Loop(std::string_view file) {
  return fmt::format(
      "while read -r line; do case \"${{line%%[+=]*}}\" in {}) {};; *) export \"$line\";; esac; "
      "done < {}\n",
      CasePatterns(), LeaveOut("${line%%[+=]*}"), file);
}

// The lines of the file that `source` would take for one assignment of a text. What `source` would
// run, and a value of several lines, are passed over.
std::string LoopForSource(std::string_view file) {
  return fmt::format(
      "while read -r line || test -n \"$line\"; do\n"
      "line=\"${{line#export }}\"\n"
      "case \"$line\" in *[\\`\\$\\\\\\;\\&\\|\\<\\>\\(\\)]*) continue;; *=*) ;; *) continue;; "
      "esac\n"
      "case \"${{line%%=*}}\" in\n"
      "''|[0-9]*|*[!A-Za-z0-9_]*) continue;;\n"
      "{}) {}; continue;;\n"
      "esac\n"
      "case \"${{line#*=}}\" in\n"
      "\\\"*\\\") line=\"${{line%\\\"}}\"; line=\"${{line%%=*}}=${{line#*=\\\"}}\";;\n"
      "\\'*\\') line=\"${{line%\\'}}\"; line=\"${{line%%=*}}=${{line#*=\\'}}\";;\n"
      "*[[:space:]\\\"\\']*) continue;;\n"
      "esac\n"
      "export \"$line\"\n"
      "done < {}\n",
      CasePatterns(), LeaveOut("${line%%=*}"), file);
}

std::string Pattern(std::string_view name) {
  if (name.starts_with('*')) return ".*" + std::string(name.substr(1));
  if (name.ends_with('*')) return std::string(name.substr(0, name.size() - 1)) + ".*";
  return std::string(name);
}

// A filter of PowerShell's pipeline. The name must be a plain one, because `Set-Content` takes it
// for a path with wildcards: `env:\PAT?` is PATH too.
std::string PowerShellFilter() {
  std::string names;
  for (const std::string_view name : kNames) {
    if (!names.empty()) names += '|';
    names += Pattern(name);
  }
  return fmt::format(
      " | Where-Object {{ $_ -match '^[A-Za-z_][A-Za-z0-9_]*=' -and $_ -notmatch '^({})=' }}",
      names);
}

// The path of the file as PowerShell gets it, perhaps inside a call that resolves it
// (FF_USE_POWERSHELL_PATH_RESOLVER).
bool TakePowerShellPath(std::string_view& text) {
  const bool call = TakePrefix(text, kPowerShellPathResolver);
  return !TakeQuoted(text).empty() && (!call || TakePrefix(text, ")"));
}

}  // namespace

bool RedirectsPrograms(std::string_view name) {
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view pattern) { return Fits(name, pattern); });
}

std::optional<std::string> WithGuardedGitLabEnv(std::string_view commands) {
  std::string_view rest = commands;
  // `instead` replaces what is between `from` and `rest`.
  const auto guarded = [&](std::string_view from, const std::string& instead) {
    const auto before = static_cast<std::size_t>(from.data() - commands.data());
    return std::string(commands.substr(0, before)) + instead + std::string(rest);
  };
  if (rest.starts_with("export GITLAB_ENV=")) {
    rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size()));
    if (!TakePrefix(rest, "mkdir -p ") || TakeQuoted(rest).empty() ||
        !TakePrefix(rest, "\ntouch ")) {
      return std::nullopt;
    }
    const std::string_view file = TakeQuoted(rest);
    if (file.empty() || !TakePrefix(rest, "\n")) return std::nullopt;
    const std::string_view from = rest;
    if (TakePrefix(rest,
                   fmt::format("while read -r line; do export \"$line\"; done < {}\n", file))) {
      return guarded(from, Loop(file));
    }
    if (TakePrefix(rest,
                   fmt::format("set -o allexport\nsource {} set\nset +o allexport\n", file))) {
      return guarded(from, LoopForSource(file));
    }
    return std::nullopt;
  }
  if (rest.starts_with("${GITLAB_ENV}=") || rest.starts_with("$GITLAB_ENV=")) {
    constexpr std::string_view kRead = "Try { Get-Content ";
    const std::size_t at = rest.find(kRead);
    if (at == rest.npos) return std::nullopt;
    rest.remove_prefix(at + kRead.size());
    if (!TakePowerShellPath(rest)) return std::nullopt;
    const std::string_view from = rest;
    if (!rest.starts_with(" | ForEach { $k, $v = $_.split('='); Set-Content env:\\$k $v}")) {
      return std::nullopt;
    }
    return guarded(from, PowerShellFilter());
  }
  return std::string(commands);
}

}  // namespace jobwarden
