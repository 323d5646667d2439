#!/bin/sh
# `firstlight camera` as a process of its own against `firstlight lab`, and a lab whose state outlives it.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
start_lab --state "$work/state.db"
first_ca=$(cat "$ca")
timeout 60 "$FIRSTLIGHT" camera --lab "$work/ready" --source 127.0.0.77 --store "$work/store" --exit-when-online >"$work/camera" 2>&1
same "a camera goes online" 0 $?
for stage in attach endorse verify config store mqtt_connect subscribe status; do contains "it tells $stage" "$stage ok" "$work/camera"; done
contains "and that it is online" "ONLINE as 7C" "$work/camera"
seed=$(sed -n 's/^seed \([0-9]*\) (drawn; give it with --seed)$/\1/p' "$work/camera")
expect "and the seed that it drew" test -n "$seed"
timeout 60 "$FIRSTLIGHT" camera --lab "$work/ready" --source 127.0.0.76 --seed "$seed" --exit-when-online >"$work/seeded" 2>&1
same "which can be given" "seed $seed" "$(head -1 "$work/seeded")"
device=$(grep -o 'ONLINE as [0-9A-F]*' "$work/camera" | cut -d' ' -f3)
stored=$(find "$work/store" -type f)
same "its store is one file" 1 "$(echo "$stored" | wc -l)"
same "with mode 0600" 600 "$(stat -c %a "$stored")"
timeout 60 "$FIRSTLIGHT" camera --lab "$work/ready" --source 127.0.0.77 --store "$work/store" --exit-when-online >"$work/warm" 2>&1
same "it goes online again" 0 $?
contains "from its store" "from the stored configuration" "$work/warm"
grep -q "endorse ok" "$work/warm" && fail "a warm start asked Endorse" || pass "without asking Endorse"
same "state file is private" 600 "$(stat -c %a "$work/state.db")"
timeout 60 "$FIRSTLIGHT" lab --state "$work/state.db" >/dev/null 2>"$work/err"
same "a second lab on the same state: exit 10" 10 $?
contains "and says why" "$work/state.db" "$work/err"
mqtt_port_before=$mqtt_port
stop_lab

start_lab --state "$work/state.db" --mqtt-port "$mqtt_port_before"
same "the authorities are kept" "$first_ca" "$(cat "$ca")"
timeout 60 "$FIRSTLIGHT" camera --lab "$work/ready" --source 127.0.0.77 --store "$work/store" --exit-when-online >"$work/kept" 2>&1
same "the stored certificate still connects after the lab's restart" 0 $?
contains "without provisioning" "from the stored configuration" "$work/kept"
contains "as the same device" "ONLINE as $device" "$work/kept"

printf x | dd of="$stored" bs=1 seek=40 conv=notrunc 2>/dev/null
timeout 60 "$FIRSTLIGHT" camera --lab "$work/ready" --source 127.0.0.77 --store "$work/store" --exit-when-online >"$work/torn" 2>&1
same "a corrupt store is survived" 0 $?
contains "it is detected" "stored configuration discarded" "$work/torn"
contains "and provisioning starts over" "endorse ok" "$work/torn"

"$FIRSTLIGHT" camera --lab "$work/ready" --source 127.0.0.78 >"$work/live" 2>&1 &
camera=$!
expect "a camera that stays is online" within 30 grep -q ONLINE "$work/live"
device=$(grep -o 'ONLINE as [0-9A-F]*' "$work/live" | cut -d' ' -f3)
operator() { tool=$1; shift; stdbuf -oL "mosquitto_$tool" -h "$mqtt_host" -p "$mqtt_port" --cafile "$ca" --cert "$operator_cert" --key "$operator_key" "$@"; }
ask() { # ask COMMAND-JSON: the answer
  operator sub -t "cmd/v1/$device/res" -C 1 -W 10 -d >"$work/answer" 2>&1 &
  within 10 grep -q "received SUBACK" "$work/answer"
  operator pub -t "cmd/v1/$device/req" -q 1 -m "$1"
  wait $!
  grep -o '{.*}' "$work/answer" | tail -1
}
ask '{"request_id":"a1","command":"ping"}' >"$work/ping.json"
same "ping is answered" '"ok"' "$(jq .status "$work/ping.json")"
same "under its request id" '"a1"' "$(jq .request_id "$work/ping.json")"
expect "the answer is valid against docs/api/soracam-mqtt-api.yaml" /usr/bin/python3 "$FIRSTLIGHT_SOURCE/tests/support/validate_schema.py" mqtt-response "$work/ping.json"
ask '{"request_id":"a2","command":"dance"}' >"$work/dance.json"
same "an unknown command is an error" '"error"' "$(jq .status "$work/dance.json")"
expect "that is valid, too" /usr/bin/python3 "$FIRSTLIGHT_SOURCE/tests/support/validate_schema.py" mqtt-response "$work/dance.json"
ask '{"request_id":"a3","command":"reboot"}' >"$work/reboot.json"
same "reboot is answered" '"ok"' "$(jq .status "$work/reboot.json")"
twice() { [ "$(grep -c ONLINE "$work/live")" = 2 ]; }
expect "and the camera comes back" within 30 twice
kill -INT $camera; wait $camera
same "Ctrl-C while online: exit 0" 0 $?
stop_lab
timeout 60 "$FIRSTLIGHT" camera --endorse-url https://127.0.0.1:1/ --keys-url https://127.0.0.1:1/k --config-url https://127.0.0.1:1/c \
  --ca-file "$FIRSTLIGHT_SOURCE/README.md" >"$work/err" 2>&1
same "a CA file that is none: exit 4" 4 $?
"$FIRSTLIGHT" camera >"$work/err" 2>&1
same "no endpoints: exit 4" 4 $?
contains "and says what is missing" "--endorse-url is missing" "$work/err"
finish
