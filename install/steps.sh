# Sourced by scripts of several steps: a step says what it does, and when it ends what it took.

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

# configure PRESET [OPTION...]: CMake's output is in build/PRESET/configure.log, printed on failure.
configure() {
  local log=build/$1/configure.log
  mkdir -p "build/$1"
  cmake --preset "$@" >"$log" 2>&1 || {
    cat "$log"
    return 1
  }
}

# build PRESET [TARGET...]: shows how far it is, by ninja's own line on a terminal and by dots
# elsewhere. There the compiler's output is in build/PRESET/build.log, printed on failure.
build() {
  local preset=$1 log=build/$1/build.log
  shift
  local command=(cmake --build --preset "$preset" --target "${@:-all}")
  if [ -t 1 ]; then
    "${command[@]}"
  else
    "${command[@]}" 2>&1 | tee "$log" | dots || {
      sed -n '/^FAILED/,$p' "$log"
      return 1
    }
  fi
}

# Reads ninja's lines, and prints a dot for each five steps.
dots() {
  local line steps=
  while IFS= read -r line; do
    # Step 0 is CMake's.
    [[ $line =~ ^\[([1-9][0-9]*)/([0-9]+)\] ]] || continue
    [ -n "$steps" ] || {
      steps=${BASH_REMATCH[2]}
      printf '    %s steps, a dot for each five: ' "$steps"
    }
    ((BASH_REMATCH[1] % 5)) || printf .
  done
  [ -n "$steps" ] && echo || echo "    nothing to do"
}
