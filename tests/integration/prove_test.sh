#!/bin/sh
# `prove`: its exit codes, the matrix, what is said of proofs that were not played.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
cd "$FIRSTLIGHT_SOURCE" || exit 1
TMPDIR=$work/tmp; export TMPDIR; mkdir "$TMPDIR"
mkdir "$work/suite"
scenario() { # name, killed_by
  cat >"$work/suite/$1.yaml" <<Y
name: $1
summary: One camera.
timeout: 30s
seed: 7
cameras: {count: 1, firmware: {retry: {base: 100ms, cap: 1s}}}
expect:
  - online: {cameras: all}
$2
Y
}
prove() { "$FIRSTLIGHT" prove "$work/suite" --out "$work/out" "$@" >"$work/text" 2>"$work/err"; }

echo "-- nothing to prove"
scenario plain ""
prove
same "no killed_by: exit 5" 5 $?
expect "and no folder is made" test ! -e "$work/out"

echo "-- a proof that does not hold"
scenario plain "killed_by: [no-jitter]"
prove
same "the defect is not noticed: exit 1" 1 $?
contains "it is named" "plain with no-jitter: pass although the scenario says that it fails" "$work/text"
contains "with the line that repeats it" "--seed 7 --defect no-jitter" "$work/text"
contains "and counted" "0 of 1 proofs hold" "$work/text"
# A table whose file is taken away while the scenario plays: known only at the end.
mkdir "$work/tables"
sed -i 's/^seed: 7/&\nrun_for: 5s/' "$work/suite/plain.yaml"
"$FIRSTLIGHT" prove "$work/suite" --out "$work/gone" --table "$work/tables/t.md" >"$work/text" 2>"$work/err" &
prover=$!
plays() { ls "$work"/gone/*/*/journal.jsonl; }
expect "it plays" within 30 plays
rm -r "$work/tables"
wait $prover
same "a table that cannot be written does not hide the failure" 1 $?
contains "it is said" "t.md: the report cannot be written" "$work/err"
contains "and the proofs are counted all the same" "0 of 1 proofs hold" "$work/text"
prove --table "$work/none/t.md"
same "a table whose folder is not there is refused before" 4 $?

echo "-- the matrix"
scenario plain "killed_by: [no-jitter]"
matrix() { printf '%s\n' "$@" >"$work/matrix.txt"; prove --matrix "$work/matrix.txt"; }
matrix "plain: no-such-defect"
same "no such defect" 4 $?
contains "with the file's name and the line" "$work/matrix.txt:1: there is no defect" "$work/err"
matrix "plain:" "stranger: no-jitter" >/dev/null
contains "a row of no scenario is told" "1 of its rows belong to no scenario in $work/suite: stranger" "$work/err"
printf 'no-such-scenario: no-jitter\n' >"$work/matrix.txt"
"$FIRSTLIGHT" prove --matrix "$work/matrix.txt" --tag no-such-tag --out "$work/none" >"$work/text" 2>"$work/err"
same "with all scenarios it is a mistake" 4 $?
contains "that names the row" "no-such-scenario" "$work/err"
expect "our own matrix has only rows of scenarios" sh -c \
  '"$FIRSTLIGHT" prove --matrix tests/suites/matrix.txt --tag no-such-tag --out "$0" 2>&1 | grep -q "no scenario selected"' "$work/none"

echo "-- Ctrl-C"
scenario plain ""
cat >"$work/suite/long.yaml" <<'Y'
name: long
summary: Goes on until somebody stops it.
timeout: 120s
run_for: 100s
seed: 7
cameras: {count: 1}
expect:
  - online: {cameras: all}
killed_by: [no-jitter, never-store]
Y
"$FIRSTLIGHT" prove "$work/suite" --jobs 1 --out "$work/cut" >"$work/text" 2>"$work/err" &
prover=$!
online() { grep -q camera_online "$work"/cut/*/*/journal.jsonl; }
expect "the first proof plays" within 60 online
kill -INT $prover
wait $prover
same "exit 2" 2 $?
grep -q "although" "$work/text" && fail "something is said of what was not played: $(cat "$work/text")"
contains "what was not played is counted" "0 of 2 proofs hold; 2 were not played to the end" "$work/text"
finish
