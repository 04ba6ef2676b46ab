# shellcheck shell=bash
# The release build, always with --workspace: with `-p` cargo would choose other features for shared dependencies than the
# tests do, and compile them twice. Of the workspace only what is asked for, so `up` doesn't build benchmarks.

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

build_services() { build --bin intake-api --bin router --bin notifier; }

# build TARGET-OPTION…
build() {
  find_cargo
  # The first build takes minutes, so the operator sees what is going on; a build without work stays silent.
  (cd "$ROOT" && cargo build --release --locked --workspace "$@" --quiet 9>&-) || die "the build failed"
}
