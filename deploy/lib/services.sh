# shellcheck shell=bash
# The three services: intake-api, router, notifier. One that already runs with the same binary, configuration and county
# pack is kept, else it is restarted; so `up` is both safe to repeat and the way to upgrade.

# Settings that the caller's environment may add; everything else of it stays outside the services.
PASSED_ON=(
  SHOUWANG_LOG SHOUWANG_LOG_FORMAT SHOUWANG_RATE_PER_MINUTE SHOUWANG_BODY_LIMIT_BYTES SHOUWANG_REQUEST_TIMEOUT_S
  SHOUWANG_TRUST_FORWARDED SHOUWANG_COUNTY SHOUWANG_MAIL_FROM SHOUWANG_MAIL_CONCURRENCY SHOUWANG_DB_CONNECTIONS
  SHOUWANG_BROKER_PREFIX SHOUWANG_CIPHER SHOUWANG_WRITERS SHOUWANG_BATCH SHOUWANG_GROUP_ABOVE
  SHOUWANG_DB_ALLOW_PLAIN SHOUWANG_BROKER_ALLOW_PLAIN SHOUWANG_MAIL_ALLOW_PLAIN_LOGIN SSL_CERT_FILE SSL_CERT_DIR
  SHOUWANG_PUBLIC_CONNECTIONS SHOUWANG_INTERNAL_CONNECTIONS SHOUWANG_CONNECTIONS_PER_ADDRESS
  SHOUWANG_GATEWAYS SHOUWANG_GATEWAY_LISTEN SHOUWANG_WEBHOOK_NETWORKS
  SHOUWANG_WATCH_NAME SHOUWANG_WATCH_OFFICE SHOUWANG_WATCH_IT SHOUWANG_WATCH_LATE_S SHOUWANG_WATCH_AGAIN_S
)

# service_claim_ports: before any configuration is written, since it holds the ports of all.
service_claim_ports() {
  local service
  for service in "${SERVICES[@]}"; do
    if is_supervised "$service"; then continue; fi
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
      "SHOUWANG_MASTER_KEY_FILE=$RUN/keys/master.key"
      "SHOUWANG_CONTACT_KEY_FILE=$RUN/keys/contact.key"
      "SHOUWANG_FOLDER_DIR=${SHOUWANG_FOLDER_DIR:-$RUN/folders}"
      "SHOUWANG_FOLDER_KEY_FILE=$RUN/keys/folder.key"
      "AMQP_URL=$(amqp_url)"
    )
    if [[ -s $RUN/keys/demo.json ]]; then pairs+=("SHOUWANG_DEMO_FILE=$RUN/keys/demo.json"); fi
    if [[ -z ${SHOUWANG_FOLDER_DIR:-} ]]; then private_dir folders; fi
    ;;
  router) pairs+=("AMQP_URL=$(amqp_url)") ;;
  notifier)
    # A drill must never reach a real mailbox: it is mailed only into our own catcher.
    local drill_mail=true
    if given SMTP_URL >/dev/null; then drill_mail=false; fi
    pairs+=("SMTP_URL=$(smtp_url)" "SHOUWANG_DRILL_MAIL=$drill_mail"
      "SHOUWANG_CONTACT_KEY_FILE=$RUN/keys/contact.key")
    if [[ -s $RUN/keys/demo.json && -z ${SHOUWANG_GATEWAYS:-} ]]; then
      demo_gateways
      pairs+=("SHOUWANG_GATEWAYS=$RUN/config/gateways.toml" "SHOUWANG_GATEWAYS_ALLOW_FILES=true")
    fi
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

# service_run NAME BINARY: what is supervised. Its environment is its configuration, read anew at each start, and nothing else.
service_run() {
  local name binary=$2 config=$RUN/config/$1.env
  for name in $(compgen -e); do
    case $name in PATH | HOME | LANG) ;; *) unset "$name" ;; esac
  done
  set -a
  # shellcheck disable=SC1090
  source "$config"
  set +a
  # A connection is a descriptor; the usual 1024 are few for a door that strangers knock at.
  ulimit -Sn 65536 2>/dev/null || ulimit -Sn "$(ulimit -Hn)"
  cd "$ROOT" || exit
  become "$binary" serve
}

service_start() {
  local service=$1 fingerprint
  service_config "$service"
  fingerprint=$(service_fingerprint "$service")
  if is_supervised "$service"; then
    if [[ $fingerprint == "$(cat "$RUN/state/$service.fingerprint" 2>/dev/null)" ]]; then
      note "kept"
      return 0
    fi
    note "restarted: binary or configuration changed"
  fi
  unsupervise "$service" 40
  supervise "$service" service_run "$service" "$(binaries)/$service"
  printf '%s\n' "$fingerprint" >"$RUN/state/$service.fingerprint"
}

ready_url() { printf 'http://127.0.0.1:%s/ready\n' "$(port_of "private-$1")"; }

services_ready() {
  local service deadline answer said
  deadline=$(($(now_ms) + 60000))
  said=$(($(now_ms) + 3000))
  for service in "${SERVICES[@]}"; do
    until answer=$(curl -sS -m 2 --fail-with-body "$(ready_url "$service")" 2>&1); do
      if failed_to_stay "$service"; then
        die "$service ended; its last words: $(grep -v '; starting again in ' "$RUN/log/$service.log" | tail -n 3)"
      fi
      if (($(now_ms) > deadline)); then
        die "$service is not ready after 60 s: $answer; see $RUN/log/$service.log"
      fi
      if (($(now_ms) > said)); then
        say "  waiting for $service: ${answer//$'\n'/; }"
        said=$(($(now_ms) + 5000))
      fi
      sleep 0.05
    done
  done
}

service_stop() {
  is_supervised "$1" || note "was not running"
  unsupervise "$1" 40
}

# operator COMMAND…: a command of the operator with the owner's database login in its environment; OPERATOR_URL names another
# database than the deployment's.
operator() {
  private_dir config
  write_env "$RUN/config/operator.env" "DATABASE_URL=${OPERATOR_URL:-$(database_url)}" "SHOUWANG_LOG=warn" \
    "SHOUWANG_MASTER_KEY_FILE=$RUN/keys/master.key" "SHOUWANG_CONTACT_KEY_FILE=$RUN/keys/contact.key"
  (cd "$ROOT" && with_env "$RUN/config/operator.env" "$@")
}
