# The machine on which the commands of a page run, for tests/guides/run: a copy of this one in
# memory. Reads the page's commands from descriptor 3.
#
# CHECKOUT, PROGRAMS: folders. PAGE: the page's path.
set -euo pipefail
umask 022

# An overlay over the root folder, and one over the checkout, which may be another file system.
new=$(mktemp -d)
mount -t tmpfs tmpfs "$new"
mkdir "$new"/{upper,work,root,checkout-upper,checkout-work}
mount -t overlay overlay -o "lowerdir=/,upperdir=$new/upper,workdir=$new/work" "$new/root"
mkdir -p "$new/root$CHECKOUT"
mount -t overlay overlay \
  -o "lowerdir=$CHECKOUT,upperdir=$new/checkout-upper,workdir=$new/checkout-work" "$new/root$CHECKOUT"
mkdir -p "$new/root$CHECKOUT/build/release/bin" "$new/root/old"
mount --bind "$PROGRAMS" "$new/root$CHECKOUT/build/release/bin"
mount --rbind /dev "$new/root/dev"
mount --rbind /sys "$new/root/sys"
mount -t proc proc "$new/root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$new/root/tmp"
cd "$new/root"
pivot_root . old
umount -l /old
cd "$CHECKOUT"

# What may not be there: sudo, and a systemd that runs. The demo and the tests are run by .ci/run.
install -m 755 /dev/stdin /usr/local/bin/sudo <<'SH'
#!/bin/sh
if [ "$1" = -u ]; then
  user=$2
  shift 2
  exec setpriv --reuid "$user" --regid "$user" --clear-groups "$@"
fi
exec "$@"
SH
for stub in /usr/local/bin/systemctl install/demo tests/run; do
  install -m 755 /dev/stdin $stub <<<'#!/bin/sh'
done

bin=build/release/bin
$bin/signer key RS256 >/tmp/key.pem
$bin/signer jwks /tmp/key.pem RS256 k >/tmp/jwks.json
$bin/fake_issuer --keys /tmp/jwks.json --port-file /tmp/port >/dev/null &
until [ -s /tmp/port ]; do sleep 0.05; done
SERVER=http://127.0.0.1:$(cat /tmp/port)

# Two runners that are not protected yet. A page of README's finds nothing else.
useradd --create-home runner
install -d -o runner /home/runner/actions-runner /etc/gitlab-runner
install -o runner /dev/null /home/runner/actions-runner/.env
install -m 755 /dev/stdin /home/runner/actions-runner/svc.sh <<<'#!/bin/sh'
printf '[[runners]]\n  name = "builds"\n  executor = "shell"\n' |
  install -m 600 /dev/stdin /etc/gitlab-runner/config.toml

