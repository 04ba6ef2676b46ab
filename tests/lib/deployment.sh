# shellcheck shell=bash
# deploy/up and deploy/down as an operator meets them. Leaves the system of $OUT/system up for the browser tests.

# ok TEXT COMMAND…: one test of the deployment.
ok() {
  local text=$1
  shift
  if "$@" >>"$OUT/deployment.detail.log" 2>&1; then
    printf 'ok %s\n' "$text" >>"$OUT/results/deployment.log"
    say "      ✔ $text"
  else
    printf 'not ok %s\n' "$text" >>"$OUT/results/deployment.log"
    say "      ✖ $text"
    tail -n 40 "$OUT/deployment.detail.log" >&2
    return 1
  fi
}

system() { SHOUWANG_RUN_DIR=$OUT/system "$ROOT/deploy/$1" "${@:2}"; }
ready() { # all three say so
  local url
  # shellcheck disable=SC1091
  source "$OUT/system/env"
  for url in $READY_URLS; do curl -fsS -m 5 "$url" || return 1; done
}
nobody_left() { ! pgrep -f "$OUT/system" && ! curl -fsS -m 2 "$1"; }
warm_up_is_quick() {
  local began
  began=$(now_ms)
  system up || return 1
  (($(now_ms) - began < 15000))
}
env_is_private_and_complete() {
  [[ $(stat -c %a "$OUT/system/env") == 600 && $(stat -c %a "$OUT/system/keys/master.key") == 600 ]] || return 1
  # shellcheck disable=SC1091
  (source "$OUT/system/env" && for name in PUBLIC_URL INTERNAL_URL MAIL_URL DATABASE_URL AMQP_URL; do [[ -n ${!name} ]] || exit 1; done)
}
mails_are_kept() { compgen -G "$OUT/system/mail/*.eml"; }
sourced_up_keeps_servers() { # what `up` wrote must not look like servers that somebody gave
  local before
  before=$(cat "$OUT/system/env")
  # shellcheck disable=SC1091
  (set -a && source "$OUT/system/env" && set +a && system up --no-drill) || return 1
  [[ $(cat "$OUT/system/env") == "$before" ]] && ! compgen -G "$OUT/system/state/given-*"
}
service_killed_comes_back() {
  kill -KILL "$(proc_pid "$OUT/system/state/router.pid")"
  system up --no-drill && ready
}

test_deployment() {
  local url
  ok "up files a drill on an empty machine" system up
  ok "all three services are ready" ready
  ok "the environment is complete and 0600" env_is_private_and_complete
  ok "the drill's mails are kept as files" mails_are_kept
  ok "a warm second up takes less than 15 s" warm_up_is_quick
  ok "up with its own environment sourced keeps its servers" sourced_up_keeps_servers
  ok "up brings a killed service back" service_killed_comes_back
  url=$(head -n 1 "$OUT/system/env" | sed "s/.*='\(.*\)'/\1/")
  ok "down stops all" system down
  ok "nothing is left running" nobody_left "$url"
  ok "down again is harmless" system down
  ok "up again finds its data and the same URLs" system up
  ok "the URL is the same" grep -qF "$url" "$OUT/system/env"
}
