# GitHub's job-started hook: ACTIONS_RUNNER_HOOK_JOB_STARTED=/opt/jobwarden/job-started.sh
# The runner gives the whole path; beside this file lie the programs. A folder that root owns.
config=/etc/jobwarden/jobwarden.toml

exec "${0%/*}/jobwarden-hook" --config "$config" github job-started
