# shellcheck shell=bash
# What the operator sees: every step with the time it took, errors with what to do.

# Milliseconds since the epoch; EPOCHREALTIME is bash's own, so no process is started. The decimal sign depends on
# the locale, therefore any non-digit goes.
now_ms() {
  local t=${EPOCHREALTIME//[^0-9]/}
  printf '%s\n' "$((t / 1000))"
}

# 850 -> "850 ms", 12345 -> "12.3 s"
human_ms() {
  if (($1 < 1000)); then
    printf '%d ms\n' "$1"
  else
    printf '%d.%d s\n' "$(($1 / 1000))" "$(($1 % 1000 / 100))"
  fi
}

say() { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  warn "$*"
  exit 1
}

# step TEXT COMMAND…: runs it and says TEXT with the time, and with what the command put into `note`, e.g. "kept".
# It runs in this shell, without a condition around it, so that `set -e` still stops at its first failure. On a terminal
# the text stands there while one waits.
STEP_NOTE="" CURRENT_STEP=""
note() { STEP_NOTE=$1; }
# shellcheck disable=SC2034 # CURRENT_STEP is read by the callers' exit traps
step() {
  local text=$1 began
  shift
  note ""
  CURRENT_STEP=$text
  began=$(now_ms)
  if [[ -t 1 ]]; then printf '  %s …\r' "$text"; fi
  "$@"
  CURRENT_STEP=""
  printf '  %-44s %9s%s\n' "$text" "$(human_ms $(($(now_ms) - began)))" "${STEP_NOTE:+  $STEP_NOTE}"
}
