# Sourced by the scripts that install packages into a bare Debian of this machine's release, which is
# in a folder. They need root, debootstrap and util-linux, and run in the checkout.

release=$(source /etc/os-release && echo "$VERSION_CODENAME")

# bare_root FOLDER: makes the root, if it is not there.
bare_root() {
  [ -e "$1/checkout" ] || {
    rm -rf "$1"
    mkdir -p build
    debootstrap --variant=minbase "$release" "$1" >build/debootstrap.log
    mkdir "$1"/{old,checkout,packages}
  }
  cp /etc/resolv.conf "$1/etc"
  [ -z "$(ls /etc/apt/apt.conf.d/*proxy* 2>/dev/null)" ] ||
    cp /etc/apt/apt.conf.d/*proxy* "$1/etc/apt/apt.conf.d"
}

# in_root FOLDER PACKAGES COMMAND: runs the command there as root, with mounts of its own: the
# checkout at /checkout, the folder of packages at /packages. A command that fails ends it.
in_root() {
  unshare --mount --propagation private bash -euc '
    mount --bind "$1" "$1"
    mount --bind "$2" "$1/checkout"
    mount --bind "$3" "$1/packages"
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mount --rbind /sys "$1/sys"
    mount -t tmpfs tmpfs "$1/tmp"
    cd "$1"
    pivot_root . old
    umount -l /old
    exec env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -euo pipefail -c "$4"
  ' _ "$1" "$PWD" "$2" "$3"
}
