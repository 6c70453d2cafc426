// GitHub's job-completed hook: ACTIONS_RUNNER_HOOK_JOB_COMPLETED=/opt/jobwarden/job-completed.js
// The runner's own node runs it; beside this file lie the programs. A folder that root owns.
'use strict';
const config = '/etc/jobwarden/jobwarden.toml';

const { spawnSync } = require('node:child_process');

// Only what the runner says about the job: no PATH, nothing that a loader or an interpreter heeds.
const environment = {};
for (const [name, value] of Object.entries(process.env)) {
  if (/^(GITHUB|RUNNER)_/.test(name)) environment[name] = value;
}
const hook = spawnSync(`${__dirname}/jobwarden-hook`, ['--config', config, 'github', 'job-completed'],
  { env: environment, stdio: 'inherit' });
if (hook.status === null) {
  // The job is over: that this was not done must not fail it.
  console.log(`::warning title=jobwarden::${hook.error ? hook.error.message : hook.signal}`);
} else {
  process.exitCode = hook.status;
}
