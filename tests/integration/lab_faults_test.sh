#!/bin/sh
# `firstlight lab --faults`: the seed that it prints, rules that can do nothing there, and a closed port that is proven from the
# lab's own side.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
cat >"$work/faults.yaml" <<'Y'
name: for-devices
summary: A port is closed for a minute, and two rules are for simulated cameras alone.
timeout: 100s
cameras: {count: 2}
faults:
  - {id: shut, at: link.endorse, inject: refuse, between: [0s, 60s]}
  - {id: no-network, at: attach, inject: reject}
  - {id: jump, at: camera, inject: {clock-jump: {by: 1h}}, between: [1s, 2s]}
expect:
  - online: {cameras: all}
Y
fired() { grep -c fault_fired "$work/journal"; }
some_fired() { [ "$(fired)" -gt 0 ]; }

echo "-- the seed"
start_lab --faults "$work/faults.yaml" --seed 5
same "the one that was given" 5 "$(head -1 "$work/ready" | jq .seed)"
stop_lab
start_lab --faults "$work/faults.yaml" --journal "$work/journal"
expect "or a drawn one" test "$(head -1 "$work/ready" | jq .seed)" -ge 0
same "rules that do nothing are named" '["no-network","jump"]' "$(head -1 "$work/ready" | jq -c .idle_rules)"
contains "with the reason" "rule no-network: reject at attach does nothing here: it needs simulated cameras" "$work/lab.log"
contains "each of them" "rule jump: clock-jump at camera does nothing here" "$work/lab.log"
contains "and what cannot be proven" "rule shut: refuse at link.endorse cannot be proven" "$work/lab.log"

echo "-- a closed port that is tried"
curl --silent --max-time 20 "$endorse_url" >"$work/out"
same "curl is refused" 7 $?
if grep -q "this kernel does not show" "$work/lab.log"; then
  echo "ok      (this kernel does not show refused connections)"
else
  expect "the lab has seen it" within 30 some_fired
  contains "and says who saw it" "seen by the lab: the kernel refused the connection" "$work/journal"
  contains "and by which rule" '"rule":"shut"' "$work/journal"
  same "once" 1 "$(fired)"
fi
stop_lab

echo "-- a lab without faults draws nothing"
"$FIRSTLIGHT" lab --seed 5 >"$work/out" 2>"$work/err"
same "--seed alone: exit 4" 4 $?
contains "and says why" "--faults" "$work/err"
start_lab
same "and names no seed" null "$(head -1 "$work/ready" | jq .seed)"
stop_lab
finish
