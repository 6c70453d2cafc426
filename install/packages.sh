# Sourced by the scripts that build or test: which Debian packages are needed, and how they are had.

build_packages=(
  ca-certificates ccache cmake g++ libcli11-dev libfmt-dev libpoco-dev libre2-dev libssl-dev
  libtomlplusplus-dev ninja-build nlohmann-json3-dev pkg-config zlib1g-dev
)
test_packages=(
  bubblewrap curl git jq libboost-test-dev libbenchmark-dev make minisign nodejs openssl procps
  python3 python3-yaml systemd util-linux
)
shell_packages=(
  fish zsh
)
static_packages=(
  libzstd-dev # the libcrypto.a of Debian trixie asks for it
)
package_packages=(
  binutils dpkg-dev lintian patchelf rpm xz-utils
)
lint_packages=(
  clang-format clang-tidy
)
fuzz_packages=(
  clang libclang-rt-14-dev
)

# install_missing PACKAGE...: installs those that are not there; needs root or sudo only then.
install_missing() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "these packages are missing, and there is no sudo to install them: ${missing[*]}" >&2
      return 1
    }
    as_root=(sudo)
  fi
  echo "==> installing ${#missing[@]} Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
