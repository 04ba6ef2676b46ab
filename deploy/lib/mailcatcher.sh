# shellcheck shell=bash
# Where no SMTP_URL is given: maildev keeps every mail as $RUN/mail/*.eml and shows it on a page. It sends nothing on.

catcher_install() {
  local dir=$RUN/mailcatcher
  require_node
  if [[ -d $dir/node_modules ]] && cmp -s "$ROOT/deploy/mailcatcher/package-lock.json" "$dir/package-lock.json"; then
    note "kept"
    return 0
  fi
  mkdir -p "$dir"
  rm -f "$dir/package-lock.json"
  cp "$ROOT/deploy/mailcatcher/package.json" "$ROOT/deploy/mailcatcher/.npmrc" "$dir/"
  cp "$ROOT/deploy/mailcatcher/package-lock.json" "$dir/npm-shrinkwrap.json"
  (cd "$dir" && npm ci --no-audit --no-fund --ignore-scripts >>"$RUN/log/npm.log" 2>&1 9>&-) ||
    die "npm could not install the mail catcher; see $RUN/log/npm.log"
  # Only now: an interrupted installation is repeated.
  mv "$dir/npm-shrinkwrap.json" "$dir/package-lock.json"
}

catcher_run() {
  become env MAILDEV_OUTGOING_HOST= node "$RUN/mailcatcher/node_modules/maildev/bin/maildev" --ip 127.0.0.1 \
    --web-ip 127.0.0.1 --smtp "$(port_of smtp)" --web "$(port_of mail-page)" --mail-directory "$RUN/mail" --silent
}

catcher_start() {
  if is_supervised mailcatcher; then
    note "kept"
    return 0
  fi
  unsupervise mailcatcher 5
  catcher_install
  note ""
  private_dir mail
  port_claim smtp >/dev/null
  port_claim mail-page >/dev/null
  supervise mailcatcher catcher_run
  local port
  for port in "$(port_of smtp)" "$(port_of mail-page)"; do
    wait_port "$port" 20 mailcatcher ||
      die "the mail catcher did not start; see $RUN/log/mailcatcher.log"
  done
}

catcher_stop() { unsupervise mailcatcher 5; }
