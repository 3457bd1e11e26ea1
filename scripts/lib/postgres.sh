# Starts a PostgreSQL of our own for the tests: a temporary folder, a free loopback port, no password.
# Needs needs.sh and services.sh.
# shellcheck shell=bash

# start_postgres FOLDER: an empty folder for the database; its address is in postgres_url afterwards.
start_postgres() {
  local folder=$1 programs port as_postgres=()
  programs=$(postgres_programs)
  if ((EUID == 0)); then
    # PostgreSQL refuses to run as root. setpriv becomes the server, so that our id of it stays right.
    chown postgres: "$folder"
    as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)
  fi
  (cd "$folder" && "${as_postgres[@]}" "$programs/initdb" -A trust -U postgres --no-sync -D "$folder/data" >/dev/null)
  port=$(free_port)
  # What is tested is killed processes, not power cuts: no fsync makes the suite several times faster.
  start_service "$folder/server.log" "${as_postgres[@]}" "$programs/postgres" -D "$folder/data" -p "$port" -k "$folder" \
    -c listen_addresses=127.0.0.1 -c max_connections=300 -c fsync=off -c full_page_writes=off
  wait_for_service PostgreSQL 60 "$folder/server.log" "$programs/pg_isready" -q -U postgres -h 127.0.0.1 -p "$port"
  # shellcheck disable=SC2034 # read by the caller
  postgres_url=postgres://postgres@127.0.0.1:$port/postgres
}
