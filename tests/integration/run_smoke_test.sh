#!/bin/sh
# The smoke suite as a user runs it: verdicts, reports, the journal judged again, the seed, Ctrl-C.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
cd "$FIRSTLIGHT_SOURCE" || exit 1
TMPDIR=$work/tmp; export TMPDIR; mkdir "$TMPDIR"

"$FIRSTLIGHT" run "$smoke" --seed 42 --out "$work/out" --report-json "$work/report.json" --report-junit "$work/junit.xml" >"$work/summary" 2>"$work/progress"
same "the smoke suite passes" 0 $?
[ "$failures" = 0 ] || { cat "$work/progress" "$work/summary"; }
contains "the seed comes first" "seed 42" "$work/progress"
n=$(ls "$smoke"/*.yaml | wc -l)
same "every scenario of the folder has a verdict" "$n" "$(jq '.scenarios | length' "$work/report.json")"
same "all pass" "$n" "$(jq .totals.pass "$work/report.json")"
same "every camera is online" "true" "$(jq '[.scenarios[] | .online == .cameras and .cameras > 0] | all' "$work/report.json")"
same "200 cameras are among them" 200 "$(jq '[.scenarios[].cameras] | max' "$work/report.json")"
same "totals are measured" "true" "$(jq '[.scenarios[].stages.total | .count > 0 and .p50_ms > 0 and .p99_ms >= .p50_ms and .max_ms >= .p99_ms] | all' "$work/report.json")"
same "every stage is measured" 8 "$(jq '[.scenarios[0].stages | keys[] | select(. as $s | ["attach","endorse","verify","config","store","mqtt_connect","subscribe","status"] | index($s))] | length' "$work/report.json")"
/usr/bin/python3 - "$work/junit.xml" "$work/report.json" <<'PY' && pass "JUnit is XML with a testcase a check" || fail "JUnit"
import json, sys, xml.etree.ElementTree as e
root = e.parse(sys.argv[1]).getroot()
report = json.load(open(sys.argv[2]))
checks = sum(len(s["checks"]) for s in report["scenarios"])
assert root.tag == "testsuites" and int(root.get("tests")) == checks == len(root.findall("./testsuite/testcase")) > 0
assert int(root.get("failures")) == 0 and int(root.get("errors")) == 0
PY
run=$(ls "$work/out")
"$FIRSTLIGHT" judge "$work/out/$run" --report-json "$work/again.json" >"$work/again" 2>&1
same "judge repeats the exit code" 0 $?
same "and the scenarios' verdicts, checks and numbers" "$(jq -S .scenarios "$work/report.json")" "$(jq -S .scenarios "$work/again.json")"

echo "-- secrets"
for needle in "BEGIN EC PRIVATE" "BEGIN RSA PRIVATE" "BEGIN PRIVATE" '"eyJ' 'Bearer '; do
  grep -rqF -- "$needle" "$work/out" "$work/progress" "$work/summary" && fail "'$needle' in journal, report or log" || pass "no '$needle' in journal, report or log"
done

echo "-- a failure and how it is told"
cat >"$work/fails.yaml" <<'Y'
name: fails-on-purpose
summary: Expects more attempts than a healthy camera makes.
timeout: 30s
seed: 7
cameras: {count: 3}
expect:
  - online: {cameras: 100%}
  - attempts: {stage: mqtt_connect, at_least: 5}
  - latency: {stage: total, p50: "< 1us"}
Y
"$FIRSTLIGHT" run "$work/fails.yaml" --out "$work/out2" --report-junit "$work/junit2.xml" >"$work/summary" 2>"$work/progress"
same "exit 1" 1 $?
contains "the expectation and its line" "fails.yaml:8" "$work/summary"
contains "what was observed" "1 to 1 attempts of mqtt_connect" "$work/summary"
contains "the first camera's timeline" "mqtt_connect ok" "$work/summary"
contains "the line that repeats it" "--seed 7" "$work/summary"
contains "JUnit has the failure" '<failure type="fail"' "$work/junit2.xml"
sed -i '/at_least/d' "$work/fails.yaml"
"$FIRSTLIGHT" run "$work/fails.yaml" --out "$work/out3" >/dev/null 2>&1
same "only a threshold breached: exit 11" 11 $?

echo "-- usage"
"$FIRSTLIGHT" run --tag no-such-tag scenarios/smoke --out "$work/none" >/dev/null 2>"$work/err"
same "nothing selected: exit 5" 5 $?
printf 'name: x\nsumary: y\n' >"$work/bad.yaml"
"$FIRSTLIGHT" run "$work/bad.yaml" --out "$work/none" >/dev/null 2>"$work/err"
same "a wrong scenario: exit 4" 4 $?
contains "with a suggestion" 'did you mean "summary"' "$work/err"
[ -e "$work/none" ] && fail "a wrong scenario made a run's folder" || pass "and nothing was started"
"$FIRSTLIGHT" run scenarios/smoke --out /proc/nowhere >/dev/null 2>"$work/err"
same "an output folder that cannot be made: exit 10" 10 $?
contains "and says which" "/proc/nowhere" "$work/err"
"$FIRSTLIGHT" run scenarios/smoke --dry-run --seed 3 >"$work/plan1" && "$FIRSTLIGHT" run scenarios/smoke --dry-run --seed 3 >"$work/plan2"
same "a seed promises the plan" "$(cat "$work/plan1")" "$(cat "$work/plan2")"
"$FIRSTLIGHT" check scenarios >"$work/check" 2>&1
same "check accepts our own scenarios" 0 $?
"$FIRSTLIGHT" schema >"$work/schema.json"
same "schema prints the file" "$(cat scenarios/scenario.schema.json)" "$(cat "$work/schema.json")"

echo "-- Ctrl-C"
cat >"$work/long.yaml" <<'Y'
name: long
summary: Goes on until somebody stops it.
timeout: 120s
run_for: 100s
cameras: {count: 5}
expect:
  - online: {cameras: 100%, within: 90s}
Y
"$FIRSTLIGHT" run "$work/long.yaml" --out "$work/out4" --report-json "$work/partial.json" >"$work/summary" 2>"$work/progress" &
runner=$!
journal() { cat "$work"/out4/*/long/journal.jsonl 2>/dev/null; }
all_online() { [ "$(journal | grep -c camera_online)" = 5 ]; }
expect "five cameras are online" within 30 all_online
kill -INT $runner
wait $runner
same "exit 2" 2 $?
same "a partial report is written" 2 "$(jq .run.exit_code "$work/partial.json")"
same "with the check that was fulfilled" '"pass"' "$(jq '.scenarios[0].checks[0].verdict' "$work/partial.json")"
same "no folder is left" "" "$(ls -A "$TMPDIR")"
finish
