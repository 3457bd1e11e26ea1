# Runs numbered steps one after the other, shows how far they are, and sums up what they tested.
# A step is a function; its output goes to a log. It may end with 77 to say that it was skipped; its last line says why.
# shellcheck shell=bash

readonly skip_status=77 progress_every=20
step_table=()
step_group=
tests_passed=0
tests_failed=0
failures=()

# run_step NUMBER OF TITLE LOG FUNCTION: afterwards tests_failed says whether to go on.
# Not for use in a condition: the shell would then let the step run on after an error.
run_step() {
  local label="[$1/$2] $3" log=$4 function=$5 start=$SECONDS status=0
  printf '%s … ' "$label"
  # Job control gives the step a process group of its own, so that an interrupt can end all of it.
  set -m
  (set +m; "$function") >"$log" 2>&1 </dev/null &
  step_group=$!
  set +m
  show_progress "$label" "$log" "$start"
  wait "$step_group" || status=$?
  step_group=
  report_step "$3" "$log" "$((SECONDS - start))" "$status"
}

# show_progress LABEL LOG START: until the step has ended, now and then the time and the last line of its log.
show_progress() {
  local label=$1 log=$2 start=$3 next=$((SECONDS + progress_every)) said=
  while kill -0 "$step_group" 2>/dev/null; do
    sleep 0.1
    if ((SECONDS >= next)); then
      [[ -n $said ]] || echo
      said=yes
      printf '      %4d s  %s\n' "$((SECONDS - start))" "$(last_line "$log")"
      next=$((SECONDS + progress_every))
    fi
  done
  [[ -z $said ]] || printf '%s … ' "$label"
}

last_line() { { grep -v '^[[:space:]]*$' "$1" || true; } | tail -n 1 | tr -d '\r' | cut -c 1-100; }

# report_step TITLE LOG SECONDS STATUS
report_step() {
  local title=$1 log=$2 seconds=$3 status=$4 passed failed tests
  read -r passed failed < <(count_tests "$log")
  if ((status == skip_status)); then
    finish_step "$title" skipped "$seconds" "-" "skipped: $(last_line "$log")"
    return
  fi
  if ((passed + failed == 0)); then tests=-; else tests=$((passed + failed)); fi
  if ((status == 0 && failed == 0)); then
    ((passed > 0)) || passed=1
    tests_passed=$((tests_passed + passed))
    finish_step "$title" ok "$seconds" "$tests" "ok $seconds s$(in_words "$tests")"
    return
  fi
  ((failed > 0)) || failed=1
  tests_passed=$((tests_passed + passed))
  tests_failed=$((tests_failed + failed))
  mapfile -t failures < <(name_failures "$log")
  finish_step "$title" FAILED "$seconds" "$tests" "FAILED after $seconds s. The end of its log:"
  tail -n "${ALIAS_TEST_LOG_LINES:-60}" "$log" | cut -c 1-300 | sed "s/^/      | /"
}

# name_failures LOG: what failed, and the errors beside it, in the words of the tools that test, each once.
name_failures() {
  { grep -aE '^test .* FAILED$|^ *(FAIL|TIMEOUT|SIG[A-Z]+) +\[|^(FAILED|ERROR) |^ *✖ |panicked at|^ *\[?[A-Za-z]*[Ee]rror *(\[|:)' "$1" || true; } |
    sed -E "s/^ +//; s/^thread .*panicked/panicked/" | cut -c 1-200 | awk '!seen[$0]++ && ++number <= 12'
}

in_words() { [[ $1 == - ]] || echo ", $1 tests"; }

finish_step() {
  step_table+=("$(printf '%-8s %6s s %7s   %s' "$2" "$3" "$4" "$1")")
  echo "$5"
}

# count_tests LOG: "passed failed", from the summaries of cargo nextest, cargo test, pytest and node --test.
count_tests() {
  sed -E 's/^ℹ pass ([0-9]+)$/test result: \1 passed/; s/^ℹ fail ([0-9]+)$/test result: \1 failed/' "$1" |
    grep -E '^ *Summary \[|^test result: |^=* ?[0-9]+ (passed|failed|error).* in [0-9.]+s' |
    grep -oE '[0-9]+ (passed|failed|errors?|timed out)' |
    awk '$2 == "passed" { passed += $1 } $2 != "passed" { failed += $1 } END { print passed + 0, failed + 0 }'
}

# end_step: ends the step that is running, with everything that it started.
end_step() {
  [[ -n $step_group ]] || return 0
  kill -TERM -- "-$step_group" 2>/dev/null || true
  local end=$((SECONDS + 15))
  while kill -0 -- "-$step_group" 2>/dev/null && ((SECONDS < end)); do sleep 0.1; done
  kill -KILL -- "-$step_group" 2>/dev/null || true
  step_group=
}

# print_summary: the table of all steps and what failed; the last line is "N passed, M failed" and nothing else.
print_summary() {
  printf '\nresult       time   tests   step\n'
  printf '%s\n' "${step_table[@]}"
  # Here once more, for where only the end of what is printed is kept.
  if ((${#failures[@]} > 0)); then
    printf '\nWhat failed:\n'
    printf '  %s\n' "${failures[@]}"
  fi
  printf '\n%d passed, %d failed\n' "$tests_passed" "$tests_failed"
}
