# GitLab Runner with jobwarden as its custom executor's driver. The archive of install/package is
# beside this file, and so are your jobwarden.toml and the config.toml of a registered runner, wired
# by `jobwarden install gitlab --file config.toml`.
#
# Jobs run in this container, as ci-job: start it with --cap-drop=ALL --cap-add=SETUID,SETGID,CHOWN,
# DAC_OVERRIDE,FOWNER,KILL. The image's Debian must be bookworm or newer for `jobwarden` itself; the
# driver is static.
FROM debian:trixie-slim

# Without versions, because they change with each security update.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git libssl3 libstdc++6 \
 && rm -rf /var/lib/apt/lists/*

# Put gitlab-runner at /usr/local/bin here, from where you have it from.
COPY gitlab-runner /usr/local/bin/gitlab-runner
# ADD unpacks the archive, with its modes, at the root.
ADD jobwarden-0.1.0-linux-x86_64.tar.xz /
RUN useradd --system --no-create-home --home-dir /home/ci-job --shell /usr/sbin/nologin ci-job \
 && install -d -m 0755 /etc/jobwarden /var/lib/jobwarden /var/log/jobwarden /etc/gitlab-runner

COPY --chmod=0644 jobwarden.toml /etc/jobwarden/jobwarden.toml
COPY --chmod=0600 config.toml /etc/gitlab-runner/config.toml
CMD ["gitlab-runner", "run", "--config", "/etc/gitlab-runner/config.toml"]
