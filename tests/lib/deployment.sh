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
ready() ( # all three say so
  local url
  # shellcheck disable=SC1091
  source "$OUT/system/env"
  for url in $READY_URLS; do curl -fsS -m 5 "$url" || return 1; done
)
nobody_left() { ! pgrep -f "$OUT/system" && ! curl -fsS -m 2 "$1"; }
# Nothing is compiled or made anew. How long that took `up` says itself; it is not judged, because other tests share the machine.
warm_up_keeps() {
  local kept
  system up --demo | tee "$OUT/warm.log" || return 1
  for kept in build PostgreSQL RabbitMQ keys; do grep -qE "^  $kept .*  kept" "$OUT/warm.log" || return 1; done
}
env_is_private_and_complete() {
  [[ $(stat -c %a "$OUT/system/env") == 600 && $(stat -c %a "$OUT/system/keys/master.key") == 600 &&
    $(stat -c %a "$OUT/system/keys/contact.key") == 600 ]] || return 1
  # shellcheck disable=SC1091
  (source "$OUT/system/env" && for name in PUBLIC_URL INTERNAL_URL MAIL_URL DATABASE_URL AMQP_URL \
    DEMO_{OFFICE,OFFICE2,LEADER,MEMBER,LEADING,OVERSIGHT,ADMIN}_{USER,PASSWORD}; do [[ -n ${!name} ]] || exit 1; done)
}
log_in() { # log_in RUN-FOLDER LOGIN PASSWORD: the answer of the internal API
  # shellcheck disable=SC1091
  (source "$1/env" && curl -sS -o /dev/null -w '%{http_code}' --json "{\"login\": \"$2\", \"password\": \"$3\"}" "$INTERNAL_URL/api/v1/session")
}
up_says_demo() { system up --demo --no-drill | tee "$OUT/demo.log" && grep -q 'THIS IS A DEMO' "$OUT/demo.log" && ! grep -q 'people first' "$OUT/demo.log"; }
up_says_examples() { grep -qE 'contacts of [0-9]+ units are examples' "$OUT/demo.log"; }
# no_demo_left OPTION…: what an earlier demo made is disabled, not shown and not in the environment.
no_demo_left() {
  local user password
  # shellcheck disable=SC1091
  read -r user password < <(source "$OUT/system/env" && printf '%s %s\n' "$DEMO_ADMIN_USER" "$DEMO_ADMIN_PASSWORD")
  [[ $(log_in "$OUT/system" "$user" "$password") == 201 ]] || return 1
  system up --no-drill "$@" | tee "$OUT/no-demo.log" || return 1
  [[ $(log_in "$OUT/system" "$user" "$password") == 401 ]] && ! grep -q DEMO_ "$OUT/system/env" &&
    [[ ! -e $OUT/system/keys/demo.json ]] && ! grep -q 'THIS IS A DEMO' "$OUT/no-demo.log" || return 1
  # shellcheck disable=SC1091
  (source "$OUT/system/env" && ! curl -fsS "$INTERNAL_URL/login" | grep -q demo-)
}
mails_are_kept() { compgen -G "$OUT/system/mail/*.eml"; }
sourced_up_keeps_servers() { # what `up` wrote must not look like servers that somebody gave
  local before
  before=$(cat "$OUT/system/env")
  # shellcheck disable=SC1091
  (set -a && source "$OUT/system/env" && set +a && system up --demo --no-drill) || return 1
  [[ $(cat "$OUT/system/env") == "$before" ]] && ! compgen -G "$OUT/system/state/given-*"
}
pid_of() { cut -d' ' -f1 "$OUT/system/state/$1.pid" 2>/dev/null; }
# within SECONDS COMMAND…: until it succeeds.
within() {
  local end=$(($(now_ms) + $1 * 1000))
  shift
  until "$@" >/dev/null 2>&1; do
    (($(now_ms) < end)) || return 1
    sleep 0.1
  done
}
lives_anew() { [[ $(pid_of "$1") != "$2" ]] && kill -0 "$(pid_of "$1")"; }
pids_are_their_own() { # not the supervisor's
  local pair
  for pair in intake-api:intake-api router:router notifier:notifier postgres:postgres rabbitmq:beam.smp mailcatcher:node epmd:epmd; do
    [[ $(basename "$(readlink "/proc/$(pid_of "${pair%%:*}")/exe")") == "${pair#*:}" ]] || return 1
  done
}
killed_ones_come_back() { # each with kill -9, without `up`
  local name pid
  for name in intake-api router notifier postgres rabbitmq mailcatcher epmd; do
    pid=$(pid_of "$name")
    kill -KILL "$pid"
    within 30 lives_anew "$name" "$pid" || return 1
  done
  within 90 ready && up_files_a_drill
}
up_files_a_drill() { system up --demo; }
who_dies_soon_waits_longer() { # the second death within 30 s: not at once
  local pid began
  for _ in 1 2; do
    pid=$(pid_of notifier)
    began=$(now_ms)
    kill -KILL "$pid"
    within 30 lives_anew notifier "$pid" || return 1
  done
  (($(now_ms) - began >= 1000)) && grep -q 'notifier ended after .* starting again in' "$OUT/system/log/notifier.log" && within 60 ready
}
router_ready_says() { curl -sS "$(sed -n "s/.*READY_URLS='[^ ]* \([^ ]*\) .*/\1/p" "$OUT/system/env")" | grep -q "$1"; }
stopped_stays_stopped() {
  "$ROOT/deploy/servers" stop-postgres "$OUT/system" && within 15 router_ready_says "PostgreSQL can't be reached" || return 1
  [[ ! -e $OUT/system/state/postgres.pid && ! -e $OUT/system/state/postgres.supervisor ]] || return 1
  "$ROOT/deploy/servers" start-postgres "$OUT/system" && within 60 ready
}
dead_service_needs_no_cargo() {
  system down || return 1
  env -u CARGO_HOME HOME=/nonexistent PATH=/usr/sbin:/usr/bin:/sbin:/bin SHOUWANG_RUN_DIR="$OUT/system" "$ROOT/deploy/up" --demo --no-drill && ready
}
logs_are_bounded() {
  local name
  for name in intake-api router notifier postgres rabbitmq mailcatcher epmd; do
    [[ $(cat "$OUT/system/log/$name/config") == $'s4000000\nn7' && -e $OUT/system/log/$name.log ]] || return 1
  done
  grep -q 'log.file.rotation.count' "$OUT/system/rabbitmq/rabbitmq.conf"
}
up_says_what_it_waits_for() { # cargo's lock is held for as long as it takes `up` to say so
  local upgrade
  rm -f "$(binaries)/.shouwang-stamp"
  exec 7>>"$(binaries)/.cargo-lock"
  flock 7
  system up --demo --no-drill >"$OUT/waits.log" 2>&1 7>&- &
  upgrade=$!
  within 25 grep -q 'waiting for another cargo' "$OUT/waits.log" || return 1
  exec 7>&-
  wait "$upgrade" && build_fits && ready
}

drill_needs_its_secret() ( # a wrong or missing secret never makes a drill, and never an ordinary report either
  local status
  # shellcheck disable=SC1091
  source "$OUT/system/env"
  status=$(curl -sS -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -H 'X-Shouwang-Drill: guessed' \
    --data-binary "@$ROOT/tests/samples/05-orphan-new.json" "$PUBLIC_URL/api/v1/reports") || return 1
  [[ $status == 4?? ]]
)
receipt_of_drill() { jq -r .receipt "$OUT/system/drill/answer.json"; }
report_is_there() { # report_is_there RECEIPT
  # shellcheck disable=SC1091
  (source "$OUT/system/env" && "$(binaries)/router" show "$1" --json) | jq -e '.tickets | length > 0'
}
demo_accounts_that_may_log_in() {
  "$ROOT/deploy/servers" psql "$OUT/system" -tA <<<"SELECT count(*) FROM accounts WHERE demo AND disabled_at IS NULL"
}
restored_database_holds() { # restored_database_holds RECEIPT: the dump was taken before, the report is in it and opens
  system restore "$OUT/dump" && [[ $(demo_accounts_that_may_log_in) == 0 && ! -e $OUT/system/keys/demo.json ]] || return 1
  system up --demo --no-drill && ready && report_is_there "$1"
}

# With servers of its own a county must get no drill, no mail and no private server.
given() { SHOUWANG_RUN_DIR=$OUT/given SHOUWANG_BROKER_PREFIX=given. "$ROOT/deploy/$1" "${@:2}"; }
mails_of_drill() { find "$OUT/system/mail" -name '*.eml' | wc -l; }
up_on_given_servers() {
  # The mail server is the catcher of the other deployment, where a wrongly sent drill would be seen.
  local database=${SHOUWANG_TEST_DATABASE_URL%/*}/given smtp mails
  smtp=smtp://127.0.0.1:$(sed -n 's/^smtp=//p' "$OUT/system/ports")
  mails=$(mails_of_drill)
  "$ROOT/deploy/servers" psql "$OUT/servers" -c "CREATE DATABASE given OWNER shouwang" || return 1
  DATABASE_URL=$database AMQP_URL=$SHOUWANG_TEST_AMQP_URL SMTP_URL=$smtp given up | tee "$OUT/given.log" || return 1
  # shellcheck disable=SC1091
  (source "$OUT/given/env" && [[ $DATABASE_URL == "$database" && -z $MAIL_URL ]]) || return 1
  grep -q '^No drill' "$OUT/given.log" && [[ ! -e $OUT/given/postgres && ! -e $OUT/given/rabbitmq && ! -e $OUT/given/mail ]] &&
    [[ $(mails_of_drill) == "$mails" ]]
}
# accepts_invitation WHO SAID: sets the password by the link that was printed for WHO.
OWN_PASSWORD=zhu-ying-shi-qiao-7
accepts_invitation() {
  local link
  link=$(sed -n "s/^$1: .*invitation \\([^ ]*\\).*/\\1/p" <<<"$2") && [[ -n $link ]] &&
    curl -sf -o /dev/null --data-urlencode "code=$link" --data-urlencode "new=$OWN_PASSWORD" --data-urlencode "again=$OWN_PASSWORD" \
      "${link%%/invitation/*}/invitation"
}
# The line that `up` prints is run as it stands, from another folder and without any environment.
first_people_by_the_printed_line() {
  local line said
  line=$(grep 'people first' "$OUT/given.log") && said=$(cd / && env -i PATH="$PATH" bash -c "$line") || return 1
  printf '%s\n' "$said"
  accepts_invitation admin "$said" && [[ $(log_in "$OUT/given" admin1 "$OWN_PASSWORD") == 201 ]] &&
    accepts_invitation office "$said" && [[ $(log_in "$OUT/given" office1 "$OWN_PASSWORD") == 201 ]] || return 1
  given up | tee "$OUT/given-again.log" || return 1
  ! grep -q 'people first' "$OUT/given-again.log" && ! grep -q DEMO_ "$OUT/given/env"
}
county_gets_no_demo() { # its database was not made for one
  ! given up --demo 2>&1 | tee "$OUT/no-demo-here.log" && grep -q 'was not made for a demo' "$OUT/no-demo-here.log"
}
# A county's dump over a demo: no account with a public password, whatever is asked for.
county_restored_over_a_demo() {
  local user password
  # shellcheck disable=SC1091
  read -r user password < <(source "$OUT/system/env" && printf '%s %s\n' "$DEMO_OFFICE_USER" "$DEMO_OFFICE_PASSWORD")
  [[ $(log_in "$OUT/system" "$user" "$password") == 201 ]] && given backup "$OUT/county-dump" && system restore "$OUT/county-dump" || return 1
  ! system up --demo --no-drill || return 1
  system up --no-drill && ready || return 1
  [[ $(log_in "$OUT/system" "$user" "$password") == 401 ]] && ! grep -q DEMO_ "$OUT/system/env"
}
# What the browser tests use: that deployment is no demo any more.
a_fresh_demo() { system down --wipe && system up --demo && ready; }
wipe_keeps_what_is_not_ours() {
  given down --wipe && [[ -s $OUT/given/keys/master.key && -s $OUT/given/keys/contact.key && ! -e $OUT/given/env ]] &&
    echo "SELECT count(*) FROM reports" | "$ROOT/deploy/servers" psql "$OUT/servers" -d given
}

test_deployment() {
  local url receipt
  ok "up --demo files a drill on an empty machine" system up --demo
  ok "all three services are ready" ready
  ok "the environment is complete and 0600" env_is_private_and_complete
  ok "the drill's mails are kept as files" mails_are_kept
  ok "a drill without the secret is refused" drill_needs_its_secret
  ok "up --demo says that it is a demo" up_says_demo
  ok "and how many units are examples" up_says_examples
  ok "up without --demo leaves nothing of a demo" no_demo_left
  ok "up --demo brings it back" up_says_demo
  ok "and --no-demo takes it away" no_demo_left --no-demo
  ok "a warm second up keeps what is there" warm_up_keeps
  ok "up with its own environment sourced keeps its servers" sourced_up_keeps_servers
  ok "pid files begin with the services' own pids" pids_are_their_own
  ok "what is killed comes back by itself" killed_ones_come_back
  ok "what dies soon again waits longer" who_dies_soon_waits_longer
  ok "what is stopped stays stopped" stopped_stays_stopped
  ok "logs are bounded" logs_are_bounded
  ok "up says that it waits for cargo, and stamps what was built" up_says_what_it_waits_for
  ok "what is built starts without cargo" dead_service_needs_no_cargo
  # shellcheck disable=SC1091
  url=$(source "$OUT/system/env" && printf '%s' "$PUBLIC_URL")
  receipt=$(receipt_of_drill)
  ok "backup writes a dump while it runs" system backup "$OUT/dump"
  ok "down stops all" system down
  ok "nothing is left running" nobody_left "$url"
  ok "down again is harmless" system down
  ok "up again finds its data" system up --demo
  ok "and keeps the URLs" grep -qF "'$url'" "$OUT/system/env"
  ok "the first drill is still there" report_is_there "$receipt"
  ok "restore brings the dump back" restored_database_holds "$receipt"
  ok "up uses given servers, files no drill, starts none" up_on_given_servers
  ok "the printed line makes the first two people" first_people_by_the_printed_line
  ok "--demo is refused for a county's database" county_gets_no_demo
  ok "a county's dump over a demo lets no demo account in" county_restored_over_a_demo
  ok "down --wipe leaves given servers and their key" wipe_keeps_what_is_not_ours
  ok "after down --wipe a demo may be made anew" a_fresh_demo
}
