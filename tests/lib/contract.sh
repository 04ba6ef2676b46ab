# shellcheck shell=bash
# schemathesis against both OpenAPI documents of the running deployment: what is documented is what happens, and the
# other way round. Seeded, and bounded by time: SHOUWANG_CONTRACT_SECONDS=600 tests/run contract looks longer.

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
  quietly "contract-$name" "$SCHEMATHESIS" run "$url/api/v1/openapi.json" --url "$url" --seed "${SHOUWANG_CONTRACT_SEED:-1}" \
    --max-time "$seconds" --checks all --no-color --generation-database none --request-timeout 20 \
    --suppress-health-check all --warnings off "$@"
}

# contract_token USER PASSWORD: a bearer token.
contract_token() {
  curl -fsS --json "{\"login\": \"$1\", \"password\": \"$2\"}" "$INTERNAL_URL/api/v1/session" | jq -r .token
}

# The rate limits stand in the way of a thousand requests from one address; everything else is as it is deployed.
test_contract() {
  local seconds=${SHOUWANG_CONTRACT_SECONDS:-45}
  contract_venv
  SHOUWANG_RUN_DIR=$OUT/system SHOUWANG_RATE_PER_MINUTE=1000000 quietly contract-up "$ROOT/deploy/up" --demo --no-drill
  # shellcheck disable=SC1091
  source "$OUT/system/env"
  local office member
  contract public "$PUBLIC_URL" $((seconds / 3))
  # A session that was ended answers 401 to everything after it: ending has a run of its own.
  office=$(contract_token "$DEMO_OFFICE_USER" "$DEMO_OFFICE_PASSWORD")
  contract office "$INTERNAL_URL" $((seconds / 3)) --header "Authorization: Bearer $office" --exclude-method DELETE
  member=$(contract_token "$DEMO_MEMBER_USER" "$DEMO_MEMBER_PASSWORD")
  contract member "$INTERNAL_URL" $((seconds / 3)) --header "Authorization: Bearer $member" --exclude-method DELETE
  member=$(contract_token "$DEMO_MEMBER_USER" "$DEMO_MEMBER_PASSWORD")
  contract end "$INTERNAL_URL" 5 --header "Authorization: Bearer $member" --include-method DELETE --max-examples 5
}
