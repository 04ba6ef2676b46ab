# shellcheck shell=bash
# Debian or Ubuntu packages: only what is missing, only what this run needs. Services that apt starts after an
# installation (a PostgreSQL on 5432, a RabbitMQ on 5672) are left exactly as they are: ours have their own ports and data.

MISSING=()

# want PACKAGE… -- TEST…: notes the packages when the test command fails.
want() {
  local packages=()
  while [[ $1 != -- ]]; do
    packages+=("$1")
    shift
  done
  shift
  "$@" >/dev/null 2>&1 || MISSING+=("${packages[@]}")
}

has_server() { compgen -G "$1" >/dev/null; }
has_node() { [[ $(node --version 2>/dev/null) =~ ^v([0-9]+) ]] && ((BASH_REMATCH[1] >= 18)); }

want_common() {
  want curl ca-certificates -- command -v curl
  want jq -- command -v jq
  want util-linux -- command -v setpriv
  want mawk -- command -v awk
}
want_compiler() { want gcc libc6-dev -- command -v cc; }
# runit's programs only: nothing takes the place of the machine's init.
want_supervisor() { want runit -- command -v runsv; }
want_postgres() { want postgresql -- has_server '/usr/lib/postgresql/*/bin/initdb'; }
want_rabbitmq() { want rabbitmq-server -- has_server '/usr/lib/rabbitmq/bin/rabbitmq-server'; }
want_node() {
  want nodejs -- command -v node
  want npm -- command -v npm
}
want_browser() {
  want chromium -- command -v chromium
  want fonts-noto-cjk -- has_server '/usr/share/fonts/opentype/noto/NotoSansCJK-*'
}

# install_missing: apt-get for all that was noted. The package lists are fetched only when the first try fails.
install_missing() {
  if ((${#MISSING[@]} == 0)); then
    note "nothing missing"
    return 0
  fi
  command -v apt-get >/dev/null || die "needs ${MISSING[*]}, and this is not Debian or Ubuntu: install them yourself, then repeat"
  local log=$RUN/log/apt.log
  : >"$log"
  { apt install -y --no-install-recommends "${MISSING[@]}" || { apt update && apt install -y --no-install-recommends "${MISSING[@]}"; }; } ||
    die "apt-get could not install ${MISSING[*]}; see $log"
  note "installed ${MISSING[*]}"
  MISSING=()
}

# apt WORD…: apt-get, which waits for another one that has its locks, and we say so.
apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 "$@" 9>&- 2>&1 | tee -a "$log" | apt_words
  return "${PIPESTATUS[0]}"
}
apt_words() {
  local line said=""
  while IFS= read -r line; do
    if [[ $line == *"Waiting for cache lock"* && -z $said ]]; then
      said=yes
      say "  apt: ${line%%...*}; waiting up to ten minutes"
    fi
  done
}

require_node() {
  has_node || die "node $(node --version 2>/dev/null) is too old for the mail catcher: install Node.js 18 or newer, or set SMTP_URL"
}
