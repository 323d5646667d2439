#!/bin/sh
# Runs with several scenarios at a time: order, crashes, Ctrl-C, and nothing left behind.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
cd "$FIRSTLIGHT_SOURCE" || exit 1
TMPDIR=$work/tmp; export TMPDIR; mkdir "$TMPDIR"
validate() { /usr/bin/python3 tests/support/validate_report.py "$@"; }
no_folder() { [ -z "$(ls -A "$TMPDIR")" ]; }
# Every process whose environment or arguments name our TMPDIR (the name is read from a file, so that the search does not find itself).
echo "$TMPDIR" >"$work/needle"
ours() { grep -lsFf "$work/needle" /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 | sort -u; }
command_of() { { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null; }
playing() { for p in $(ours); do command_of "$p" | grep -q "play-one .* $1 *$" && echo "$p"; done; }
alone() { for p in $(ours); do case $(command_of "$p") in *play-one*|mosquitto*|*/mosquitto*|*janitor*) return 1 ;; esac; done; }

echo "-- six scenarios, four at a time"
"$FIRSTLIGHT" run "$smoke" --seed 42 --jobs 4 --out "$work/out" --report-json "$work/four.json" --report-junit "$work/four.xml" >"$work/summary" 2>"$work/progress"
same "all pass" 0 $?
[ "$failures" = 0 ] || { cat "$work/progress" "$work/summary"; }
same "in the suite's order" "$("$FIRSTLIGHT" list "$smoke" | grep -v '^ ' | cut -d' ' -f1)" "$(jq -r '.scenarios[].name' "$work/four.json")"
n=$(jq '.scenarios | length' "$work/four.json")
same "a line for each that ended" "$n" "$(grep -c '^\[[0-9]*/[0-9]*\] .*: pass (' "$work/progress")"
contains "the first lines tell the parallelism" "4 at a time" "$work/progress"
expect "the JSON report fits its schema" validate json "$work/four.json"
expect "the JUnit report has the structure" validate junit "$work/four.xml"
"$FIRSTLIGHT" judge "$work"/out/* --report-json "$work/again.json" >/dev/null 2>&1
same "judge says the same, in the same order" "$(jq -S .scenarios "$work/four.json")" "$(jq -S .scenarios "$work/again.json")"
expect "nothing is left" within 10 no_folder

long() { # name
  cat >"$work/suite/$1.yaml" <<Y
name: $1
summary: Goes on until somebody stops it.
timeout: 120s
run_for: 100s
cameras: {count: 3}
expect:
  - online: {cameras: 100%, within: 90s}
Y
}
short() { # name
  cat >"$work/suite/$1.yaml" <<Y
name: $1
summary: Three cameras.
timeout: 60s
cameras: {count: 3}
expect:
  - online: {cameras: 100%, within: 50s}
Y
}
online() { [ "$(cat "$work/$1"/*/"$2"/journal.jsonl 2>/dev/null | grep -c camera_online)" = 3 ]; }

echo "-- the process of one scenario is killed"
mkdir "$work/suite"; long a-crashes; short b-lives; short c-lives
for signal in ABRT KILL; do
  "$FIRSTLIGHT" run "$work/suite" --seed 1 --jobs 2 --retries 1 --out "$work/crash.$signal" --report-json "$work/crash.json" --report-junit "$work/crash.xml" >"$work/summary" 2>"$work/progress" &
  runner=$!
  expect "the victim plays" within 60 online "crash.$signal" a-crashes
  if [ "$signal" = KILL ]; then
    kill -KILL "$(playing a-crashes)"
    retried() { grep -q "a-crashes: infra; trying again (1 of 1)" "$work/progress"; }
    expect "a killed process is the machine's doing, and tried again" within 60 retried
    again() { online "crash.$signal" a-crashes.retry1; }
    expect "the second attempt plays" within 60 again
    kill -KILL "$(playing a-crashes)"
  else
    kill -ABRT "$(playing a-crashes)"
  fi
  wait $runner
  code=$?
  if [ "$signal" = ABRT ]; then same "a crash: exit 3" 3 $code; else same "killed from outside: exit 10" 10 $code; fi
  same "the verdict is infra" infra "$(jq -r '.scenarios[0].verdict' "$work/crash.json")"
  contains "the check names the signal" "was ended by SIG$signal" "$work/crash.json"
  same "the others have their own" "pass pass" "$(jq -r '[.scenarios[1,2].verdict] | join(" ")' "$work/crash.json")"
  expect "the JSON report fits its schema" validate json "$work/crash.json"
  expect "the JUnit report has the structure" validate junit "$work/crash.xml"
  contains "JUnit has an error" "<error type=" "$work/crash.xml"
  expect "no folder is left" within 10 no_folder
  expect "no process is left" within 10 alone
done

echo "-- Ctrl-C, and a killed parent"
rm "$work"/suite/*; long a; long b; long c
both_play() { online "$1" a && online "$1" b; }
for signal in INT TERM KILL; do
  "$FIRSTLIGHT" run "$work/suite" --seed 1 --jobs 2 --out "$work/cut.$signal" --report-json "$work/cut.json" >"$work/summary" 2>"$work/progress" &
  runner=$!
  expect "two scenarios play" within 60 both_play "cut.$signal"
  kill -$signal $runner
  wait $runner
  code=$?
  if [ "$signal" != KILL ]; then
    same "SIG$signal: exit 2" 2 $code
    same "the partial report has every scenario" "a inconclusive b inconclusive c skipped" "$(jq -r '[.scenarios[] | .name, .verdict] | join(" ")' "$work/cut.json")"
    same "and the checks that were fulfilled" "pass pass" "$(jq -r '[.scenarios[0,1].checks[0].verdict] | join(" ")' "$work/cut.json")"
    contains "with the signal" "interrupted: SIG$signal" "$work/cut.json"
    expect "the partial report fits its schema" validate json "$work/cut.json"
  fi
  expect "no folder is left after SIG$signal" within 15 no_folder
  expect "no process is left after SIG$signal" within 15 alone
done
finish
