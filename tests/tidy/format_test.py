#!/usr/bin/python3
"""Every source file is formatted as clang-format 14 does it, Debian 12's; other versions format differently."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ["FIRSTLIGHT_SOURCE"]
MAJOR = 14
HINT = f"""This project's format is that of clang-format {MAJOR}. Get it with one of
  apt-get install clang-format-{MAJOR}        Debian 12, Ubuntu 24.04
  pip install clang-format==14.0.6       elsewhere, in a virtual environment that is first in PATH
or leave the format unchecked, knowing that ./check elsewhere may refuse it: FIRSTLIGHT_FORMAT=skip"""


def version_of(program):
    """The major version, or None where there is no such program."""
    if shutil.which(program) is None:
        return None
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\d+)\.", shown)
    return int(found.group(1)) if found else 0


def clang_format():
    found = {name: version_of(name) for name in (f"clang-format-{MAJOR}", "clang-format")}
    for name, version in found.items():
        if version == MAJOR:
            return name
    other = found["clang-format"]
    sys.exit((f"the format cannot be checked: this is clang-format {other}" if other else "the format cannot be checked: there is no clang-format") +
             "\n" + HINT)


def unformatted(program, files):
    checked = subprocess.run([program, "--dry-run", "-Werror", *files], capture_output=True, text=True, cwd=ROOT, check=False)
    if checked.returncode == 0:
        return []
    lines = {line.split(": error")[0] for line in checked.stderr.splitlines() if ": error" in line}
    return sorted(lines) or [checked.stderr]


def main():
    if os.environ.get("FIRSTLIGHT_FORMAT") == "skip":
        print("the format was not checked: FIRSTLIGHT_FORMAT=skip")
        return
    program = clang_format()
    with tempfile.NamedTemporaryFile(mode="w", suffix=".cpp") as wrong:  # the check catches what it is for
        wrong.write("int  f( ){return 1 ;}\n")
        wrong.flush()
        if not unformatted(program, [wrong.name]):
            sys.exit(f"{program} finds nothing wrong with text that is not formatted")
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "*.cpp", "*.hpp"], capture_output=True, text=True, check=True)
    files = [f for f in listed.stdout.split() if os.path.exists(os.path.join(ROOT, f))]
    if len(files) < 20:
        sys.exit(f"only {len(files)} source files found below {ROOT}: this test would prove nothing")
    problems = unformatted(program, files)
    if problems:
        sys.exit("\n".join(problems[:10]) + f"\n{len(problems)} places are not formatted: {program} -i FILE")
    print(f"{len(files)} source files are formatted")


main()
