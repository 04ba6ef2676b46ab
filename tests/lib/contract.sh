# shellcheck shell=bash
# schemathesis against both OpenAPI documents of a deployment of its own: what is documented is what happens, and the other way
# round. In `tests/run` the same requests each time, bounded by number: all that its coverage phase makes of the public document and
# of the internal one with the eyes of the office, and a few for each of the other roles. SHOUWANG_CONTRACT_SECONDS=600 tests/run
# contract searches at random for so long instead, SHOUWANG_CONTRACT_SEED=2 elsewhere.

# contract_venv: the tool, pinned in tests/schemathesis.txt, in target/schemathesis.
contract_venv() {
  local venv=$ROOT/target/schemathesis
  SCHEMATHESIS=$venv/bin/schemathesis
  if cmp -s "$ROOT/tests/schemathesis.txt" "$venv/pinned.txt"; then return 0; fi
  rm -rf "$venv"
  python3 -m venv "$venv"
  quietly schemathesis "$venv/bin/pip" install --disable-pip-version-check --no-deps -r "$ROOT/tests/schemathesis.txt"
  cp "$ROOT/tests/schemathesis.txt" "$venv/pinned.txt"
}

# contract NAME URL SHARE OPTION…: fails on the first kind of mismatch that is found. SHARE is the percentage of the seconds; the
# options say how much is tried where no seconds are given.
contract() {
  local name=$1 url=$2 share=$3 how
  shift 3
  if [[ -n ${SHOUWANG_CONTRACT_SECONDS:-} ]]; then
    how=(--seed "${SHOUWANG_CONTRACT_SEED:-1}" --max-time $((SHOUWANG_CONTRACT_SECONDS * share / 100)) --generation-database none)
  else
    how=(--generation-deterministic "$@")
  fi
  # It leaves a folder of its own where it runs.
  (cd "$OUT" && quietly "contract-$name" "$SCHEMATHESIS" --config-file "$ROOT/tests/schemathesis.toml" run "$url/api/v1/openapi.json" --url "$url" \
    "${how[@]}" "${with[@]}" --checks all --no-color --request-timeout 20 --suppress-health-check all --warnings off)
}

# contract_token USER PASSWORD: a bearer token.
contract_token() {
  curl -fsS --json "{\"login\": \"$1\", \"password\": \"$2\"}" "$INTERNAL_URL/api/v1/session" | jq -r .token
}

# contract_as WHO SHARE OPTION…: the internal document with the eyes of one of the demo's people. A session that was ended answers
# 401 to everything after it: ending has a run of its own.
contract_as() {
  local who=$1 user=DEMO_$1_USER password=DEMO_$1_PASSWORD token
  shift
  token=$(contract_token "${!user}" "${!password}")
  with=(--header "Authorization: Bearer $token" --exclude-method DELETE)
  contract "${who,,}" "$INTERNAL_URL" "$@"
}

# The rate limits stand in the way of a thousand requests from one address; everything else is as it is deployed.
test_contract() {
  local with=() token few=(--phases fuzzing --max-examples 3)
  contract_venv
  SHOUWANG_RUN_DIR=$OUT/contract SHOUWANG_RATE_PER_MINUTE=1000000 quietly contract-up "$ROOT/deploy/up" --demo
  # shellcheck disable=SC1091
  source "$OUT/contract/env"
  contract public "$PUBLIC_URL" 25 --phases coverage,fuzzing,stateful --max-examples 30
  contract_as OFFICE 25 --phases coverage
  contract_as MEMBER 15 --phases fuzzing --max-examples 10
  contract_as OVERSIGHT 10 "${few[@]}"
  contract_as LEADER 10 "${few[@]}"
  contract_as LEADING 5 "${few[@]}"
  contract_as ADMIN 5 "${few[@]}"
  token=$(contract_token "$DEMO_MEMBER_USER" "$DEMO_MEMBER_PASSWORD")
  with=(--header "Authorization: Bearer $token" --include-method DELETE)
  contract end "$INTERNAL_URL" 5 --phases coverage,fuzzing --max-examples 5
  SHOUWANG_RUN_DIR=$OUT/contract quietly contract-down "$ROOT/deploy/down" --wipe
}
