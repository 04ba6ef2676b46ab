# shellcheck shell=bash
# The release build, always with --workspace: with `-p` cargo would choose other features for shared dependencies than the
# tests do, and compile them twice. Of the workspace only what is asked for, so `up` doesn't build benchmarks.
#
# A stamp beside the binaries says of which sources they are. While it fits nothing is built and cargo isn't needed: starting a
# dead service must not wait for a compiler.

SERVICES=(intake-api router notifier)
# Whatever the three binaries are made of.
SOURCES=(Cargo.toml Cargo.lock rust-toolchain.toml .cargo casework platform intake-api router notifier migrations)

find_cargo() {
  local dir homes=("$HOME")
  if [[ -n ${SUDO_USER:-} ]]; then
    homes+=("$(getent passwd "$SUDO_USER" | cut -d: -f6)")
  fi
  if ! command -v cargo >/dev/null; then
    for dir in "${homes[@]}"; do
      if [[ -x $dir/.cargo/bin/cargo ]]; then
        PATH=$dir/.cargo/bin:$PATH
        # Under sudo the toolchain of the user is used where it lies.
        export RUSTUP_HOME=${RUSTUP_HOME:-$dir/.rustup} CARGO_HOME=${CARGO_HOME:-$dir/.cargo}
        break
      fi
    done
  fi
  command -v cargo >/dev/null || die "Rust is missing: install it from https://rustup.rs, then repeat"
}

binaries() { printf '%s/release\n' "${CARGO_TARGET_DIR:-$ROOT/target}"; }

# build_stamp: of these sources, changed ones included, and these binaries. Failure when a binary is missing.
build_stamp() {
  local stamp service
  stamp=$(cd "$ROOT" && for source in "${SOURCES[@]}"; do [[ ! -e $source ]] || find "$source" -type f -print0; done |
    sort -z | xargs -0 sha256sum | sha256sum)
  for service in "${SERVICES[@]}"; do
    stamp+=$(stat -c ' %n %s %Y' "$(binaries)/$service" 2>/dev/null) || return 1
  done
  printf '%s\n' "$stamp"
}

build_fits() {
  local stamp
  stamp=$(build_stamp) && [[ $stamp == "$(cat "$(binaries)/.shouwang-stamp" 2>/dev/null)" ]]
}

build_services() {
  if build_fits; then
    note "kept: the binaries are of these sources"
    return 0
  fi
  local option options=()
  for option in "${SERVICES[@]}"; do options+=(--bin "$option"); done
  build "${options[@]}"
  build_stamp >"$(binaries)/.shouwang-stamp"
}

# build TARGET-OPTION…: what cargo waits for and what it complains of is shown, not each crate that it compiles.
build() {
  find_cargo
  local status
  {
    (cd "$ROOT" && cargo build --release --locked --workspace "$@" 2>&1 9>&-) && status=0 || status=$?
    printf 'STATUS %d\n' "$status"
  } | build_words || die "the build failed"
}

# build_words: cargo's words to the operator's, a line now and then as a sign of life. Fails when the build did.
build_words() {
  local line crates=0 said status=1
  said=$(now_ms)
  while IFS= read -r line; do
    case $line in
    "STATUS "*) status=${line#STATUS } ;;
    *Blocking*) say "  waiting for another cargo, which holds the ${line#*file lock on }" ;;
    *" Compiling "* | *" Checking "*)
      crates=$((crates + 1))
      if (($(now_ms) - said > 30000)); then
        say "  compiling: $crates crates so far"
        said=$(now_ms)
      fi
      ;;
    *" Finished "* | *" Downloaded "* | *" Downloading "* | *" Updating "* | *" Locking "*) ;;
    *) printf '%s\n' "$line" >&2 ;;
    esac
  done
  return "$status"
}
