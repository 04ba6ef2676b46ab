# shellcheck shell=bash
# A private PostgreSQL: 127.0.0.1 only, no Unix socket (its path may be longer than the kernel allows), data checksums,
# SCRAM with made passwords, fsync on. The role `shouwang` owns the database and may create roles and databases, but is
# no superuser: row-level security is never tested by somebody who is above it.

# The newest installed server's programs, as Debian and Ubuntu lay them out.
pg_bin() {
  local dir
  dir=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  [[ -x $dir/initdb ]] || die "PostgreSQL is not installed: apt-get install postgresql"
  printf '%s\n' "$dir"
}

pg_data() { printf '%s/postgres\n' "$(data_home)"; }
pg_url() { printf 'postgres://shouwang:%s@127.0.0.1:%s/shouwang\n' "$(cat "$RUN/secrets/postgres-owner")" "$(port_of postgres)"; }

# pg_psql FILE-ON-STDIN: as superuser, errors stop.
pg_psql() {
  PGPASSWORD=$(cat "$RUN/secrets/postgres-superuser") "$(pg_bin)/psql" -X -q -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$(port_of postgres)" -U postgres "$@"
}

# The postmaster's pid; it works inside its data folder, which tells it from a stranger with the same number.
pg_pid() {
  local data pid
  data=$(pg_data)
  pid=$(as_db_user head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
  [[ -n $pid && $(as_db_user readlink "/proc/$pid/cwd" 2>/dev/null) == "$(readlink -f "$data")" ]] || return 1
  printf '%s\n' "$pid"
}

pg_init() {
  local data
  data=$(pg_data)
  private_dir secrets
  secret "$RUN/secrets/postgres-owner" "$(run_hash)-" >/dev/null
  secret "$RUN/secrets/postgres-superuser" >/dev/null
  if as_db_user test -s "$data/PG_VERSION"; then
    return 0
  fi
  rm -rf "$data"
  mkdir -m 0700 "$data"
  # initdb reads the password as its own user from a file that nobody else may read.
  cp "$RUN/secrets/postgres-superuser" "$data.password"
  if ((EUID == 0)); then
    chown "$DB_USER:" "$data" "$data.password"
  fi
  as_db_user "$(pg_bin)/initdb" -D "$data" --data-checksums --encoding=UTF8 --locale=C.UTF-8 --username=postgres \
    --pwfile="$data.password" --auth=scram-sha-256 --no-instructions >"$RUN/log/initdb.log" 2>&1 ||
    die "initdb failed; see $RUN/log/initdb.log"
  rm -f "$data.password"
  rm -f "$RUN/state/postgres-owner-made"
}

# pg_run: what is supervised. Settings on the command line, so that an upgraded `up` brings its own.
pg_run() {
  local data options=(
    "listen_addresses=127.0.0.1" "port=$(port_of postgres)" "unix_socket_directories="
    "max_connections=200" "shared_buffers=256MB" "max_wal_size=4GB" "checkpoint_timeout=15min"
    "wal_compression=on" "timezone=UTC" "log_timezone=UTC" "password_encryption=scram-sha-256"
    # A statement with its parameters may hold sealed columns' neighbours; the server's log stays free of both.
    "log_min_error_statement=panic" "log_parameter_max_length_on_error=0" "log_error_verbosity=terse"
  )
  if [[ -e $RUN/state/fast ]]; then
    options+=("fsync=off" "synchronous_commit=off" "full_page_writes=off")
  fi
  data=$(pg_data)
  # After a crash the children end by themselves; a start is refused while one of them still holds the shared memory.
  pg_await_end || true
  # A crash leaves postmaster.pid. PostgreSQL asks only whether that number is alive, and refuses to start when a stranger
  # or an unreaped zombie has it; we looked at who works in the data folder, so we know better.
  if ! pg_children; then
    as_db_user rm -f "$data/postmaster.pid"
  fi
  db_user_words
  cd /
  become "${DB_USER_WORDS[@]}" "$(pg_bin)/postgres" -D "$data" "${options[@]/#/--}"
}

pg_start() {
  local deadline
  if is_supervised postgres; then
    note "kept"
  else
    pg_stop # a leftover without its supervisor
    note ""
    pg_init
    port_claim postgres >/dev/null
    # TERM would wait until every client has gone; INT throws them out, and what was committed stays.
    mkdir -p "$RUN/supervised/postgres/control"
    # shellcheck disable=SC2016
    script "$RUN/supervised/postgres/control/t" 'kill -INT "$(cat supervise/pid)"'
    supervise postgres pg_run
  fi
  deadline=$(($(now_ms) + 60000))
  until "$(pg_bin)/pg_isready" -q -h 127.0.0.1 -p "$(port_of postgres)"; do
    if failed_to_stay postgres || (($(now_ms) > deadline)); then
      die "PostgreSQL did not start; its last words: $(tail -n 3 "$RUN/log/postgres.log")"
    fi
    sleep 0.1
  done
  if [[ ! -e $RUN/state/postgres-owner-made ]]; then
    pg_make_owner
    touch "$RUN/state/postgres-owner-made"
  fi
}

# The password goes in through standard input, never on a command line that `ps` shows.
pg_make_owner() {
  pg_psql -d postgres <<SQL
DO \$\$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shouwang') THEN CREATE ROLE shouwang; END IF;
END \$\$;
ALTER ROLE shouwang LOGIN CREATEROLE CREATEDB PASSWORD '$(cat "$RUN/secrets/postgres-owner")';
GRANT pg_monitor TO shouwang;
SELECT 'CREATE DATABASE shouwang OWNER shouwang' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'shouwang') \gexec
SQL
}

# pg_stop: clients are thrown out, what was committed stays. pg_kill: as a crash would.
pg_stop() {
  local pid
  if ! is_supervised postgres && ! pg_pid >/dev/null; then note "was not running"; fi
  unsupervise postgres 60
  if pid=$(pg_pid); then kill -INT "$pid"; fi
  pg_await_end || die "PostgreSQL does not end; see $RUN/log/postgres.log"
}

pg_kill() {
  kill_supervised postgres
  pg_await_end || die "children of the killed PostgreSQL do not end"
}

pg_await_end() {
  for _ in {1..500}; do
    pg_children || return 0
    sleep 0.02
  done
  return 1
}

# pg_children: does any process work inside the data folder?
pg_children() {
  local data cwd found=1
  data=$(readlink -f "$(pg_data)")
  for cwd in /proc/[0-9]*/cwd; do
    if [[ $(readlink "$cwd" 2>/dev/null) == "$data" ]]; then
      found=0
      break
    fi
  done
  return $found
}
