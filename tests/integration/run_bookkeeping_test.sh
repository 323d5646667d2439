#!/bin/sh
# Repeats, retries, quarantine, skip, shards, merge, the multiplier, annotations: with the real program.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
cd "$FIRSTLIGHT_SOURCE" || exit 1
TMPDIR=$work/tmp; export TMPDIR; mkdir "$TMPDIR"
unset GITHUB_ACTIONS
validate() { /usr/bin/python3 tests/support/validate_report.py "$@"; }
scenario() { # name, further lines, expectation
  cat >"$work/$1.yaml" <<Y
name: $1
summary: One camera.
timeout: 60s
seed: 7
$2
cameras: {count: 1}
expect:
  - online: {cameras: 100%}
$3
Y
}
run() { "$FIRSTLIGHT" run "$@" --out "$work/out" --report-json "$work/r.json" --report-junit "$work/r.xml" >"$work/summary" 2>"$work/progress"; }
reports_are_correct() { validate json "$work/r.json" && validate junit "$work/r.xml"; }
fails='  - attempts: {stage: mqtt_connect, at_least: 5}'

echo "-- repeat and retries"
scenario good "" ""
scenario bad "" "$fails"
run "$work/good.yaml" --repeat 3
same "three repeats pass" 0 $?
same "each has a name" "good#1 good#2 good#3" "$(jq -r '[.scenarios[].name] | join(" ")' "$work/r.json")"
same "the first has the seed itself" 7 "$(jq '.scenarios[0].seed' "$work/r.json")"
same "each has a seed of its own" 3 "$(jq '[.scenarios[].seed] | unique | length' "$work/r.json")"
same "Endorse has one key in all of them" 1 \
  "$(cat "$work"/out/*/good#*/journal.jsonl | jq -r 'select(.ev == "token_issued") | .key_id' | sort -u | wc -l)"
contains "and its own line that repeats it" "--seed $(jq '.scenarios[2].seed' "$work/r.json")\"" "$work/r.json"
expect "the reports are correct" reports_are_correct
run "$work/bad.yaml" --retries 2
same "a failure that stays is a failure" 1 $?
same "three attempts" "fail fail fail" "$(jq -r '[.scenarios[0].attempts[].verdict] | join(" ")' "$work/r.json")"
contains "said while it runs" "bad: fail; trying again (2 of 2)" "$work/progress"
expect "the reports are correct" reports_are_correct
run "$work/bad.yaml" "$work/good.yaml" --fail-fast --jobs 1
same "fail fast" 1 $?
same "what was not run says so" "fail skipped" "$(jq -r '[.scenarios[].verdict] | join(" ")' "$work/r.json")"
contains "with the reason" "(--fail-fast)" "$work/r.xml"

echo "-- skip and quarantine"
scenario off "skip: no modem here" ""
scenario excused "quarantine: {until: 2999-12-31, reason: known since March}" "$fails"
scenario late "quarantine: {until: 2020-01-31, reason: forgotten}" "$fails"
run "$work/off.yaml"
same "only skipped: exit 5" 5 $?
run "$work/good.yaml" "$work/off.yaml" "$work/excused.yaml"
same "skipped and quarantined do not fail the run" 0 $?
same "their verdicts" "pass skipped quarantined" "$(jq -r '[.scenarios[].verdict] | join(" ")' "$work/r.json")"
contains "the summary names the quarantined" "quarantined: excused" "$work/summary"
contains "and the skipped" "skipped: off" "$work/summary"
contains "JUnit has the reason" "quarantined until 2999-12-31 (known since March): fail" "$work/r.xml"
expect "the reports are correct" reports_are_correct
run "$work/late.yaml" --report-github
same "an expired quarantine excuses nothing" 1 $?
contains "and says that it has expired" "quarantine EXPIRED on 2020-01-31: forgotten" "$work/summary"
contains "an annotation at the line" "::error file=$work/late.yaml,line=9,title=late%3A fail::expected: attempts" "$work/summary"
GITHUB_ACTIONS=true run "$work/late.yaml"
contains "by itself on GitHub" "::error file=" "$work/summary"
run "$work/late.yaml"
grep -q '^::' "$work/summary" && fail "annotations elsewhere" || pass "and not elsewhere"

echo "-- the multiplier"
cat >"$work/slow.yaml" <<'Y'
name: slow
summary: Cannot settle within its timeout.
timeout: 1us
seed: 7
cameras: {count: 1}
expect:
  - online: {cameras: 100%}
