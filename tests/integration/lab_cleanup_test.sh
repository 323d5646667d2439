#!/bin/sh
# firstlight is killed in every way, and nothing of it stays: no process, no folder, no socket.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
TMPDIR=$work/tmp; export TMPDIR; mkdir "$TMPDIR"
gone() { ! kill -0 "$1" 2>/dev/null; }
no_folder() { [ -z "$(ls -A "$TMPDIR")" ]; }
# Every process whose environment or arguments name our TMPDIR: the janitor, Mosquitto, firstlight.
# The name is read from a file, so that the search does not find itself.
echo "$TMPDIR" >"$work/needle"
ours() { grep -lsFf "$work/needle" /proc/[0-9]*/cmdline 2>/dev/null | wc -l; }
none_of_ours() { [ "$(ours)" = 0 ]; }

for signal in KILL TERM INT HUP; do
  start_lab
  broker=$(echo "$ready" | jq -r .broker_pid)
  kill -0 "$broker" 2>/dev/null && pass "Mosquitto runs before SIG$signal" || fail "no Mosquitto"
  curl -sS --fail --cacert "$ca" "$endorse_url" >/dev/null || fail "no token before SIG$signal"
  [ "$(ours)" -ge 2 ] && pass "the test sees the lab's processes" || fail "the test would see nothing: $(ours)"
  kill -"$signal" "$lab_pid"
  wait "$lab_pid" 2>/dev/null
  lab_pid=
  expect "Mosquitto is gone after SIG$signal" within 10 gone "$broker"
  expect "the folder is gone after SIG$signal" within 10 no_folder
  expect "no process is left after SIG$signal" within 10 none_of_ours
done

# Mosquitto killed under a lab: the lab says so and ends with 10.
start_lab
kill -KILL "$(echo "$ready" | jq -r .broker_pid)"
wait "$lab_pid"
same "a lab that loses Mosquitto ends with 10" 10 $?
lab_pid=
contains "and says why" "Mosquitto ended by itself" "$work/lab.log"
expect "and leaves no folder" within 10 no_folder

# A client that stalls in every phase does not keep the lab from ending.
start_lab
stalled=0
for port in "$mqtt_port" "$(echo "$endorse_url" | sed 's|.*:\([0-9]*\)/.*|\1|')"; do
  stalled=$((stalled + 1))
  /usr/bin/python3 -c 'import socket,sys
s=socket.create_connection((sys.argv[1],int(sys.argv[2]))); s.sendall(b"\x16\x03\x01"); s.settimeout(60)
open(sys.argv[3],"w").close()
try: print(len(s.recv(1)))
except OSError as e: print(e)' "$mqtt_host" "$port" "$work/stalled.$stalled" &
done
expect "two clients stall" within 10 test -e "$work/stalled.1" -a -e "$work/stalled.2"
stop_lab
wait
expect "stalled clients leave nothing" within 10 no_folder
finish
