#!/usr/bin/python3
"""The tables of docs/verdicts.md are what the program does: reports with each verdict go through `firstlight merge`, and the
exit codes, their reasons and which of two comes first are compared; so is the summary that --help gives."""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile

PROGRAM = os.environ["FIRSTLIGHT"]
ROOT = os.environ["FIRSTLIGHT_SOURCE"]
SKIPPED = """name: skipped
summary: Is never played, so its report needs no lab.
skip: Only its report is wanted.
timeout: 15s
cameras: {count: 1}
expect:
  - online: {cameras: all}
"""
failures = 0


def same(what, expected, found):
    global failures
    failures += expected != found
    print(("ok      " if expected == found else "FAILED  ") + what + ("" if expected == found else f": the page says {expected}, the program {found}"))


def rows(page, heading):
    """The cells of the first table below a heading."""
    table = re.search(rf"^## {heading}\n.*?(^\|.*?)\n\n", page, re.M | re.S).group(1)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def firstlight(folder, *arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=folder, timeout=120)


def report_of_skipped(folder):
    with open(os.path.join(folder, "skipped.yaml"), "w", encoding="utf-8") as file:
        file.write(SKIPPED)
    done = firstlight(folder, "run", "skipped.yaml", "--report-json", "report.json")
    if not os.path.exists(os.path.join(folder, "report.json")):
        sys.exit("a skipped scenario gives no report:\n" + done.stdout + done.stderr)
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
        return json.load(file)


class Reports:
    """Makes reports and asks the program for their exit code."""

    def __init__(self, folder):
        self.folder = folder
        self.pattern = report_of_skipped(folder)

    def judge(self, verdicts, bug=False, **run):
        """(exit code, reason) of a run in which scenarios had these verdicts."""
        report = copy.deepcopy(self.pattern)
        scenario = report["scenarios"][0]
        report["scenarios"] = [{**scenario, "name": f"s{n}", "verdict": v, "bug": bug} for n, v in enumerate(verdicts)]
        report["run"].update(run)
        with open(os.path.join(self.folder, "made.json"), "w", encoding="utf-8") as file:
            json.dump(report, file)
        done = firstlight(self.folder, "merge", "made.json", "--report-json", "merged.json")
        if "merged.json" not in os.listdir(self.folder):
            sys.exit("merge wrote nothing:\n" + done.stdout + done.stderr)
        with open(os.path.join(self.folder, "merged.json"), encoding="utf-8") as file:
            merged = json.load(file)["run"]
        os.remove(os.path.join(self.folder, "merged.json"))
        same(f"{verdicts} {run}: the report has the exit code", done.returncode, merged["exit_code"])
        return done.returncode, merged["exit_reason"]


def check_verdicts(page, reports):
    codes = {}
    for verdict, _, text in rows(page, "Verdicts"):
        verdict = verdict.strip("`")
        codes[verdict] = int(text.split(",")[0])
        beside_a_pass = ["pass", verdict]
        same(f"the exit code of {verdict}", codes[verdict], reports.judge(beside_a_pass)[0])
        if strict := re.search(r"or (\d+) with `--flaky=fail`", text):
            same(f"{verdict} with --flaky=fail", int(strict.group(1)), reports.judge(beside_a_pass, flaky="fail")[0])
        if alone := re.search(r"or (\d+) when all", text):
            same(f"nothing but {verdict}", int(alone.group(1)), reports.judge([verdict, verdict])[0])
    with open(os.path.join(ROOT, "docs/report.schema.json"), encoding="utf-8") as file:
        known = json.load(file)["$defs"]["verdict"]["enum"]
    same("the verdicts", sorted(codes), sorted(known))


def check_codes(page, reports):
    """What leads to each code; and of each two that can meet, the one that comes first."""
    causes = {1: ["fail"], 10: ["infra"], 11: ["threshold"], 12: ["inconclusive"], 13: ["flaky"]}
    reasons = {int(code): reason for code, reason, _ in rows(page, "Exit codes")}
    found = {0: reports.judge(["pass"]), 5: reports.judge([]), 2: reports.judge(["pass"], interrupted=True),
             3: reports.judge(["infra"], bug=True)}
    found |= {code: reports.judge(verdicts, flaky="fail") for code, verdicts in causes.items()}
    for code, result in found.items():
        same(f"exit code {code}", (code, reasons.get(code)), result)
    same("a part of the suite is missing", 10, reports.judge(["pass"], shard="1/2")[0])
    same("nothing but a part that is skipped", 10, reports.judge(["skipped"], shard="1/2")[0])
    order = [int(code) for code in re.search(r"the first of ([\d, ]+) is the exit code", page).group(1).split(", ")]
    same("the order has every code but 0", sorted(reasons.keys() - {0}), sorted(order))
    for first in order:
        for second in order[order.index(first) + 1:]:
            run = {"interrupted": first == 2, "flaky": "fail"}
            if first in (2, 3) and second in causes:
                same(f"{first} before {second}", first, reports.judge(causes[second], bug=first == 3, **run)[0])
            elif first in causes and second in causes:
                same(f"{first} before {second}", first, reports.judge(causes[second] + causes[first], **run)[0])
    same("3 before 2", 3, reports.judge(["infra"], bug=True, interrupted=True)[0])
    same("2 before 5", 2, reports.judge(["skipped"], interrupted=True)[0])
    return sorted(reasons), order


def check_help(folder, codes, order):
    text = " ".join(firstlight(folder, "--help").stdout.split("Exit codes:")[1].split())
    listed, first = text.split("When several apply, the first of ")
    same("--help names the codes", codes, [int(c) for c in re.findall(r"(?:^|, )\s*(\d+) [a-z]", listed)])
    same("--help names the order", order, [int(c) for c in re.findall(r"\d+", first)])


def main():
    with open(os.path.join(ROOT, "docs/verdicts.md"), encoding="utf-8") as file:
        page = file.read()
    with tempfile.TemporaryDirectory() as folder:
        reports = Reports(folder)
        check_verdicts(page, reports)
        check_help(folder, *check_codes(page, reports))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
