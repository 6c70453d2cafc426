# GitLab Runner with jobwarden as its custom executor's driver. Beside this file are the archive of
# install/package, GitLab Runner's program, and your jobwarden.toml (run_as = "ci-job", no sandbox).
#
# Jobs run in this container, as ci-job, one at a time. The runner's config.toml has its token, so it
# is mounted and not in the image; `jobwarden install gitlab --file config.toml` has wired it:
#   docker run --cap-drop=ALL --cap-add=SETUID,SETGID,CHOWN,DAC_OVERRIDE,FOWNER,KILL \
#     --volume /srv/gitlab-runner:/etc/gitlab-runner --volume /srv/audit:/var/log/jobwarden IMAGE
FROM debian:trixie-slim

# Without versions, because they change with each security update.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git libssl3 libstdc++6 tini \
 && rm -rf /var/lib/apt/lists/*

COPY --chmod=0755 gitlab-runner /usr/local/bin/gitlab-runner
# ADD unpacks the archive, with its modes, at the root.
ADD jobwarden-0.1.0-linux-x86_64.tar.xz /
RUN useradd --system --no-create-home --home-dir /home/ci-job --shell /usr/sbin/nologin ci-job \
 && install -d -m 0755 /etc/jobwarden /var/lib/jobwarden /var/log/jobwarden \
 && jobwarden --version

COPY --chmod=0644 jobwarden.toml /etc/jobwarden/jobwarden.toml
# GitLab Runner ends after its jobs. tini waits for processes that jobs leave.
STOPSIGNAL SIGQUIT
ENTRYPOINT ["tini", "--"]
CMD ["gitlab-runner", "run", "--config", "/etc/gitlab-runner/config.toml"]
