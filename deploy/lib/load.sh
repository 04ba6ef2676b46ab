# shellcheck shell=bash
# Loads the whole library. The caller has set LIB (this folder); `use_run_dir DIR` then says which deployment is meant.

# shellcheck source-path=SCRIPTDIR
source "$LIB/say.sh"
source "$LIB/proc.sh"
source "$LIB/supervise.sh"
source "$LIB/ports.sh"
source "$LIB/users.sh"
source "$LIB/libpq.sh"
source "$LIB/urls.sh"
source "$LIB/packages.sh"
source "$LIB/build.sh"
source "$LIB/postgres.sh"
source "$LIB/rabbitmq.sh"
source "$LIB/mailcatcher.sh"
source "$LIB/services.sh"
source "$LIB/keys.sh"
source "$LIB/demo.sh"
source "$LIB/drill.sh"

ROOT=${ROOT:-$(cd "$LIB/../.." && pwd -P)}

# use_run_dir DIR: makes it when missing, closed to writing and listing by others, but not to passing through: the
# database user must reach its data.
use_run_dir() {
  mkdir -p "$1"
  RUN=$(cd "$1" && pwd -P)
  chmod 711 "$RUN"
  private_dir log
  private_dir state
}

# private_dir NAME: a folder of $RUN for the owner's eyes only.
private_dir() { mkdir -p "$RUN/$1" && chmod 700 "$RUN/$1"; }

# lock_run_dir: one `up`, `down` or `servers` at a time in a run folder.
lock_run_dir() {
  exec 9>"$RUN/state/lock"
  flock -n 9 || {
    say "another command works on $RUN; waiting for it"
    flock 9
  }
}

# write_env FILE NAME=VALUE…: a sh-quoted file, 0600, replaced at once.
write_env() {
  local file=$1 pair value quote="'\\''"
  shift
  (
    umask 077
    for pair in "$@"; do
      value=${pair#*=}
      printf "%s='%s'\n" "${pair%%=*}" "${value//\'/"$quote"}"
    done >"$file.new"
  )
  mv "$file.new" "$file"
}
