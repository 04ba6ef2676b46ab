# shellcheck shell=bash
# The keys of this deployment, in $RUN/keys (0700), each file 0600, made once and never changed by a repeated `up`.

make_keys() {
  private_dir keys
  secret "$RUN/keys/drill.secret" >/dev/null
  if [[ ! -s $RUN/keys/token.key ]]; then
    operator "$(binaries)/intake-api" key new-token "$RUN/keys/token.key" >/dev/null
  fi
  if [[ ! -s $RUN/keys/contact.key ]]; then
    operator "$(binaries)/intake-api" key new-contact "$RUN/keys/contact.key" >/dev/null
    note "new contact key: copy $RUN/keys/contact.key to a safe place"
  fi
  if [[ ! -s $RUN/keys/folder.key ]]; then
    operator "$(binaries)/intake-api" key new-folder "$RUN/keys/folder.key" >/dev/null
  fi
  if [[ -s $RUN/keys/master.key ]]; then
    note "kept"
    return 0
  fi
  operator "$(binaries)/intake-api" key new "$RUN/keys/master.key" >/dev/null
  note "new master key: copy $RUN/keys/master.key to a safe place"
}
