# The image of an ARC runner scale set, with jobwarden's hooks. The archive of install/package is
# beside this file. A pod serves one job, so hooks and steps may share a user: the policy has
# shared_user = true in [github]. The policy comes from a ConfigMap (kubernetes/policy.yaml).
#
# GitHub asks for a runner that is not older than some months: raise the version. Before 2.331.0 the
# image is Ubuntu 22.04, whose libc is too old.
FROM ghcr.io/actions/actions-runner:2.336.0

USER root
# ADD unpacks the archive, with its modes, at the root.
ADD jobwarden-0.1.0-linux-x86_64.tar.xz /
RUN install -d -m 0755 /etc/jobwarden /var/lib/jobwarden \
 && install -d -m 0700 -o runner /var/lib/jobwarden/github \
 && install -d -m 0755 -o runner /var/lib/jobwarden/keys \
 && jobwarden --version
USER runner

# Pods have no .env. ACTIONS_RUNNER_CONTAINER_HOOKS is the pod template's (kubernetes/arc-values.yaml).
ENV ACTIONS_RUNNER_HOOK_JOB_STARTED=/opt/jobwarden/job-started.sh \
    ACTIONS_RUNNER_HOOK_JOB_COMPLETED=/opt/jobwarden/job-completed.js
