#!/bin/sh
# Journals and reports that somebody damaged, or that cannot be read: `judge` and `merge` notice, and say what is wrong.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
cd "$FIRSTLIGHT_SOURCE" || exit 1
TMPDIR=$work/tmp; export TMPDIR; mkdir "$TMPDIR"
cat >"$work/quick.yaml" <<'Y'
name: quick
summary: Three cameras.
timeout: 60s
seed: 7
cameras: {count: 3}
expect:
  - online: {cameras: all}
Y
"$FIRSTLIGHT" run "$work/quick.yaml" --out "$work/out" >/dev/null 2>&1
same "the run passes" 0 $?
journal=$(ls "$work"/out/*/quick/journal.jsonl)
report=$(ls "$work"/out/*/report.json)
judge() { "$FIRSTLIGHT" judge "$@" >"$work/text" 2>"$work/err"; }
judge "$journal"
same "its journal is judged again" 0 $?
judge -q "$journal"
same "with -q" 0 $?
same "nothing is said when all is well" "" "$(cat "$work/text")"

# damaged "what" "message part" sed-script: the changed journal has no verdict
damaged() {
  sed "$3" "$journal" >"$work/changed.jsonl"
  cmp -s "$journal" "$work/changed.jsonl" && fail "$1: nothing was changed"
  judge "$work/changed.jsonl"
  same "$1: no verdict" 10 $?
  contains "$1: says what" "$2" "$work/text"
}
echo "-- damaged journals"
online=$(grep -n '"ev":"camera_online"' "$journal" | head -1 | cut -d: -f1)
damaged "a line is missing" "the journal is not complete: line" "${online}d"
damaged "a line is there twice" "the journal is not complete: line $((online + 1)): lane" "${online}p"
damaged "two lines are in another place" "the journal is not complete: line" "${online}{h;d};\${p;x}"
damaged "an event of an unknown kind is missing" "the journal is not complete: line" "$((online - 1))s/\"ev\":\"[a-z_]*\"/\"ev\":\"from_the_future\"/;${online}d"
damaged "a camera that there is not" "is of camera 4, and the fleet has 3" "${online}s/\"cam\":[0-9]*/\"cam\":4/"
damaged "the end is missing" "the journal has no end" '/"ev":"run_ended"/,$d'
after=$(grep -n '"ev":"run_ended"' "$journal" | cut -d: -f1)
[ "$(wc -l <"$journal")" -gt "$after" ] && damaged "a line behind the end is there twice" "the journal is not complete" '$p'
sed "${online}s/\"ev\":\"camera_online\"/\"ev\":\"from_the_future\"/" "$journal" >"$work/changed.jsonl"
judge "$work/changed.jsonl"
same "an event of an unknown kind alone is no damage: its cameras are" 1 $?

echo "-- versions"
for version in 0 -1 4294967297 18446744073709551615 1.5 '"1"'; do
  sed "1s/{\"journal\":1,/{\"journal\":$version,/" "$journal" >"$work/changed.jsonl"
  judge "$work/changed.jsonl"
  same "a journal of version $version is refused" 4 $?
  sed "s/\"schema_version\": 1/\"schema_version\": $version/" "$report" >"$work/changed.json"
  "$FIRSTLIGHT" merge "$work/changed.json" >"$work/text" 2>"$work/err"
  same "a report of version $version is refused" 4 $?
  contains "and its version is told" "schema version $version" "$work/err"
done

echo "-- a journal that was lost, and left a note of it"
run=$(dirname "$report")
cp -r "$run" "$work/two"
mkdir "$work/two/lost" "$work/two/empty"
printf '{"trouble":"the disk was full","bug":false}' >"$work/two/lost/end.json"
judge "$work/two"
same "the run has no verdict" 10 $?
contains "the scenario is told" "lost" "$work/text"
contains "and what happened to it" "the disk was full" "$work/text"
contains "the other keeps its own" "3 of 3 cameras online" "$work/text"
grep -q "empty" "$work/text" && fail "a folder without a journal is taken for a scenario"

rm -r "$work/two/quick"
judge "$work/two"
same "when nothing else is left it is an error" 4 $?
contains "that says what happened" "the disk was full" "$work/err"
cp -r "$work/two/lost" "$work/two/too"
judge "$work/two"
same "also when two are lost" 4 $?
contains "with the first one's note" "the disk was full" "$work/err"

echo "-- what cannot be read"
ln -s loop "$work/loop"
long=$(printf 'x%.0s' $(seq 300))
for path in "$work/loop" "$work/$long" "$work/nothing" "$work/loop/below"; do
  judge "$path"
  same "judge ${path##*/}: exit 4" 4 $?
  grep -q "bug of firstlight\|An argument is not valid" "$work/err" && fail "not plain: $(cat "$work/err")"
  "$FIRSTLIGHT" merge "$path" >"$work/text" 2>"$work/err"
  same "merge ${path##*/}: exit 4" 4 $?
  grep -q "bug of firstlight\|An argument is not valid" "$work/err" && fail "not plain: $(cat "$work/err")"
done
judge "$work/loop"
contains "with the reason" "Too many levels of symbolic links" "$work/err"
finish
