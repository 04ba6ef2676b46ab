# shellcheck shell=bash
# Whatever we start is kept alive by runit's runsv, one for each: it starts again what dies (decision 44). Beside it svlogd keeps
# the last words in $RUN/log/NAME/ within a bound; $RUN/log/NAME.log leads to the newest file. Both end with what they look after.

# Of each one's log: eight files of four megabytes.
LOG_BYTES=4000000 LOG_FILES=8
# A life longer than this is no failure to start: the next one begins at once. After shorter ones pauses grow to the longest.
LONG_LIFE_S=30 LONGEST_PAUSE_S=30

require_supervisor() {
  command -v runsv >/dev/null || die "runit is not installed: apt-get install runit"
}

# supervise NAME FUNCTION ARGUMENT…: FUNCTION, of this library, ends with `become`. Returns when the process is there.
supervise() {
  local name=$1 dir=$RUN/supervised/$1 log=$RUN/log/$1
  require_supervisor
  private_dir supervised
  mkdir -p "$dir/log" "$log"
  printf 's%d\nn%d\n' "$LOG_BYTES" "$((LOG_FILES - 1))" >"$log/config"
  ln -sfn "$name/current" "$RUN/log/$name.log"
  script "$dir/log/run" "exec svlogd $(printf '%q' "$log")"
  script "$dir/run" "exec 2>&1" "LIB=$(printf '%q' "$LIB") RUN=$(printf '%q' "$RUN")" \
    "source \"\$LIB/load.sh\"" "supervised $(printf '%q ' "$@")"
  rm -f "$RUN/state/$name.pid" "$dir/lives"
  proc_start "$RUN/state/$name.supervisor" /dev/null env -i PATH="$PATH" HOME="$HOME" LANG=C.UTF-8 runsv "$dir"
  for _ in {1..200}; do
    [[ -s $RUN/state/$name.pid ]] && return 0
    sleep 0.02
  done
  die "$name could not be started; see $RUN/log/$name.log"
}

script() { # script FILE LINE…
  local file=$1
  shift
  printf '%s\n' '#!/bin/bash' 'set -euo pipefail' "$@" >"$file"
  chmod 700 "$file"
}

is_supervised() { proc_alive "$RUN/state/$1.supervisor" && proc_alive "$RUN/state/$1.pid"; }

# supervised NAME FUNCTION ARGUMENT…: one life, begun by runsv. The pid file holds this process, which becomes the service.
supervised() {
  local name=$1 short=0 began=0 now pause=0 lives=$RUN/supervised/$1/lives
  shift
  now=$(($(now_ms) / 1000))
  if [[ -s $lives ]]; then
    read -r short began <"$lives"
    if ((now - began > LONG_LIFE_S)); then short=0; else short=$((short + 1)); fi
    if ((short > 0)); then pause=$((short > 5 ? LONGEST_PAUSE_S : 1 << (short - 1))); fi
    printf '%s ended after %d s; starting again in %d s\n' "$name" "$((now - began))" "$pause"
  fi
  printf '%d %d\n' "$short" "$((now + pause))" >"$lives"
  if ((pause > 0)); then
    # Not `sleep`: that would be a child which outlives us when we are told to stop.
    [[ -p $lives.wait ]] || mkfifo -m 600 "$lives.wait"
    read -rt "$pause" _ <>"$lives.wait" || true
  fi
  proc_identity "$$" >"$RUN/state/$name.pid.new"
  mv "$RUN/state/$name.pid.new" "$RUN/state/$name.pid"
  "$@"
}

# become COMMAND…: turns this process into the command, in a session of its own. Writing to the log never waits: a PostgreSQL
# whose log reader waits for disk space would else stand still, instead of refusing what it can't store.
become() {
  # shellcheck disable=SC2016
  exec perl -MFcntl -e '
    fcntl(STDERR, F_SETFL, fcntl(STDERR, F_GETFL, 0) | O_NONBLOCK) or die "fcntl: $!\n";
    exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
  ' setsid "$@"
}

# failed_to_stay NAME: has it ended again and again since it was started?
failed_to_stay() {
  local short=0 _
  if [[ -s $RUN/supervised/$1/lives ]]; then read -r short _ <"$RUN/supervised/$1/lives"; fi
  ((short > 2)) || ! proc_alive "$RUN/state/$1.supervisor"
}

# unsupervise NAME SECONDS: ends it in its own way, then its supervisor and its log. What is still there after SECONDS is killed.
unsupervise() {
  local name=$1 supervisor=$RUN/state/$1.supervisor service=$RUN/state/$1.pid deadline gone=""
  deadline=$(($(now_ms) + $2 * 1000))
  if proc_alive "$supervisor"; then
    sv exit "$RUN/supervised/$name" >/dev/null 2>&1 || true
    while proc_alive "$supervisor"; do
      # A log that waits for disk space doesn't hold up the end of a service that is gone.
      if [[ -z $gone ]] && ! proc_alive "$service"; then
        gone=yes
        deadline=$(($(now_ms) + 3000))
      fi
      if (($(now_ms) > deadline)); then
        if [[ -z $gone ]]; then warn "$name: still running after $2 s, killed"; fi
        proc_kill "$supervisor" # and the log, which is of its group
        proc_kill "$service"
        break
      fi
      sleep 0.05
    done
  fi
  proc_stop "$service" "$2" # one whose supervisor was gone
  rm -f "$supervisor"
}

# kill_supervised NAME: kill -9, as a crash, and nothing starts it again.
kill_supervised() {
  if proc_alive "$RUN/state/$1.supervisor"; then sv once "$RUN/supervised/$1" >/dev/null 2>&1 || true; fi
  proc_kill "$RUN/state/$1.pid"
  unsupervise "$1" 5
}
