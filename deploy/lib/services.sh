# shellcheck shell=bash
# The three services: intake-api, router, notifier. One that already runs with the same binary, configuration and county
# pack is kept, else it is restarted; so `up` is both safe to repeat and the way to upgrade.

SERVICES=(intake-api router notifier)

# Settings that the caller's environment may add; everything else of it stays outside the services.
PASSED_ON=(
  SHOUWANG_LOG SHOUWANG_LOG_FORMAT SHOUWANG_RATE_PER_MINUTE SHOUWANG_BODY_LIMIT_BYTES SHOUWANG_REQUEST_TIMEOUT_S
  SHOUWANG_TRUST_FORWARDED SHOUWANG_COUNTY SHOUWANG_MAIL_FROM SHOUWANG_MAIL_CONCURRENCY SHOUWANG_DB_CONNECTIONS
  SHOUWANG_BROKER_PREFIX SHOUWANG_CIPHER SHOUWANG_WRITERS SHOUWANG_BATCH SHOUWANG_GROUP_ABOVE
  SHOUWANG_DB_ALLOW_PLAIN SHOUWANG_BROKER_ALLOW_PLAIN SHOUWANG_MAIL_ALLOW_PLAIN_LOGIN SSL_CERT_FILE
  SHOUWANG_PUBLIC_CONNECTIONS SHOUWANG_INTERNAL_CONNECTIONS SHOUWANG_CONNECTIONS_PER_ADDRESS
)

# service_claim_ports: before any configuration is written, since it holds the ports of all.
service_claim_ports() {
  local service
  for service in "${SERVICES[@]}"; do
    if proc_alive "$RUN/state/$service.pid"; then continue; fi
    port_claim "private-$service" >/dev/null
    if [[ $service == intake-api ]]; then
      port_claim public >/dev/null
      port_claim internal >/dev/null
    fi
  done
}

# service_config NAME: writes $RUN/config/NAME.env, read into the service's environment: no secret stands on a command line.
service_config() {
  local name pairs=(
    "SHOUWANG_PRIVATE_ADDR=127.0.0.1:$(port_of "private-$1")"
    "SHOUWANG_DB_LOGINS=$RUN/logins"
    "SHOUWANG_MASTER_KEY_FILE=$RUN/keys/master.key"
    "PUBLIC_URL=$(public_url)"
    "INTERNAL_URL=$(internal_url)"
  )
  case $1 in
  intake-api)
    pairs+=(
      "SHOUWANG_PUBLIC_ADDR=127.0.0.1:$(port_of public)"
      "SHOUWANG_INTERNAL_ADDR=127.0.0.1:$(port_of internal)"
      "SHOUWANG_DRILL_SECRET_FILE=$RUN/keys/drill.secret"
      "SHOUWANG_TOKEN_KEY_FILE=$RUN/keys/token.key"
      "AMQP_URL=$(amqp_url)"
    )
    if [[ -s $RUN/keys/demo.json ]]; then pairs+=("SHOUWANG_DEMO_FILE=$RUN/keys/demo.json"); fi
    ;;
  router) pairs+=("AMQP_URL=$(amqp_url)") ;;
  notifier)
    # A drill must never reach a real mailbox: it is mailed only into our own catcher.
    local drill_mail=true
    if given SMTP_URL >/dev/null; then drill_mail=false; fi
    pairs+=("SMTP_URL=$(smtp_url)" "SHOUWANG_DRILL_MAIL=$drill_mail")
    ;;
  esac
  for name in "${PASSED_ON[@]}"; do
    if [[ -n ${!name:-} ]]; then pairs+=("$name=${!name}"); fi
  done
  private_dir config
  write_env "$RUN/config/$1.env" "${pairs[@]}"
}

# What a running service was started from.
service_fingerprint() {
  {
    cat "$(binaries)/$1" "$RUN/config/$1.env" "$RUN"/keys/*
    find "$ROOT/counties" -type f -print0 | sort -z | xargs -0 cat
  } | sha256sum
}

# with_env FILE COMMAND…: with nothing but FILE and a minimal environment.
with_env() {
  local file=$1 name
  shift
  (
    for name in $(compgen -e); do
      case $name in PATH | HOME | LANG | SSL_CERT_FILE | SSL_CERT_DIR) ;; *) unset "$name" ;; esac
    done
    set -a
    # shellcheck disable=SC1090
    source "$file"
    set +a
    "$@"
  )
}

service_start() {
  local service=$1 pidfile=$RUN/state/$1.pid fingerprint
  service_config "$service"
  fingerprint=$(service_fingerprint "$service")
  if proc_alive "$pidfile"; then
    if [[ $fingerprint == "$(cat "$RUN/state/$service.fingerprint" 2>/dev/null)" ]]; then
      note "kept"
      return 0
    fi
    note "restarted: binary or configuration changed"
    proc_stop "$pidfile" 40
  fi
  with_env "$RUN/config/$service.env" proc_start "$pidfile" "$RUN/log/$service.log" \
    env --chdir="$ROOT" "$(binaries)/$service" serve
  printf '%s\n' "$fingerprint" >"$RUN/state/$service.fingerprint"
}

ready_url() { printf 'http://127.0.0.1:%s/ready\n' "$(port_of "private-$1")"; }

services_ready() {
  local service deadline answer
  deadline=$(($(now_ms) + 60000))
  for service in "${SERVICES[@]}"; do
    until curl -fsS -m 2 -o /dev/null "$(ready_url "$service")" 2>/dev/null; do
      proc_alive "$RUN/state/$service.pid" ||
        die "$service ended; its last words: $(tail -n 3 "$RUN/log/$service.log")"
      if (($(now_ms) > deadline)); then
        answer=$(curl -sS -m 2 "$(ready_url "$service")" 2>&1 || true)
        die "$service is not ready after 60 s: $answer; see $RUN/log/$service.log"
      fi
      sleep 0.05
    done
  done
}

service_stop() {
  proc_alive "$RUN/state/$1.pid" || note "was not running"
  proc_stop "$RUN/state/$1.pid" 40
}

# operator COMMAND…: a command of the operator with the owner's database login in its environment.
operator() {
  private_dir config
  write_env "$RUN/config/operator.env" "DATABASE_URL=$(database_url)" "SHOUWANG_LOG=warn" \
    "SHOUWANG_MASTER_KEY_FILE=$RUN/keys/master.key"
  (cd "$ROOT" && with_env "$RUN/config/operator.env" "$@")
}
