# shellcheck shell=bash
# Free ports of 127.0.0.1, chosen once and remembered in $RUN/ports, so that a repeated `up` keeps every URL.
# They lie below the kernel's ephemeral range: no outgoing connection can take one while its server restarts.

# port_used PORT: does anything listen there, on IPv4 or IPv6?
port_used() {
  local hex
  printf -v hex '%04X' "$1"
  awk -v p=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == p { found = 1 } END { exit !found }' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# port_of NAME: the remembered port, or a new one.
port_of() {
  local file=$RUN/ports port
  touch "$file"
  port=$(sed -n "s/^$1=//p" "$file")
  if [[ -z $port ]]; then
    for _ in {1..500}; do
      port=$((20000 + RANDOM % 12000))
      if ! port_used "$port" && ! grep -q "=$port\$" "$file"; then
        printf '%s=%s\n' "$1" "$port" >>"$file"
        break
      fi
      port=""
    done
    [[ -n $port ]] || die "found no free port between 20000 and 31999"
  fi
  printf '%s\n' "$port"
}

# port_claim NAME: like port_of, for a server that is about to start: a port that a stranger took meanwhile is given up.
# Of a server that was just stopped or killed the socket may outlive the process by a moment.
port_claim() {
  local port
  port=$(port_of "$1")
  if port_used "$port"; then say "  waiting up to 10 s for port $port of $1, which is in use" >&2; fi
  for _ in {1..100}; do
    port_used "$port" || break
    sleep 0.1
  done
  if port_used "$port"; then
    sed -i "/^$1=/d" "$RUN/ports"
    warn "port $port of $1 is taken by another program; choosing a new one, so its URL changes"
    port=$(port_of "$1")
  fi
  printf '%s\n' "$port"
}
