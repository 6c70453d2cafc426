# Sourced by scripts of several steps. Each step says what it does, and at its end what it took.

# step NAME: ends the step before it, and begins one.
step() {
  step_done
  step_name=$1
  step_began=$SECONDS
  echo "==> $step_name"
}

step_done() {
  [ -z "${step_name:-}" ] || echo "    took $((SECONDS - step_began)) s"
  step_name=
}
