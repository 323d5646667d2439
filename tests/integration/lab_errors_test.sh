#!/bin/sh
# What a person does wrong with `firstlight lab`, and what is said about it: exit code and message, with nothing left behind.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
folders() { find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'firstlight-*' | wc -l; }
TMPDIR=$work/tmp; export TMPDIR; mkdir "$TMPDIR"

# wrong CODE "message part" arguments…
wrong() {
  code=$1 part=$2; shift 2
  timeout 60 "$FIRSTLIGHT" "$@" >"$work/out" 2>"$work/err"
  same "exit code of: $*" "$code" $?
  contains "its message" "$part" "$work/err"
  grep -q "bug of firstlight" "$work/err" && fail "called a bug: $(cat "$work/err")"
  same "nothing on standard output" "" "$(cat "$work/out")"
  same "no folder left" 0 "$(folders)"
}

start_lab
taken=$(echo "$endorse_url" | sed 's|.*:\([0-9]*\)/.*|\1|')
kept=$(folders)
same "a running lab has one folder" 1 "$kept"
timeout 60 "$FIRSTLIGHT" lab --json --endorse-port "$taken" >"$work/out" 2>"$work/err"
same "a taken port: exit 10" 10 $?
contains "and says which" "127.0.0.1:$taken" "$work/err"
contains "and why" "in use" "$work/err"
same "and only the running lab's folder stays" 1 "$(folders)"
stop_lab
same "after the end none" 0 "$(folders)"

wrong 10 "192.0.2.1" lab --address 192.0.2.1
wrong 4 "--address" lab --address nonsense
wrong 4 "--token-lifetime" lab --token-lifetime 10
wrong 4 "--no-such-flag" lab --no-such-flag
wrong 4 "/nonexistent/template.json" lab --config-template /nonexistent/template.json
cat >"$work/some.yaml" <<'Y'
name: some
summary: A port is closed for one camera alone, which a lab for real cameras cannot do.
timeout: 60s
cameras: {count: 2}
faults:
  - {id: closed, at: link.mqtt, inject: refuse, cameras: [1], between: [0s, 5s]}
expect:
  - online: {cameras: all}
Y
wrong 4 "some.yaml: \"refuse\" for some cameras needs simulated ones" lab --faults "$work/some.yaml"
echo '[1]' >"$work/list.json"
wrong 4 "template" lab --config-template "$work/list.json"
wrong 10 "/nonexistent/state.db" lab --state /nonexistent/state.db
wrong 10 "/nonexistent/journal" lab --journal /nonexistent/journal
echo "this is no database, and long enough to be told apart from an empty file" >"$work/garbage.db"
wrong 10 "$work/garbage.db" lab --state "$work/garbage.db"
sqlite3 "$work/newer.db" 'create table x(y); pragma user_version = 999'
wrong 4 "newer" lab --state "$work/newer.db"
TMPDIR=/nonexistent timeout 60 "$FIRSTLIGHT" lab >"$work/out" 2>"$work/err"
same "an unusable TMPDIR: exit 10" 10 $?
contains "and says which folder" "/nonexistent/firstlight-" "$work/err"

# A PATH without mosquitto: only where the absolute fall-backs do not have it either can that be shown for real.
mkdir "$work/bin"
cat >"$work/bin/mosquitto" <<'SH'
#!/bin/sh
echo "1700000000: Error: this Mosquitto is broken on purpose" >&2
exit 3
SH
chmod +x "$work/bin/mosquitto"
PATH="$work/bin:$PATH" timeout 60 "$FIRSTLIGHT" lab >"$work/out" 2>"$work/err"
same "a Mosquitto that does not start: exit 10" 10 $?
contains "and says so" "Mosquitto" "$work/err"
contains "with Mosquitto's own words" "broken on purpose" "$work/err"
same "no folder left by it" 0 "$(folders)"
finish