installed() {
  install -D -t /opt/jobwarden $bin/jobwarden{,-executor,-hook,-guard} install/github/*
  ln -sf /opt/jobwarden/jobwarden /usr/bin/jobwarden
  useradd --system --no-create-home --home-dir /home/ci-job ci-job
  usermod --expiredate 1 ci-job
  mkdir -p /etc/jobwarden /var/log/jobwarden
  machine_of gitlab
}

# machine_of gitlab|github: a machine has the policy of one of them.
machine_of() {
  rm -rf /var/lib/jobwarden
  mkdir /var/lib/jobwarden
  {
    printf 'version = 1\n[[issuer]]\nname = "%s"\nprovider = "%s"\nurl = "%s"\n' $1 $1 "$SERVER"
    printf 'audience = "https://ci-runners.example.com"\n[[allow]]\nname = "deploys"\n'
    if [ $1 = github ]; then
      printf 'claims = { repository = "shop/**" }\n[github]\nshared_user = true\n'
    else
      printf 'claims = { project_path = "shop/**" }\n[executor]\nrun_as = "ci-job"\n'
      printf 'sandbox = "bwrap"\n[audit]\nfile = "/var/log/jobwarden/audit.jsonl"\n'
    fi
  } >/etc/jobwarden/jobwarden.toml
  if [ $1 = github ]; then
    install -d -o runner -m 700 /var/lib/jobwarden/github
    install -d -o runner /var/lib/jobwarden/keys
    sudo -u runner jobwarden keys refresh 2>/dev/null
  else
    jobwarden keys refresh 2>/dev/null
  fi
}

# test_case PROJECT NAMESPACE EXPECTED: what a job of that project is to get.
test_case() {
  printf '[[case]]\nname = "%s of %s"\nprovider = "gitlab"\nexpect = "%s"\n' "$1" "$2" "$3"
  printf 'claims = { project_path = "%s", namespace_id = "%s" }\n' "$1" "$2"
} >>tests/shop.test.toml

# A policy repository, whose main has been pushed.
policy_repository() {
  mkdir -p /repository/{rules.d,tests}
  cd /repository
  git init -q -b main
  printf 'version = 1\n[[issuer]]\nname = "gitlab"\nprovider = "gitlab"\nurl = "%s"\naudience = "a"\n' \
    "$SERVER" >jobwarden.toml
  printf '[[allow]]\nname = "shop"\nclaims = { project_path = "shop/**", namespace_id = 7 }\naudiences = []\n' \
    >rules.d/shop.toml
  test_case shop/web 7 allow
  test_case shop/web 9 deny
  test_case bank/app 7 deny
  git add .
  git -c user.name=a -c user.email=a@example.com commit -q -m first
  git update-ref refs/remotes/origin/main HEAD
  CI_COMMIT_SHORT_SHA=$(git rev-parse --short HEAD)
}

# job NAME MAY_WARN: runs a job's script, which is on standard input, in a checkout of another user's.
job() {
  local status=0 folder=/builds/$1
  echo "==> $1"
  mkdir -p /builds
  git clone -q /repository "$folder"
  git -C "$folder" update-ref refs/remotes/origin/main refs/remotes/origin/main^
  chown -R runner "$folder"
  cat >/tmp/script
  (
    export CI_PROJECT_DIR=$folder RUNNER_TEMP=$folder.tmp
    mkdir "$RUNNER_TEMP"
    cd "$folder"
    exec bash --noprofile --norc -eo pipefail /tmp/script
  ) || status=$?
  [ "$status" -eq 0 ] || [ "$2$status" = 11 ]
}

a_runner_pulls() {
  printf '[policy.pull]\nurl = "%s/policy.tar.gz"\nkeys = ["%s"]\n' "$POLICY_STORE" \
    "$(tail -n1 /store/policy.pub)" >>/etc/jobwarden/jobwarden.toml
  jobwarden policy pull | grep "is in force now"
  jobwarden policy pull
}

# A first start by cloud-init: the runner is registered by a token that is printed, and it starts wired.
a_runner_is_protected() {
  grep -q 'executor = "custom"' /etc/gitlab-runner/config.toml
  grep -qx "enable --now gitlab-runner" /tmp/asked
}

# The policy, on standard input, as the kubelet brings a ConfigMap: by links, in a folder that all may
# write, of a group (fsGroup), mounted read-only. Read by the runner's user, as in a pod.
a_pod_reads() {
  mkdir -p /volume/..1 /etc/jobwarden
  cat >/volume/..1/jobwarden.toml
  ln -s ..1 /volume/..data
  ln -s ..data/jobwarden.toml /volume/jobwarden.toml
  chgrp -R runner /volume
  chmod 2777 /volume
  mount --bind /volume /etc/jobwarden
  mount -o remount,bind,ro /etc/jobwarden
  sudo -u runner jobwarden keys refresh
  sudo -u runner jobwarden config check
}

case $PAGE in
  README.md) ;;
  install/recipes/cloud-init/*)
    installed
    rm /etc/jobwarden/jobwarden.toml /etc/gitlab-runner/config.toml
    printf '#!/bin/sh\necho "$*" >>/tmp/asked\n' >/usr/local/bin/systemctl
    printf '#!/bin/sh\necho glrt-token\n' | install -m 755 /dev/stdin /usr/local/bin/print-runner-token
    install -m 755 /dev/stdin /usr/local/bin/gitlab-runner <<'SH'
#!/bin/sh
[ "$1 $2 $CI_SERVER_TOKEN" = "register --non-interactive glrt-token" ] || exit 1
printf '[[runners]]\n  name = "deploys"\n  token = "%s"\n  executor = "shell"\n' "$CI_SERVER_TOKEN" |
  install -m 600 /dev/stdin /etc/gitlab-runner/config.toml
SH
    ;;
  install/recipes/kubernetes/*)
    installed
    machine_of github
    install -D -o runner /dev/null /home/runner/k8s/index.js
    rm -r /etc/jobwarden
    ;;
  docs/doctor.md)
    installed
    jobwarden install gitlab >/dev/null
    machine_of github
    jobwarden install github --runner /home/runner/actions-runner >/dev/null
    machine_of gitlab
    ;;
  docs/operations.md) # a decision, by the name that the page gives it, and records of other hosts
    installed
    $bin/fake_gitlab_runner /tmp/key.pem RS256 k "$SERVER" deploy /opt/jobwarden/jobwarden-executor >/dev/null
    sed -i -E 's/"id":"[0-9a-z]{16}"/"id":"7k3m9qxa2b4c5d6e"/' /var/log/jobwarden/audit.jsonl
    mkdir -p logs/a fleet/a
    cp /var/log/jobwarden/audit.jsonl logs/a
    cp /var/log/jobwarden/audit.jsonl fleet/a
    ;;
  docs/policy-bundles.md | docs/policy.md)
    installed
    policy_repository
    ;;
  install/recipes/policy-repository/*)
    installed
    policy_repository
    CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse HEAD)
    printf '[[allow]]\nname = "bank"\nclaims = { project_path = "bank/**", namespace_id = 8 }\naudiences = []\n' \
      >>rules.d/shop.toml
    sed -i 's|bank/app|bank/apps/a|' tests/shop.test.toml
    test_case bank/app 8 allow
    test_case bank/app 9 deny
    test_case other/app 8 deny
    git -c user.name=a -c user.email=a@example.com commit -q -a -m "new access"
    GITHUB_SHA=$(git rev-parse HEAD)
    CI_COMMIT_SHORT_SHA=${GITHUB_SHA::8}
    GITHUB_BASE_REF=main

    mkdir /store
    minisign -G -W -p /store/policy.pub -s /store/policy.key >/dev/null
    echo 'header = "Authorization: Bearer opensesame"' >/store/curlrc
    /usr/bin/python3 "$CHECKOUT/tests/guides/store.py" /store/www /store/port &
    until [ -s /store/port ]; do sleep 0.05; done
    POLICY_STORE=http://127.0.0.1:$(cat /store/port)
    # GitLab's variables are files, GitHub's secrets are texts.
    case $PAGE in
      *gitlab*) POLICY_KEY=/store/policy.key POLICY_CURLRC=/store/curlrc ;;
      *) POLICY_KEY=$(cat /store/policy.key) POLICY_CURLRC=$(cat /store/curlrc) ;;
    esac
    export CI_COMMIT_SHORT_SHA CI_MERGE_REQUEST_DIFF_BASE_SHA GITHUB_BASE_REF GITHUB_SHA
    export POLICY_CURLRC POLICY_KEY POLICY_STORE
    ;;
  *) installed ;;
esac
sed "s|@SERVER@|$SERVER|g" <&3 >/tmp/commands
source /tmp/commands
# Users that jobs run as have expired, whichever command made them.
! grep ^ci-job /etc/shadow | cut -d: -f8 | grep -vx 1
