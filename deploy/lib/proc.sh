# shellcheck shell=bash
# Processes that we start and later stop. A pid alone is not an identity: after a reboot or a long time it may belong to
# a stranger. So a pid file holds pid, start time in clock ticks and the boot's id, and nothing is signalled unless all
# three still match.

# proc_identity PID: "PID TICKS BOOT", or failure when there is no such process (or only its zombie).
proc_identity() {
  local pid=$1 stat boot fields
  stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
  read -ra fields <<<"${stat##*) }" # the command's name may hold blanks and brackets
  [[ ${fields[0]} != Z ]] || return 1
  read -r boot </proc/sys/kernel/random/boot_id
  printf '%s %s %s\n' "$pid" "${fields[19]}" "$boot"
}

# proc_pid PIDFILE: the pid when the process of the file still runs.
proc_pid() {
  local recorded pid
  [[ -r $1 ]] || return 1
  recorded=$(cat "$1")
  pid=${recorded%% *}
  [[ -n $pid && $(proc_identity "$pid") == "$recorded" ]] || return 1
  printf '%s\n' "$pid"
}

proc_alive() { proc_pid "$1" >/dev/null; }

# proc_start PIDFILE LOG COMMAND…: detached, in a session of its own, log appended.
proc_start() {
  local pidfile=$1 log=$2
  shift 2
  rm -f "$pidfile"
  # The child writes its own identity before it becomes the command: no moment without a pid file.
  # Descriptor 9 is the lock of the calling script and must not live on in the daemon.
  # shellcheck disable=SC2016
  setsid bash -c '
    source "$1/say.sh"; source "$1/proc.sh"; pidfile=$2; shift 2
    proc_identity "$$" >"$pidfile.new" && mv "$pidfile.new" "$pidfile" && exec "$@"
  ' proc_start "$LIB" "$pidfile" "$@" </dev/null >>"$log" 2>&1 9>&- &
  disown
  for _ in {1..200}; do
    [[ -s $pidfile ]] && return 0
    sleep 0.01
  done
  die "could not start $1; see $log"
}

# proc_stop PIDFILE SECONDS: TERM, then KILL for the whole session when it is still there after SECONDS.
proc_stop() {
  local pid deadline
  if pid=$(proc_pid "$1"); then
    kill -TERM "$pid" 2>/dev/null || true
    deadline=$(($(now_ms) + $2 * 1000))
    while proc_alive "$1"; do
      if (($(now_ms) > deadline)); then
        warn "${1##*/}: still running $2 s after SIGTERM, killed"
        proc_kill "$1"
        break
      fi
      sleep 0.05
    done
  fi
  rm -f "$1"
}

# proc_kill PIDFILE: kill -9, the process and its group (proc_start made it the leader of its own).
proc_kill() {
  local pid
  pid=$(proc_pid "$1") || return 0
  kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
  for _ in {1..200}; do
    proc_alive "$1" || return 0
    sleep 0.02
  done
  die "process $pid does not end"
}

# wait_port PORT SECONDS NAME: until somebody listens there, or what is supervised as NAME has died, or the time is over.
wait_port() {
  local deadline=$(($(now_ms) + $2 * 1000))
  while ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    if failed_to_stay "$3" || (($(now_ms) > deadline)); then return 1; fi
    sleep 0.05
  done
}
