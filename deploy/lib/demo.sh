# shellcheck shell=bash
# Demo accounts: four made-up people, shown on the login page. Only where the data is made up too.

# demo_accounts: makes them or keeps them, in $RUN/keys/demo.json (0600).
demo_accounts() {
  operator "$(binaries)/intake-api" people demo --out "$RUN/keys/demo.json" >>"$RUN/log/migrate.log" 2>&1 ||
    die "the demo accounts were refused: $(tail -n 5 "$RUN/log/migrate.log")"
}

# demo_pairs: DEMO_{OFFICE,LEADER,MEMBER,ADMIN}_{USER,PASSWORD}=… , one a line. Login names and passwords are letters,
# digits and hyphens, so the file can be read without a JSON tool.
demo_pairs() {
  [[ -s $RUN/keys/demo.json ]] || return 0
  tr '{' '\n' <"$RUN/keys/demo.json" | sed -n 's/.*"login":"\([a-z0-9-]*\)".*"password":"\([a-z0-9]*\)".*"who":"\([a-z]*\)".*/\3 \1 \2/p' |
    while read -r who user password; do
      printf 'DEMO_%s_USER=%s\nDEMO_%s_PASSWORD=%s\n' "${who^^}" "$user" "${who^^}" "$password"
    done
}
