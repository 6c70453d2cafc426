# GitHub's job-started hook: ACTIONS_RUNNER_HOOK_JOB_STARTED=/opt/jobwarden/job-started.sh
# The runner gives the whole path; beside this file lie the programs. A folder that root owns.
config=/etc/jobwarden/jobwarden.toml
hook="${0%/*}/jobwarden-hook"

"$hook" --config "$config" github job-started &
child=$!
told=
trap 'told=yes; kill "$child"' INT TERM # the runner ends this hook itself
status=0
wait "$child" || status=$?
[ "$status" -gt 1 ] && [ -z "$told" ] || exit "$status"

# It could not be started (a library is gone), crashed or was killed: nobody has decided about the
# job, and a hook that only fails leaves it its steps under if: always(). So the worker, which
# started this, is ended. What it leaves on its standard error becomes the job's error.
problem="jobwarden: $hook ended with status $status: the job ends here"
echo "$problem"
sleep 3
read -r parent <"/proc/$PPID/comm"
if [ "$parent" = Runner.Worker ]; then
  echo "$problem" >"/proc/$PPID/fd/2" || true
  kill -KILL "$PPID"
fi
exit 1
