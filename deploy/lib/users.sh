# shellcheck shell=bash
# Who runs what. PostgreSQL refuses to run as root, so as root it runs as the package's user `postgres`, and its data
# must lie where that user can go. Everything else runs as the caller.

DB_USER=postgres

# as_root COMMAND…: directly, or through sudo.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "needs root or sudo for: $*"
  fi
}

# as_db_user COMMAND…: in / because the caller's folder may be closed to that user. setpriv and not su or runuser:
# those open a PAM session, which minimal machines and containers may not have.
as_db_user() {
  local DB_USER_WORDS
  db_user_words
  (cd / && exec "${DB_USER_WORDS[@]}" "$@")
}

# db_user_words: sets DB_USER_WORDS, what stands before such a command.
db_user_words() {
  DB_USER_WORDS=(env -i PATH="$PATH" LANG=C.UTF-8 TZ=UTC)
  if ((EUID == 0)); then
    DB_USER_WORDS=(setpriv --reuid="$DB_USER" --regid="$DB_USER" --init-groups "${DB_USER_WORDS[@]}")
  else
    DB_USER_WORDS+=(HOME="$HOME")
  fi
}

# data_home: the folder of the servers' data for $RUN, remembered in $RUN/data-home. $RUN itself where the database user
# can enter it, else /var/lib/shouwang/<hash of the clone's path>.
data_home() {
  local file=$RUN/data-home home=$RUN
  if [[ -s $file ]]; then
    cat "$file"
    return
  fi
  if ((EUID == 0)) && ! as_db_user test -x "$RUN"; then
    home=/var/lib/shouwang/$(printf '%s' "$RUN" | sha256sum | cut -c1-16)
    install -d -m 0755 /var/lib/shouwang "$home"
    as_db_user test -x "$home" || die "$home is closed to the user $DB_USER; open /var/lib/shouwang (chmod 755)"
  fi
  printf '%s\n' "$home" | tee "$file"
}

# secret FILE [PREFIX]: makes FILE (0600) with PREFIX and 48 random hex digits unless it exists, and prints its content.
secret() {
  if [[ ! -s $1 ]]; then
    (
      umask 077
      { printf '%s' "${2:-}" && od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n'; } >"$1.new"
      mv "$1.new" "$1"
    )
  fi
  cat "$1"
}
