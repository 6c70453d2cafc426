// GitHub's container hook: ACTIONS_RUNNER_CONTAINER_HOOKS=/opt/jobwarden/container.js
// The runner starts it with its own node, by absolute path: nothing that a job puts on PATH comes
// in between. Beside this file lie the programs. A folder that root owns.
'use strict'

const { spawn } = require('child_process')
const { constants } = require('os')
const { join } = require('path')

const config = '/etc/jobwarden/jobwarden.toml'

// First: from here on a signal waits until there is somebody to hand it on to.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => hook.kill(signal))
const hook = spawn(join(__dirname, 'jobwarden-hook'), ['--config', config, 'github', 'container'], {
  stdio: 'inherit',
  // For a wrapped hook that is a .js file, too.
  env: { ...process.env, JOBWARDEN_NODE: process.execPath },
})
hook.on('error', (problem) => {
  console.error(`jobwarden: container hook: ${problem.code}`)
  process.exitCode = 1
})
hook.on('exit', (code, signal) => {
  process.exitCode = signal === null ? code : 128 + constants.signals[signal]
})
