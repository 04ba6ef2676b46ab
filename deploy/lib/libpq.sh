# shellcheck shell=bash
# Connection URLs for psql, pg_dump and pg_restore, by their environment variables: on a command line `ps` would show
# the password.

# libpq_from URL: exports PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE and, if given, PGSSLMODE.
libpq_from() {
  local pattern='^postgres(ql)?://([^:@/]+)(:([^@/]*))?@([^:/?]+)(:([0-9]+))?/([^?]+)(\?(.*))?$'
  [[ $1 =~ $pattern ]] || die "DATABASE_URL is not postgres://user:password@host:port/database"
  PGUSER=$(url_decode "${BASH_REMATCH[2]}")
  PGPASSWORD=$(url_decode "${BASH_REMATCH[4]}")
  PGHOST=${BASH_REMATCH[5]}
  PGPORT=${BASH_REMATCH[7]:-5432}
  PGDATABASE=$(url_decode "${BASH_REMATCH[8]}")
  if [[ ${BASH_REMATCH[10]} =~ sslmode=([a-z-]+) ]]; then export PGSSLMODE=${BASH_REMATCH[1]}; fi
  export PGUSER PGPASSWORD PGHOST PGPORT PGDATABASE
}

url_decode() { printf '%b' "${1//%/\\x}"; }
