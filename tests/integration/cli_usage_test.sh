#!/bin/sh
# The command line as people and pipes treat it: readers that leave, full disks, values that are none, words that are none.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
cd "$FIRSTLIGHT_SOURCE" || exit 1
TMPDIR=$work/tmp; export TMPDIR; mkdir "$TMPDIR"
cat >"$work/quick.yaml" <<'Y'
name: quick
summary: One camera.
timeout: 60s
seed: 7
cameras: {count: 1, firmware: {retry: {base: 100ms, cap: 1s}}}
expect:
  - online: {cameras: all}
Y
sed 's/^name: quick/name: second/' "$work/quick.yaml" >"$work/second.yaml"

# wrong CODE "message part" arguments…: nothing on standard output, no bug, no folder of a run
wrong() {
  code=$1 part=$2; shift 2
  timeout 60 "$FIRSTLIGHT" "$@" >"$work/out.text" 2>"$work/err"
  same "exit code of: $*" "$code" $?
  contains "its message" "$part" "$work/err"
  grep -q "bug of firstlight\|An argument is not valid" "$work/err" && fail "not plain: $(cat "$work/err")"
  same "nothing on standard output" "" "$(cat "$work/out.text")"
}

# into_closed_pipe arguments…: standard output is a pipe that nobody reads
into_closed_pipe() {
  /usr/bin/python3 -c '
import os, subprocess, sys
r, w = os.pipe()
os.close(r)
streams = {"stdout": w} if os.environ["STREAM"] == "stdout" else {"stderr": w, "stdout": subprocess.DEVNULL}
print(subprocess.run(sys.argv[1:], timeout=120, **streams).returncode)' timeout 100 "$FIRSTLIGHT" "$@" 2>"$work/err"
}

echo "-- readers that leave"
STREAM=stdout; export STREAM
for verb in faults schema "list scenarios/smoke" "check $work/quick.yaml"; do
  # shellcheck disable=SC2086
  same "$verb: a reader that leaves is no error" 0 "$(into_closed_pipe $verb)"
done
same "run: a reader that leaves ends nothing" 0 "$(into_closed_pipe run "$work/quick.yaml" "$work/second.yaml" --jobs 1 --out "$work/out")"
same "both were played, and the report is there" 2 "$(jq '.totals.pass' "$work"/out/*/report.json)"
STREAM=stderr
rm -r "$work/out"
same "run: nor one of the progress" 0 "$(into_closed_pipe run "$work/quick.yaml" "$work/second.yaml" --jobs 1 -v --out "$work/out")"
same "both were played, and the report is there" 2 "$(jq '.totals.pass' "$work"/out/*/report.json)"

"$FIRSTLIGHT" run "$work/quick.yaml" --out "$work/closed-stream" >&- 2>"$work/err"
same "run: a closed standard output costs the summary" 10 $?
same "and not the report" 1 "$(jq '.totals.pass' "$work"/closed-stream/*/report.json)"

echo "-- a lab whose reader leaves"
mkfifo "$work/milestones"
"$FIRSTLIGHT" lab --json >"$work/ready" 2>"$work/milestones" &
lab_pid=$!
head -1 "$work/milestones" >"$work/first" &  # opens it, reads one line, and leaves
reader=$!
expect "the lab is ready" within 30 test -s "$work/ready"
camera() { timeout 60 "$FIRSTLIGHT" camera --lab "$work/ready" --exit-when-online "$@"; }
expect "a camera comes online" camera --source 127.0.0.5
wait $reader
expect "and another one when nobody reads any more" camera --source 127.0.0.6
stop_lab

echo "-- a disk that is full"
"$FIRSTLIGHT" check "$work/quick.yaml" >/dev/full 2>"$work/err"
same "check" 10 $?
contains "says why" "No space left on device" "$work/err"
"$FIRSTLIGHT" schema >/dev/full 2>"$work/err"
same "schema" 10 $?
contains "says why" "No space left on device" "$work/err"

