# shellcheck shell=bash
# schemathesis against both OpenAPI documents of a deployment of its own: what is documented is what happens, and the other way
# round. Seeded, and bounded by time: SHOUWANG_CONTRACT_SECONDS=600 tests/run contract looks longer, SHOUWANG_CONTRACT_SEED=2 elsewhere.

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

# contract NAME URL SECONDS [OPTION…]: fails on the first kind of mismatch that is found.
contract() {
  local name=$1 url=$2 seconds=$3
  shift 3
  # It leaves a folder of its own where it runs.
  (cd "$OUT" && quietly "contract-$name" "$SCHEMATHESIS" --config-file "$ROOT/tests/schemathesis.toml" run "$url/api/v1/openapi.json" --url "$url" --seed "${SHOUWANG_CONTRACT_SEED:-1}" \
    --max-time "$seconds" --checks all --no-color --generation-database none --request-timeout 20 \
    --suppress-health-check all --warnings off "$@")
}

# contract_token USER PASSWORD: a bearer token.
contract_token() {
  curl -fsS --json "{\"login\": \"$1\", \"password\": \"$2\"}" "$INTERNAL_URL/api/v1/session" | jq -r .token
}

# contract_as WHO SECONDS: the internal document with the eyes of one of the demo's people. A session that was ended answers 401
# to everything after it: ending has a run of its own.
contract_as() {
  local user=DEMO_$1_USER password=DEMO_$1_PASSWORD token
  token=$(contract_token "${!user}" "${!password}")
  contract "${1,,}" "$INTERNAL_URL" "$2" --header "Authorization: Bearer $token" --exclude-method DELETE
}

# The rate limits stand in the way of a thousand requests from one address; everything else is as it is deployed.
test_contract() {
  local seconds=${SHOUWANG_CONTRACT_SECONDS:-60} token
  contract_venv
  SHOUWANG_RUN_DIR=$OUT/contract SHOUWANG_RATE_PER_MINUTE=1000000 quietly contract-up "$ROOT/deploy/up" --demo
  # shellcheck disable=SC1091
  source "$OUT/contract/env"
  contract public "$PUBLIC_URL" $((seconds / 4))
  contract_as OFFICE $((seconds / 4))
  contract_as MEMBER $((seconds / 6))
  contract_as OVERSIGHT $((seconds / 10))
  contract_as LEADER $((seconds / 10))
  contract_as LEADING $((seconds / 20))
  contract_as ADMIN $((seconds / 20))
  token=$(contract_token "$DEMO_MEMBER_USER" "$DEMO_MEMBER_PASSWORD")
  contract end "$INTERNAL_URL" 5 --header "Authorization: Bearer $token" --include-method DELETE --max-examples 5
  SHOUWANG_RUN_DIR=$OUT/contract quietly contract-down "$ROOT/deploy/down" --wipe
}
