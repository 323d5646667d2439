#!/usr/bin/python3
"""The scenarios as their users run them: all pass, twice with the same seeds the repeatable rules fire alike, and each
fails with the firmware defects that it claims to notice. Run by ./check with the optimised program.
    tests/suites/suites.py [--matrix]    --matrix: with every defect, compared with tests/suites/matrix.txt"""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("FIRSTLIGHT", os.path.join(ROOT, "firstlight"))
JOBS = str(5 * os.cpu_count())
KILLER_JOBS = str(6 * os.cpu_count())  # what is to fail mostly waits until it has
MIN_SCENARIOS = 60


def program(*arguments):
    return subprocess.run([PROGRAM, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)


def run_all(folder, name):
    report = os.path.join(folder, name + ".json")
    done = program("run", "scenarios", "--jobs", JOBS, "--out", folder, "--report-json", report, "--color", "never", "--quiet")
    with open(report, encoding="utf-8") as file:
        result = json.load(file)
    if done.returncode != 0:
        print(done.stdout)  # and again at the end, where one looks first
        for scenario in (s for s in result["scenarios"] if s["verdict"] not in ("pass", "skipped", "quarantined")):
            print(f"suites: {scenario['name']}: {scenario['verdict']}")
            for check in (c for c in scenario["checks"] if c["verdict"] != "pass"):
                print(f"    {check['expect']}: {check['verdict']}: {check['observed']}\n    {check['repro']}")
        sys.exit(f"suites: the scenarios do not all pass (exit {done.returncode})")
    print(f"suites: {len(result['scenarios'])} scenarios pass in {result['run']['duration_ms'] / 1000:.1f} s, {JOBS} at a time")
    return result


def firings(result):
    """Of the repeatable rules: (scenario, rule) -> [(camera, attempt)]."""
    return {(s["name"], f["id"]): [(x["camera"], x["attempt"]) for x in f["firings"]]
            for s in result["scenarios"] for f in s["faults"] if f["repeatable"]}


def compare(first, second):
    a, b = firings(first), firings(second)
    if a.keys() != b.keys():
        sys.exit("suites: the two runs do not have the same rules")
    if sum(len(x) for x in a.values()) < 100:
        sys.exit("suites: hardly any repeatable rule has fired: the comparison proves nothing")
    wrong = [key for key in a if a[key] != b[key]]
    for scenario, rule in wrong:
        only_a = sorted(set(a[scenario, rule]) - set(b[scenario, rule]))
        only_b = sorted(set(b[scenario, rule]) - set(a[scenario, rule]))
        print(f"suites: {scenario}, {rule}: only in the first run {only_a[:5]}, only in the second {only_b[:5]} (camera, attempt)")
    if wrong:
        sys.exit("suites: repeatable rules did not fire alike in two runs with one seed")
    print(f"suites: {len(a)} repeatable rules fired alike in two runs, {sum(len(x) for x in a.values())} times")


def check_tags(result):
    """Every scenario about security and certificates says what it notices."""
    listed = json.loads(program("list", "scenarios", "--json").stdout)
    by_name = {s["name"]: s for s in listed["scenarios"]}
    for scenario in result["scenarios"]:
        entry = by_name[scenario["name"]]
        if entry["file"].split("/")[-2] in ("security", "certificates") and not entry["killed_by"]:
            sys.exit(f"suites: {scenario['name']} names no defect that it notices (killed_by)")
    if len(by_name) < MIN_SCENARIOS:
        sys.exit(f"suites: only {len(by_name)} scenarios")


def prove(folder, matrix):
    arguments = ["prove", "scenarios", "--jobs", JOBS if matrix else KILLER_JOBS, "--out", folder, "--quiet"]
    if matrix:
        arguments += ["--matrix", os.path.join(ROOT, "tests/suites/matrix.txt"), "--table", os.path.join(ROOT, "docs/defect-matrix.md")]
    done = program(*arguments)
    print(done.stdout, end="")
    if done.returncode != 0:
        sys.exit(f"suites: a scenario does not notice what it claims (exit {done.returncode})")


def main():
    with tempfile.TemporaryDirectory(prefix="firstlight-suites-") as folder:
        first = run_all(folder, "first")
        check_tags(first)
        compare(first, run_all(folder, "second"))
        prove(folder, "--matrix" in sys.argv[1:])


main()
