# Starts background services on loopback, waits for them with a bound, and ends them by process id.
# shellcheck shell=bash

service_pids=()
service_pid=

# start_service LOG COMMAND...: runs COMMAND in the background, its output in LOG; its id is in service_pid.
start_service() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 </dev/null &
  service_pid=$!
  service_pids+=("$service_pid")
}

# end_services: asks every service to end, newest first; one that is still there after 10 s is killed.
end_services() {
  local index pid
  for ((index = ${#service_pids[@]} - 1; index >= 0; index--)); do
    pid=${service_pids[index]}
    kill -TERM "$pid" 2>/dev/null || continue
    within 10 gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  service_pids=()
}

# within SECONDS COMMAND...: repeats COMMAND until it succeeds; fails when the time is over.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# wait_for_service NAME SECONDS LOG CHECK...: until CHECK succeeds; else shows the end of the log and fails.
wait_for_service() {
  local name=$1 seconds=$2 log=$3
  shift 3
  within "$seconds" passes_or_service_ended "$@" || true
  if gone "$service_pid" || ! "$@"; then
    echo "$name did not start. The end of its log:" >&2
    tail -n 20 "$log" | cut -c 1-300 >&2
    return 1
  fi
}

passes_or_service_ended() { "$@" || gone "$service_pid"; }

answers() { curl -sf --noproxy '*' --max-time 5 -o /dev/null "$1"; }

# free_port: a loopback port that nobody listens on, below those that the system gives to outgoing connections.
free_port() {
  local port
  for _ in {1..100}; do
    port=$((20000 + RANDOM % 12000))
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  echo "no free port found in 100 attempts" >&2
  return 1
}
