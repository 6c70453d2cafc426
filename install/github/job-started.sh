# GitHub's job-started hook: ACTIONS_RUNNER_HOOK_JOB_STARTED=/opt/jobwarden/job-started.sh
# The runner gives the whole path; beside this file lie the programs. A folder that root owns.
config=/etc/jobwarden/jobwarden.toml
hook="${0%/*}/jobwarden-hook"

"$hook" --config "$config" github job-started &
child=$!
told=
trap 'told=yes; kill "$child" 2>/dev/null || :' INT TERM # the runner ends this hook itself
status=0
wait "$child" || status=$?
[ "$status" -gt 1 ] && [ -z "$told" ] || exit "$status"

# It could not be started (a library is gone), crashed, was killed, or could not end a job that it
# refused. A hook that only fails leaves the job its steps under if: always(). So the worker, which
# is above this shell, is asked to end. It then runs nothing more, and ends this shell. What it has
# on its standard error becomes the job's error if it must be killed.
problem="jobwarden: $hook ended with status $status: the job ends here"
echo "$problem"
worker=$PPID
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
  read -r name <"/proc/$worker/comm" || exit 1
  case $name in *Runner.Worker* | dotnet) break ;; esac
  above=
  while read -r key value; do [ "$key" != PPid: ] || above=$value; done <"/proc/$worker/status"
  [ "${above:-0}" -gt 1 ] || exit 1
  worker=$above
done
case $name in *Runner.Worker* | dotnet) ;; *) exit 1 ;; esac
echo "$problem" >"/proc/$worker/fd/2" || :
kill -TERM "$worker" || :
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  sleep 1 >/dev/null 2>&1 &
  wait $! || :
  # A shell above this one may have been ended in place of this one.
  [ -z "$told" ] && [ -d "/proc/$PPID" ] && [ -d "/proc/$worker" ] || exit 1
done
kill -KILL "$worker"
exit 1
