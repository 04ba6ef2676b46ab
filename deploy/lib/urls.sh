# shellcheck shell=bash
# Whose servers are used: those that DATABASE_URL, AMQP_URL and SMTP_URL name, else private ones.
#
# A shell that has sourced .run/env holds the URLs of our own private servers; they must not look like given ones, not
# even after `down --wipe` has forgotten all. Therefore our made passwords begin with the hash of the run folder.
# A given URL is remembered: an upgrade in a fresh shell must not quietly move the county to an empty database.

run_hash() { printf '%s' "$RUN" | sha256sum | cut -c1-12; }

# is_ours URL: does it name a private server of this run folder?
is_ours() { [[ $1 == *":$(run_hash)-"*"@127.0.0.1:"* ]]; }

# given NAME: the URL that the caller gave now or in an earlier run; failure when there is none.
given() {
  local file=$RUN/state/given-$1
  [[ -s $file ]] && cat "$file"
}

# remember_given NAME VALUE
remember_given() {
  local file=$RUN/state/given-$1
  if [[ -n $2 ]] && ! is_ours "$2"; then
    (umask 077 && printf '%s\n' "$2" >"$file")
  elif [[ -s $file && -z $2 ]]; then
    say "  $1 is not set: using the one given earlier (deploy/up --private forgets it)"
  fi
}

forget_given() { rm -f "$RUN"/state/given-*; }

database_url() { given DATABASE_URL || pg_url; }
amqp_url() { given AMQP_URL || rabbit_url; }
smtp_url() { given SMTP_URL || printf 'smtp://127.0.0.1:%s\n' "$(port_of smtp)"; }
public_url() { printf 'http://127.0.0.1:%s\n' "$(port_of public)"; }
internal_url() { printf 'http://127.0.0.1:%s\n' "$(port_of internal)"; }
mail_url() { printf 'http://127.0.0.1:%s\n' "$(port_of mail-page)"; }
