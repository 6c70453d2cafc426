// GitHub's job-completed hook: ACTIONS_RUNNER_HOOK_JOB_COMPLETED=/opt/jobwarden/job-completed.js
// The runner starts it with its own node, by absolute path: nothing that a job puts on PATH comes
// in between. Beside this file lie the programs. A folder that root owns.
'use strict'

const { spawn } = require('child_process')
const { constants } = require('os')
const { join } = require('path')

const config = '/etc/jobwarden/jobwarden.toml'

// What the runner says of the job, and nothing that a loader or an interpreter heeds. The last two
// say what else is searched, and for what.
const ofTheJob = ([name]) =>
  /^(GITHUB|RUNNER)_|^HOME$|^ACTIONS_ID_TOKEN_REQUEST_TOKEN$/.test(name)
// First: from here on a signal waits until there is somebody to hand it on to.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => hook.kill(signal))
const hook = spawn(join(__dirname, 'jobwarden-hook'), ['--config', config, 'github', 'job-completed'], {
  stdio: 'inherit',
  env: Object.fromEntries(Object.entries(process.env).filter(ofTheJob)),
})
hook.on('error', (problem) => {
  // The job is over, and must not fail for this.
  console.log(`::warning title=jobwarden::job-completed hook: ${problem.code}`)
})
hook.on('exit', (code, signal) => {
  process.exitCode = signal === null ? code : 128 + constants.signals[signal]
})
