# shellcheck shell=bash
# The drill (演练) at the end of `up`: one report takes the whole way, and what each part took is printed. A header with a
# secret marks it, so that nobody else can file one; its notices go only into our own mail catcher.

DRILL_SECONDS=30

# drill_file REPORT.json
drill_file() {
  local show receipt waited DRILL_BEGAN DRILL_STORED
  private_dir drill
  CURRENT_STEP="drill"
  drill_post "$1"
  receipt=$(jq -r .receipt "$RUN/drill/answer.json")
  say "Drill of ${1##*/} (marked as a drill)"
  say "  receipt $receipt, stored after $(human_ms $((DRILL_STORED - DRILL_BEGAN)))"
  show=$RUN/drill/show.json
  waited=$((DRILL_BEGAN + DRILL_SECONDS * 1000))
  until drill_routed "$receipt" "$show" && drill_notified "$show"; do
    (($(now_ms) < waited)) ||
      die "no tickets or mails within $DRILL_SECONDS s: target/release/router show $receipt; $RUN/log/router.log, notifier.log"
    sleep 0.1
  done
  drill_print_tickets "$show" "$DRILL_BEGAN"
  drill_print_mails "$show" "$DRILL_BEGAN"
  # shellcheck disable=SC2034 # read by the exit traps of the callers
  CURRENT_STEP=""
}

# drill_post FILE: sets DRILL_BEGAN and DRILL_STORED. The secret goes in through a file: `ps` shows command lines.
drill_post() {
  local status
  (umask 077 && printf 'Content-Type: application/json\nX-Shouwang-Drill: %s\n' "$(cat "$RUN/keys/drill.secret")" >"$RUN/drill/headers")
  DRILL_BEGAN=$(now_ms)
  status=$(curl -sS -m 20 -H "@$RUN/drill/headers" --data-binary "@$1" -o "$RUN/drill/answer.json" -w '%{http_code}' \
    "$(public_url)/api/v1/reports") || die "the drill could not be filed; see $RUN/log/intake-api.log"
  DRILL_STORED=$(now_ms)
  [[ $status == 201 ]] || die "the drill was answered with $status: $(head -c 500 "$RUN/drill/answer.json")"
}

drill_routed() {
  operator "$(binaries)/router" show "$1" --json >"$2" && jq -e '.drill and (.tickets | length > 0)' "$2" >/dev/null
}

# drill_notified SHOW: every notice is settled, and every mail that was sent lies in the catcher's folder.
drill_notified() {
  local id
  jq -e '[.tickets[].notices[]] | length > 0 and all(.state != "queued")' "$1" >/dev/null || return 1
  while read -r id; do
    [[ -n $(drill_mail "$id") ]] || return 1
  done < <(drill_sent "$1")
}

drill_sent() { jq -r '[.tickets[].notices[] | select(.state == "sent") | .id] | unique[]' "$1"; }

# drill_mail NOTICE: the file of its mail. A notice's id is in its mail's Message-ID.
drill_mail() { grep -lis "^Message-ID:.*$1" "$RUN"/mail/*.eml | head -n 1; }

# label TABLE CODE: the Chinese name of a unit, or label of an obligation, from the pack.
label() {
  local column=2
  if [[ $1 == units ]]; then column=3; fi
  awk -F, -v code="$2" -v column="$column" '$1 == code { print $column; exit }' "$ROOT/counties/${SHOUWANG_COUNTY:-taihe}/$1.csv"
}

drill_print_tickets() {
  local dispatched unit obligation lead sign resolve role
  dispatched=$(date -d "$(jq -r '[.tickets[].dispatched_at] | max' "$1")" +%s%3N)
  say "  $(jq -r '.urgency' "$1"), $(jq '.tickets | length' "$1") tickets after $(human_ms $((dispatched - $2)))"
  while IFS=$'\t' read -r lead obligation unit sign resolve; do
    role=协办
    if [[ $lead == true ]]; then role=主办; fi
    say "    $role $(label obligations "$obligation") · $(label units "$unit")    签收 ≤ $sign, 办结 ≤ $resolve"
  done < <(jq -r 'def due($s): ([.stages[] | select(.stage == $s) | .due // "—"] | first // "—") | sub("T"; " ") | .[0:16];
    .tickets[] | [.lead, .obligation, .unit, due("sign"), due("resolve")] | @tsv' "$1")
}

drill_print_mails() {
  local id times=()
  while read -r id; do
    times+=("$(($(date -r "$(drill_mail "$id")" +%s%3N) - $2))")
  done < <(drill_sent "$1")
  if ((${#times[@]} == 0)); then die "no mail of the drill was sent; see $RUN/log/notifier.log"; fi
  mapfile -t times < <(printf '%s\n' "${times[@]}" | sort -n)
  say "  ${#times[@]} mails arrived, the first after $(human_ms "${times[0]}"), the last after $(human_ms "${times[-1]}")"
}
