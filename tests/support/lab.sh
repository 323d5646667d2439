# Shell functions for tests that use `firstlight lab` as its users do. Source it; it needs $FIRSTLIGHT and jq.
set -u
failures=0
passes=0
work=$(mktemp -d)
lab_pid=
# Sanitizers that make everything many times slower say nothing about latencies: there a copy of the suite expects none.
smoke=scenarios/smoke
if [ -n "${FIRSTLIGHT_NO_LATENCIES:-}" ]; then
  smoke=$work/smoke
  cp -r "$FIRSTLIGHT_SOURCE/scenarios/smoke" "$smoke"
  sed -i '/^  - latency:/d' "$smoke"/*.yaml
fi

fail() { failures=$((failures + 1)); printf 'FAIL: %s\n' "$*"; }
pass() { passes=$((passes + 1)); printf 'ok: %s\n' "$*"; }
# expect "what" command…: the command must succeed
expect() { what=$1; shift; if "$@" >"$work/last.out" 2>&1; then pass "$what"; else fail "$what (exit $?): $(tail -n 5 "$work/last.out")"; fi; }
# refuse "what" command…: the command must fail
refuse() { what=$1; shift; if "$@" >"$work/last.out" 2>&1; then fail "$what: it succeeded: $(tail -n 5 "$work/last.out")"; else pass "$what"; fi; }
# same "what" expected actual
same() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1: expected '$2', got '$3'"; fi; }
# contains "what" needle file
contains() { if grep -qF -- "$2" "$3"; then pass "$1"; else fail "$1: no '$2' in: $(tail -n 5 "$3")"; fi; }
# within SECONDS command…: polls until the command succeeds
within() { limit=$(($1 * 20)); shift; while ! "$@" >/dev/null 2>&1; do limit=$((limit - 1)); [ $limit -gt 0 ] || return 1; perl -e 'select undef,undef,undef,0.05'; done; }

# start_lab arguments…: $ready is the ready line, $lab_pid the process
start_lab() {
  rm -f "$work/ready"
  "$FIRSTLIGHT" lab --json "$@" >"$work/ready" 2>"$work/lab.log" &
  lab_pid=$!
  if ! within 30 test -s "$work/ready"; then
    printf 'the lab did not start:\n'; cat "$work/lab.log"; exit 1
  fi
  ready=$(cat "$work/ready")
  endorse_url=$(echo "$ready" | jq -r .endorse_url)
  keys_url=$(echo "$ready" | jq -r .keys_url)
  config_url=$(echo "$ready" | jq -r .config_url)
  iot_url=$(echo "$ready" | jq -r .iot_url)
  mqtt_host=$(echo "$ready" | jq -r .mqtt_host)
  mqtt_port=$(echo "$ready" | jq -r .mqtt_port)
  ca=$(echo "$ready" | jq -r .ca_file)
  operator_cert=$(echo "$ready" | jq -r .operator_cert_file)
  operator_key=$(echo "$ready" | jq -r .operator_key_file)
  state_dir=$(echo "$ready" | jq -r .state_dir)
}
# stop_lab: SIGTERM, and the exit code must be 0
stop_lab() {
  kill -TERM "$lab_pid"
  wait "$lab_pid"
  same "the lab ends with 0 on SIGTERM" 0 $?
  lab_pid=
}
finish() {
  [ -z "$lab_pid" ] || { kill -TERM "$lab_pid"; wait "$lab_pid"; }
  rm -rf "$work"
  printf '%d passed, %d failed\n' "$passes" "$failures"
  [ "$failures" = 0 ] && [ "$passes" -gt 0 ]
}
