# GitHub's job-started hook: ACTIONS_RUNNER_HOOK_JOB_STARTED=/opt/jobwarden/job-started.sh
# The runner gives the whole path; beside this file lie the programs. A folder that root owns.
config=/etc/jobwarden/jobwarden.toml
hook="${0%/*}/jobwarden-hook"

# Where the program cannot even be started (a library is gone), nobody would check the job, and a
# hook that only fails leaves it its steps under if: always(). So the worker, which started this, is
# ended. What it leaves on its standard error becomes the job's error.
if ! "$hook" --version >/dev/null; then
  problem="jobwarden: $hook cannot be started: the job ends here"
  echo "$problem"
  sleep 3
  read -r parent <"/proc/$PPID/comm"
  if [ "$parent" = Runner.Worker ]; then
    echo "$problem" >"/proc/$PPID/fd/2" || true
    kill -KILL "$PPID"
  fi
  exit 1
fi
exec "$hook" --config "$config" github job-started
