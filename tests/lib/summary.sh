# shellcheck shell=bash
# Counting: the `test result:` lines of our test binaries, node's `pass`/`fail` lines, and our own `ok`/`not ok` lines of the deployment.

count() { # count PATTERN FILE…: sums the numbers that PATTERN captures
  sed -nE "s/$1/\\1/p" "${@:2}" 2>/dev/null | awk '{ n += $1 } END { print n + 0 }'
}

lines() { # lines PATTERN FILE: how many match
  grep -c "$1" "$2" 2>/dev/null || [[ -e $2 ]] || echo 0
}

# print_summary DIR STATUS: the last line. A step that failed without a test, like clippy, counts as one failure.
print_summary() {
  local passed failed
  passed=$(($(count '^test result:.* ([0-9]+) passed.*' "$1"/cargo-*.log) + $(count '^ℹ pass ([0-9]+)' "$1/browser.log") +
    $(lines '^ok ' "$1/deployment.log")))
  failed=$(($(count '^test result:.* ([0-9]+) failed.*' "$1"/cargo-*.log) + $(count '^ℹ fail ([0-9]+)' "$1/browser.log") +
    $(lines '^not ok ' "$1/deployment.log")))
  if (($2 != 0 && failed == 0)); then failed=1; fi
  say "$passed passed, $failed failed"
}