Y
run "$work/slow.yaml"
same "a timeout is a failure" 1 $?
run "$work/slow.yaml" --timeout-multiplier 1000
contains "the multiplied timeout is the one that is judged" 'timeout: 1ms' "$work/r.json"
contains "and the report says so" '"timeout_multiplier": 1000' "$work/r.json"
contains "and so does the line that repeats it" "--seed 7 --timeout-multiplier 1000" "$work/summary"
"$FIRSTLIGHT" judge "$work/out/$(jq -r .run.id "$work/r.json")" --report-json "$work/again.json" >/dev/null 2>&1
same "judge knows it too" "$(jq -S .scenarios "$work/r.json")" "$(jq -S .scenarios "$work/again.json")"

echo "-- shards and merge"
"$FIRSTLIGHT" run "$smoke" --seed 5 --out "$work/whole" >/dev/null 2>&1
same "the whole passes" 0 $?
"$FIRSTLIGHT" run "$smoke" --seed 5 --shard 1/2 --out "$work/one" >/dev/null 2>"$work/progress"
same "the first half" 0 $?
contains "says which part it is" "part 1/2" "$work/progress"
"$FIRSTLIGHT" run "$smoke" --seed 5 --shard 2/2 --out "$work/two" >/dev/null 2>&1
same "the second half" 0 $?
"$FIRSTLIGHT" merge "$work"/two/* "$work"/one/*/report.json --report-json "$work/r.json" --report-junit "$work/r.xml" >"$work/summary" 2>&1
same "merged: the exit code of the whole" 0 $?
same "the same scenarios, seeds and verdicts in the same order" \
  "$(jq -c '[.scenarios[] | [.name, .file, .seed, .verdict, .cameras, .online, .repro]]' "$work"/whole/*/report.json)" \
  "$(jq -c '[.scenarios[] | [.name, .file, .seed, .verdict, .cameras, .online, .repro]]' "$work/r.json")"
expect "the merged reports are correct" reports_are_correct
"$FIRSTLIGHT" merge "$work"/one/* >"$work/summary" 2>&1
same "a missing part: no verdict" 10 $?
contains "and which" "missing parts: 2/2" "$work/summary"
"$FIRSTLIGHT" merge "$work"/one/* "$work"/whole/* >"$work/summary" 2>&1
same "the same scenario twice: refused" 4 $?
contains "and which" "is there twice" "$work/summary"
sed 's/"schema_version": 1/"schema_version": 2/' "$work"/one/*/report.json >"$work/newer.json"
"$FIRSTLIGHT" merge "$work/newer.json" >"$work/summary" 2>&1
same "another schema version: refused" 4 $?
for wrong in 0/2 3/2 2 a/b; do
  "$FIRSTLIGHT" run scenarios/smoke --shard $wrong --out "$work/none" >/dev/null 2>&1
  same "--shard $wrong: usage" 4 $?
done

echo "-- one seed, the same firings"
cat >"$work/faulted.yaml" <<'Y'
name: faulted
summary: Endorse is busy for a fifth of the cameras.
timeout: 60s
cameras: {count: 20}
faults:
  - id: busy
    at: endorse.http
    inject: {status: 503}
    cameras: 20%
    attempts: first 2
expect:
  - online: {cameras: 100%}
Y
firings() { run "$work/faulted.yaml" --seed "$1" || fail "the faulted scenario: $?"; jq -c '.scenarios[].faults' "$work/r.json"; }
first=$(firings 3)
same "four cameras, twice each" 8 "$(echo "$first" | jq '.[0].fired')"
same "the same again" "$first" "$(firings 3)"
[ "$first" = "$(firings 4)" ] && fail "another seed fires for the same cameras" || pass "other cameras with another seed"
expect "the reports are correct" reports_are_correct

echo "-- a format never changes the code"
for format in "" "--report-json -" "--report-junit -" "--report-github" "-q" "--color always"; do
  # shellcheck disable=SC2086
  "$FIRSTLIGHT" run "$work/bad.yaml" --out "$work/out" $format >"$work/stdout" 2>/dev/null
  same "exit 1 with '$format'" 1 $?
  case $format in
    "--report-json -") expect "standard output is JSON alone" validate json "$work/stdout" ;;
    "--report-junit -") expect "standard output is XML alone" validate junit "$work/stdout" ;;
  esac
done
finish
