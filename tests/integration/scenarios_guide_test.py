#!/usr/bin/python3
"""Every example of docs/scenarios.md is true: complete scenarios get the verdict that the guide states, parts are valid, and
its flags, points and expectations are those of the program."""
import json
import os
import re
import subprocess
import sys
import tempfile

PROGRAM = os.environ["FIRSTLIGHT"]
ROOT = os.environ["FIRSTLIGHT_SOURCE"]
VERDICTS = {"passes": "pass", "fails": "fail", "is inconclusive": "inconclusive", "breaches a threshold": "threshold",
            "is skipped": "skipped", "is quarantined": "quarantined"}
MINIMAL = {"name": "name: part", "summary": "summary: A part of the guide in a scenario around it.", "timeout": "timeout: 60s",
           "cameras": "cameras: {count: 10}", "expect": "expect:\n  - online: {cameras: all}"}
failures = 0


def check(what, good, details=""):
    global failures
    failures += not good
    print(("ok      " if good else "FAILED  ") + what + ("" if good else f"\n{details}"))


def firstlight(*arguments, cwd):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=cwd, timeout=400)


def write(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def around(part, name):
    """The part in a minimal scenario: its own keys replace those of the scenario around it."""
    own = set(re.findall(r"^([a-z_]+):", part, re.M))
    rest = [text for key, text in {**MINIMAL, "name": f"name: {name}"}.items() if key not in own]
    return "\n".join(rest) + "\n" + part


def sort_blocks(guide):
    """The fenced YAML blocks: complete ones with the verdict stated below, parts, and wrong ones with what is said of them."""
    complete, parts, wrong = {}, [], []
    for block in re.finditer(r"^```yaml\n(.*?)^```\n(.*?)(?=^```yaml|\Z)", guide, re.M | re.S):
        text, below = block.groups()
        if text.startswith("# part of a scenario\n"):
            parts.append(text)
        elif text.startswith("# wrong\n"):
            said = re.match(r"```text\n(.*?)^```", below, re.M | re.S)
            wrong.append((text, said.group(1) if said else ""))
        else:
            name = re.search(r"^name: ([a-z0-9-]+)$", text, re.M).group(1)
            stated = re.match(r"This scenario ([a-z ]+)\.\n", below)
            if name in complete or not stated or stated.group(1) not in VERDICTS:
                sys.exit(f"{name}: it is there twice, or the line below it does not say the verdict")
            complete[name] = (text, VERDICTS[stated.group(1)])
    return complete, parts, wrong


def check_complete(complete, folder):
    suite = os.path.join(folder, "suite")
    for name, (text, _) in complete.items():
        write(suite, name + ".yaml", text)
    done = firstlight("run", suite, "--jobs", "4", "--report-json", "report.json", cwd=folder)
    try:
        with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
            found = {s["name"]: s["verdict"] for s in json.load(file)["scenarios"]}
    except FileNotFoundError:
        return check("the guide's scenarios run", False, done.stdout + done.stderr)
    check("every scenario of the guide is in the report", set(found) == set(complete), f"{set(found) ^ set(complete)}")
    for name, (_, verdict) in complete.items():
        check(f"{name}: {verdict}", found.get(name) == verdict, f"it is {found.get(name)}\n{done.stdout}")
    check("a scenario that fails gives exit code 1", done.returncode == 1, f"{done.returncode}")


def check_failure_text(guide, folder):
    """What the guide shows of a failure is what is printed, but for times, addresses and folders."""
    shown = re.search(r"prints this.*?^```text\n(.*?)^```", guide, re.M | re.S).group(1)
    done = firstlight("run", "suite/guide-fails.yaml", "--seed", "7", cwd=folder)

    def skeleton(text):
        text = re.sub(r"[0-9]+(\.[0-9]+)? ?(us|ms|s)\b|127\.[0-9.]+(:[0-9]+)?|out/[^/ ]+", "*", text)
        return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line.strip()]
    printed = skeleton(done.stdout)
    missing = [line for line in skeleton(shown) if line != "…" and line not in printed]
    check("a failure is printed as the guide shows it", not missing, "\n".join(missing) + "\n-- printed:\n" + done.stdout)


def main():
    with open(os.path.join(ROOT, "docs", "scenarios.md"), encoding="utf-8") as file:
        guide = file.read()
    complete, parts, wrong = sort_blocks(guide)
    if len(complete) < 10 or len(parts) < 5 or not wrong:
        sys.exit(f"only {len(complete)} scenarios, {len(parts)} parts and {len(wrong)} wrong ones found in the guide")
    with tempfile.TemporaryDirectory() as folder:
        for n, text in enumerate(parts):
            write(os.path.join(folder, "parts"), f"part-{n}.yaml", around(text, f"part-{n}"))
        done = firstlight("check", "parts", cwd=folder)
        check(f"the {len(parts)} parts are valid", done.returncode == 0, done.stdout + done.stderr)
        for text, said in wrong:
            write(folder, "wrong.yaml", text)
            done = firstlight("check", "wrong.yaml", cwd=folder)
            check("what is wrong is told as the guide shows it", done.returncode == 4 and said != "" and said in done.stdout + done.stderr,
                  done.stdout + done.stderr)
        check_complete(complete, folder)
        check_failure_text(guide, folder)
        write(os.path.join(folder, "killed"), "x", "")
        for name, (text, _) in complete.items():
            if "killed_by:" in text:
                write(os.path.join(folder, "killed"), name + ".yaml", text)
        done = firstlight("prove", "killed", "--jobs", "4", "-q", cwd=folder)
        check("every killed_by of the guide is proven", done.returncode == 0, done.stdout + done.stderr)
        help_text = "".join(firstlight(verb, "--help", cwd=folder).stdout for verb in ("run", "prove", "merge", "judge", "check", "lab"))
        flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", guide))
        unknown = [f for f in flags if not re.search(re.escape(f) + r"(?![\w-])", help_text)]
        check("the guide's flags exist", not unknown, f"{unknown}")
        points = re.findall(r"^([a-z_.]+)  \(an attempt", firstlight("faults", cwd=folder).stdout, re.M)
        check("the guide names every fault point", len(points) > 10 and all(f"`{p}`" in guide for p in points), f"{points}")
    with open(os.path.join(ROOT, "docs", "expectations.md"), encoding="utf-8") as file:
        expectations = set(re.findall(r"^- ([a-z_]+): ", file.read(), re.M))
    check("the guide names every expectation", len(expectations) >= 10 and all(f"| `{e}` |" in guide for e in expectations), f"{expectations}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
