# shellcheck shell=bash
# A private RabbitMQ node beside any system one: own base folder, node name, cookie, ports (AMQP, distribution, epmd),
# listeners on 127.0.0.1 only, a user with a made password. Debian's wrappers insist on the user rabbitmq and its
# folders, so the server's own scripts are called.

rabbit_scripts() {
  [[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]] || die "RabbitMQ is not installed: apt-get install rabbitmq-server"
  printf '/usr/lib/rabbitmq/bin\n'
}

rabbit_url() { printf 'amqp://shouwang:%s@127.0.0.1:%s/%%2f\n' "$(cat "$RUN/secrets/rabbitmq")" "$(port_of amqp)"; }
rabbit_node() { printf 'shouwang-%s@localhost\n' "$(printf '%s' "$RUN" | sha256sum | cut -c1-12)"; }

# rabbit_env: sets RABBIT_ENV, a prefix for commands: the environment of our node and nothing of a system node's.
rabbit_env() {
  local base=$RUN/rabbitmq
  RABBIT_ENV=(
    env -i PATH="$PATH" LANG=C.UTF-8 HOME="$base/home"
    RABBITMQ_BASE="$base" RABBITMQ_NODENAME="$(rabbit_node)" RABBITMQ_CONF_ENV_FILE="$base/empty.conf"
    RABBITMQ_CONFIG_FILE="$base/rabbitmq.conf" RABBITMQ_ADVANCED_CONFIG_FILE="$base/advanced.config"
    RABBITMQ_ENABLED_PLUGINS_FILE="$base/plugins" RABBITMQ_MNESIA_BASE="$base/mnesia" RABBITMQ_LOG_BASE="$base/log"
    RABBITMQ_GENERATED_CONFIG_DIR="$base/generated" RABBITMQ_SCHEMA_DIR="$base/schema"
    RABBITMQ_PID_FILE="$base/node.pid" RABBITMQ_DIST_PORT="$(port_of rabbitmq-dist)"
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
    ERL_CRASH_DUMP="$base/log/erl_crash.dump" ERL_CRASH_DUMP_BYTES=5000000
    ERL_EPMD_PORT="$(port_of epmd)" ERL_EPMD_ADDRESS=127.0.0.1
  )
}

rabbit_configure() {
  local base=$RUN/rabbitmq
  private_dir secrets
  private_dir rabbitmq
  mkdir -p "$base"/{home,mnesia,log,generated,schema}
  secret "$RUN/secrets/rabbitmq" "$(run_hash)-" >/dev/null
  : >"$base/empty.conf"
  printf '[].\n' >"$base/plugins"
  printf '[].\n' >"$base/advanced.config"
  (umask 077 && cat >"$base/rabbitmq.conf") <<CONF
listeners.tcp.1 = 127.0.0.1:$(port_of amqp)
# Made on the first start of an empty node; the password can't be guessed and is no one else's.
default_user = shouwang
default_pass = $(cat "$RUN/secrets/rabbitmq")
default_user_tags.administrator = true
loopback_users = none
disk_free_limit.absolute = 256MB
# Messages are ids only: a small write-ahead log keeps memory small.
raft.wal_max_size_bytes = 33554432
log.file.level = info
# Its own files, and not many of them.
log.file.rotation.size = 5000000
log.file.rotation.count = 5
log.console = false
CONF
}

# rabbit_run: what is supervised. Told that a supervisor looks after it, its script becomes the server instead of its parent.
rabbit_run() {
  rabbit_env
  cd "$RUN/rabbitmq" || exit
  become "${RABBIT_ENV[@]}" RUNNING_UNDER_SYSTEMD=true "$(rabbit_scripts)/rabbitmq-server"
}

rabbit_start() {
  if is_supervised rabbitmq; then
    note "kept"
    return 0
  fi
  unsupervise rabbitmq 45
  rabbit_scripts >/dev/null
  port_claim amqp >/dev/null
  port_claim rabbitmq-dist >/dev/null
  rabbit_configure
  rabbit_start_epmd
  supervise rabbitmq rabbit_run
  # The AMQP listener opens last, when the node is able to work.
  wait_port "$(port_of amqp)" 90 rabbitmq ||
    die "RabbitMQ did not start; see $RUN/log/rabbitmq.log and $RUN/rabbitmq/log"
}

# Erlang's port mapper in the foreground, as a process of ours: started by the node it would outlive it.
epmd_run() { become epmd -address 127.0.0.1 -port "$(port_of epmd)"; }
rabbit_start_epmd() {
  if is_supervised epmd; then
    return 0
  fi
  unsupervise epmd 5
  port_claim epmd >/dev/null
  supervise epmd epmd_run
  wait_port "$(port_of epmd)" 10 epmd || die "epmd did not start; see $RUN/log/epmd.log"
}

rabbit_stop() {
  is_supervised rabbitmq || note "was not running"
  unsupervise rabbitmq 45
}

# As a crash would. The port mapper forgets the node as soon as its connection is gone.
rabbit_kill() { kill_supervised rabbitmq; }

rabbit_stop_epmd() { unsupervise epmd 5; }