echo "-- options before paths"
plan() { "$FIRSTLIGHT" run --dry-run "$@" >"$work/plan" 2>"$work/err"; }
plan --tag smoke scenarios/smoke/one-camera.yaml
same "--tag takes one word" 0 $?
contains "the path is a path" "one-camera" "$work/plan"
grep -q "two-hundred" "$work/plan" && fail "--tag has swallowed the path"
expect "--exclude-tag too" "$FIRSTLIGHT" list --exclude-tag security scenarios/smoke
"$FIRSTLIGHT" run --defect never-store "$work/quick.yaml" --out "$work/defect" >"$work/summary" 2>"$work/err"
same "--defect NAME FILE, as the guide writes it" 0 $?
wrong 4 'did you mean "no-jitter"' run --defect no-jiter "$work/quick.yaml"

echo "-- values that are none"
for seed in -1 18446744073709551616 010 "" seven 1.5; do wrong 4 "--seed" run --seed "$seed" "$work/quick.yaml"; done
for jobs in 0 -1 010 257 x; do wrong 4 "--jobs" run --jobs "$jobs" "$work/quick.yaml"; done
wrong 4 "--seed" prove --seed -1 "$work/quick.yaml"
wrong 4 "--timeout-multiplier" run --timeout-multiplier inf "$work/quick.yaml"
wrong 4 "--timeout-multiplier" run --timeout-multiplier nan "$work/quick.yaml"
wrong 4 "--out" run --out "" "$work/quick.yaml"
wrong 4 "its folder does not exist" run --report-json "$work/none/r.json" --out "$work/none-run" "$work/quick.yaml"
expect "nothing was run" test ! -e "$work/none-run"
wrong 4 "standard output" run --report-json - --report-junit - "$work/quick.yaml"
wrong 4 "a folder" prove --matrix "$work" "$work/quick.yaml"
wrong 4 "a folder" lab --config-template "$work"
echo '{}' >"$work/not-ready"
wrong 4 "not the ready line of a lab" camera --lab "$work/not-ready"
wrong 4 "--imsi" camera --imsi abc --lab "$work/not-ready"
wrong 4 "--timeout" camera --timeout -1 --lab "$work/not-ready"
wrong 4 "--timeout" camera --timeout 18446744073709551615 --lab "$work/not-ready"
urls() { wrong 4 "$1" camera --endorse-url "$2" --keys-url "$3" --config-url https://127.0.0.1:1/c --ca-file "$4"; }
urls "--endorse-url: \"http://127.0.0.1/\" cannot be used: not https" http://127.0.0.1/ https://127.0.0.1/k "$work/not-ready"
urls "--keys-url" https://127.0.0.1/ "https://127.0.0.1:99999/" "$work/not-ready"
urls "$work: this is a folder" https://127.0.0.1/ https://127.0.0.1/k "$work"
wrong 4 "from 1s to 36600d" lab --certificate-lifetime 200000d
wrong 4 "--mqtt-port" lab --mqtt-port 65536
wrong 10 "/proc/nowhere/out: " run --out /proc/nowhere/out "$work/quick.yaml"
wrong 4 "--report-json" run --report-json "" "$work/quick.yaml"
head -c 10000000 /dev/zero >"$work/huge.yaml"
wrong 4 "larger than 1048576 bytes" check "$work/huge.yaml"
wrong 4 "--name" lab --name "a b/c"
wrong 4 "--advertise" lab --advertise ""

echo "-- words that are none"
wrong 4 'did you mean "run"' runn scenarios
wrong 4 "nope" faults --json nope
same "faults --json POINT has this one alone" '["mqtt"]' "$("$FIRSTLIGHT" faults --json mqtt | jq -c '[.points[].point]')"
wrong 5 "no scenario selected (1 left out by --tag and --exclude-tag)" list --tag nope "$work/quick.yaml"

echo "-- what may not be read"
mkdir "$work/closed"; cp "$work/quick.yaml" "$work/closed/"; chmod 0 "$work/closed"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  chmod 755 "$work"
  setpriv --reuid 65534 --regid 65534 --clear-groups "$FIRSTLIGHT" judge "$work/closed/out" >"$work/out.text" 2>"$work/err"
  same "judge of a folder that is closed to one" 4 $?
  contains "says why" "Permission denied" "$work/err"
fi
chmod 700 "$work/closed"
finish
