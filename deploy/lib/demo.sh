# shellcheck shell=bash
# Demo accounts: seven made-up people, shown on the login page. Only where somebody asked for a demo. And what `up` says at its
# end about people: that this is a demo, or how the first accounts are made.

# demo_accounts: makes them or keeps them, with made-up telephones and rosters, in $RUN/keys/demo.json (0600).
demo_accounts() {
  operator "$(binaries)/intake-api" people demo --out "$RUN/keys/demo.json" >>"$RUN/log/migrate.log" 2>&1 ||
    die "the demo accounts were refused: $(tail -n 5 "$RUN/log/migrate.log")"
  operator "$(binaries)/intake-api" people demo-duty >>"$RUN/log/migrate.log" 2>&1 ||
    die "the demo's rosters were refused: $(tail -n 5 "$RUN/log/migrate.log")"
}

# demo_none [URL]: nothing is shown, and accounts that an earlier demo made can't log in any more. URL: of another database.
demo_none() {
  local said
  rm -f "$RUN/keys/demo.json"
  said=$(OPERATOR_URL=${1:-} operator "$(binaries)/intake-api" people no-demo 2>>"$RUN/log/migrate.log") ||
    die "the demo accounts could not be disabled: $(tail -n 5 "$RUN/log/migrate.log")"
  if [[ $said != *": 0" ]]; then note "$said"; fi
}

# demo_pairs: DEMO_{OFFICE,OFFICE2,LEADER,MEMBER,LEADING,OVERSIGHT,ADMIN}_{USER,PASSWORD}=… , one a line. Login names and passwords are letters,
# digits and hyphens, so the file can be read without a JSON tool.
demo_pairs() {
  [[ -s $RUN/keys/demo.json ]] || return 0
  tr '{' '\n' <"$RUN/keys/demo.json" | sed -n 's/.*"login":"\([a-z0-9-]*\)".*"password":"\([a-z0-9]*\)".*"who":"\([a-z0-9]*\)".*/\3 \1 \2/p' |
    while read -r who user password; do
      printf 'DEMO_%s_USER=%s\nDEMO_%s_PASSWORD=%s\n' "${who^^}" "$user" "${who^^}" "$password"
    done
}

# pack_said: what the pack leaves to do, such as units whose contacts are examples.
pack_said() {
  local line
  while read -r line; do say "  $line"; done < <(grep -E 'examples|mailbox|open tickets|had a role' "$RUN/log/pack.log" || true)
}

# demo_gateways: what a demo's telephones would show is a file each in $RUN/sms; nobody is called.
demo_gateways() {
  local channel
  private_dir sms
  private_dir config
  for channel in sms voice; do
    printf '[[gateway]]\nname = "demo-%s"\nchannel = "%s"\nkind = { is = "file", dir = "%s" }\n\n' "$channel" "$channel" "$RUN/sms"
  done >"$RUN/config/gateways.toml"
}

demo_said() {
  say "  THIS IS A DEMO with made-up data: whoever opens the officers' page reads its passwords. Never take real reports with it;"
  say "  deploy/up without --demo disables its accounts. Messages and calls to its made-up telephones are files in $RUN/sms."
}

# first_people_said: the command works as it is printed, from any folder; names and logins are meant to be replaced.
first_people_said() {
  say ""
  say "  There is no administrator or nobody in the office yet. This makes who is missing, and prints their"
  say "  invitations once, which set their passwords (put their own logins and names in):"
  printf '  (. %q && %q people first --admin-login admin1 --admin-name 账号管理员 --office-login office1 --office-name 未保办值班员)\n' \
    "$RUN/env" "$(binaries)/intake-api"
}
