#!/usr/bin/python3
"""Runs clang-tidy (checks: .clang-tidy) and says what it read.
    tools/tidy.py BUILD...                    the files changed since the newest tag, in ten minutes at most
    tools/tidy.py BUILD... --all              every file that they compile, however long it takes
    tools/tidy.py BUILD... --budget SECONDS   another limit
BUILD is a configured build folder; of a second one, what the first does not compile. What is compiled together is read together,
which takes a third of the time.
Exit: 0 nothing found, 1 something found, or nothing could be read in time, 4 it cannot run."""
import argparse
import concurrent.futures
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAJOR = 14  # other versions find other things; Debian 12's is the reference, and newer ones are told so
# What clang needs of g++'s command line. The rest (warnings, sanitizers, g++'s precompiled headers) it would not understand.
TAKES_VALUE = ("-D", "-I", "-isystem")
# What clang 14 lacks of C++20 and calls errors: lambdas that capture structured bindings, and emplace_back() of an aggregate. It reads
# on, and may miss something in that expression.
LIMIT = re.compile(r"(reference to local binding '\w+' declared in enclosing function .*|"
                   r"/stl_construct\.h:\S+ error: no matching (function for call to 'construct_at'|constructor for initialization of .*)) "
                   r"\[clang-diagnostic-error\]")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


def git(*arguments):
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def own(path):
    """Relative to the root, or None for what is generated or not ours."""
    relative = os.path.relpath(os.path.realpath(path), os.path.realpath(ROOT))
    return None if relative.startswith(("..", "build/")) else relative


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Unit:
    """What one run of the compiler reads: a source file, or several that are compiled together."""

    def __init__(self, entry):
        self.file = entry["file"]
        arguments = entry.get("arguments") or shlex.split(entry["command"])
        self.flags = ["-std=c++20"]
        for flag, value in zip(arguments, arguments[1:] + [""]):
            if flag in TAKES_VALUE:
                self.flags += [flag, value]
            elif flag.startswith(("-D", "-I")):
                self.flags.append(flag)
        itself = own(self.file)
        self.sources = [itself] if itself else [own(f) for f in INCLUDE.findall(read(self.file)) if own(f)]


def units_of(build):
    database = os.path.join(build, "compile_commands.json")
    if not os.path.exists(database):
        cannot(f"{build} is no configured build folder; run: cmake --preset dev")
    with open(database, encoding="utf-8") as file:
        entries = json.load(file)
    units = {}
    for entry in entries:
        if entry["file"].endswith((".cpp", ".cxx")) and "cmake_pch" not in entry["file"]:
            unit = Unit(entry)
            if unit.sources:
                units[unit.file] = unit
    return list(units.values())


def base_of_changes():
    """(name, commit) of what the changes are counted from."""
    tag = git("describe", "--tags", "--abbrev=0")
    if tag:
        return f"the tag {tag}", tag
    merged = git("merge-base", "HEAD", "origin/main")
    if merged and merged != git("rev-parse", "HEAD"):
        return "origin/main (there is no tag)", merged
    return None, None


def reaches(source, headers, cache):
    """The headers among those given that the file includes, directly or not."""
    seen, todo = set(), [source]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        if path not in cache:
            full = os.path.join(ROOT, path)
            text = read(full) if os.path.exists(full) else ""
            beside = os.path.dirname(path)
            cache[path] = [p for i in INCLUDE.findall(text) for p in (i, os.path.normpath(os.path.join(beside, i)))
                           if os.path.exists(os.path.join(ROOT, p))]
        todo += cache[path]
    return seen & headers


def choose(units):
    """(what it is, units, changed files that no unit reads)."""
    name, commit = base_of_changes()
    changed = set()
    if commit:
        changed = set((git("diff", "--name-only", "--diff-filter=d", commit) or "").split())
        changed |= set((git("ls-files", "-o", "--exclude-standard") or "").split())
    changed = {c for c in changed if c.endswith((".cpp", ".hpp", ".def"))}
    if not changed:
        rooms = {}
        for unit in units:
            rooms.setdefault(unit.sources[0].split("/")[0], unit)
        why = f"nothing has changed since {name}" if name else "there is no tag and no other origin/main to count changes from"
        return f"{why}: a sample, one part of each folder", list(rooms.values()), []
    chosen = [u for u in units if changed.intersection(u.sources)]
    left = changed.difference(*(u.sources for u in units))
    cache = {}
    for unit in sorted(units, key=lambda u: u not in chosen):  # headers: where they are read anyway, else wherever they are read
        seen = set().union(*(reaches(s, left, cache) for s in unit.sources)) if left else set()
        if seen and unit not in chosen:
            chosen.append(unit)
        left -= seen
    return f"{len(changed)} files changed since {name}", chosen, sorted(left)


class Run:
    def __init__(self, program, budget):
        self.program, self.budget = program, budget
        self.begin = time.monotonic()
        self.lock = threading.Lock()
        self.findings, self.limits, self.unread, self.broken, self.done = {}, set(), [], [], []

    def __call__(self, unit):
        left = None if self.budget is None else self.budget - (time.monotonic() - self.begin)
        if left is not None and left <= 0:
            self.unread.append(unit)
            return
        command = [self.program, "--quiet", unit.file, "--", *unit.flags]
        try:
            ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=left, check=False)
        except subprocess.TimeoutExpired:
            self.unread.append(unit)
            return
        found = [line for line in ran.stdout.splitlines() if re.match(r"\S+:\d+:\d+: (warning|error): ", line)]
        with self.lock:
            self.done.append(unit)
            for line in found:
                if LIMIT.search(line):
                    self.limits.add(line)
                elif line not in self.findings:
                    self.findings[line] = None
                    print(line.replace(ROOT + "/", ""), flush=True)
            if ran.returncode != 0 and not found:
                self.broken.append(unit)
                print(f"tidy: clang-tidy failed (exit {ran.returncode}) at {', '.join(unit.sources)}:\n{ran.stderr[-2000:]}", flush=True)


def cannot(text):
    print("tidy: " + text, file=sys.stderr)
    sys.exit(4)


def clang_tidy():
    for name in (f"clang-tidy-{MAJOR}", "clang-tidy"):
        if shutil.which(name):
            version = re.search(r"version (\d+)", subprocess.run([name, "--version"], capture_output=True, text=True, check=True).stdout)
            if version and int(version.group(1)) != MAJOR:
                print(f"tidy: this is clang-tidy {version.group(1)}; the checks were chosen with {MAJOR}, and it may find other things")
            return name
    return cannot("there is no clang-tidy; install the package clang-tidy (tools/packages.txt)")


def prove(program):
    """The checks catch something: a wrong configuration would find nothing in anything."""
    with tempfile.NamedTemporaryFile(mode="w", suffix=".cpp") as wrong:
        wrong.write("#include <string>\nbool none(const std::string& s) { return s.size() == 0; }\n")
        wrong.flush()
        ran = subprocess.run([program, "--quiet", "--config-file=.clang-tidy", wrong.name, "--", "-std=c++20"], cwd=ROOT, capture_output=True,
                             text=True, check=False)
    if ran.returncode == 0 or "readability-container-size-empty" not in ran.stdout:
        cannot(f"{program} does not find a mistake that .clang-tidy is to find:\n{ran.stdout}{ran.stderr}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", nargs="+")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--budget", type=float)
    arguments = parser.parse_args()
    program = clang_tidy()
    prove(program)
    units = []
    for build in arguments.build:
        known = {s for u in units for s in u.sources}
        units += [u for u in units_of(build) if not known.issuperset(u.sources)]
    everything = {s for u in units for s in u.sources}
    if len(everything) < 20:
        cannot(f"{' and '.join(arguments.build)} compile only {len(everything)} files: this would prove nothing")
    budget = arguments.budget
    if arguments.all:
        what, chosen, left = "all sources", units, []
        tracked = set((git("ls-files", "*.cpp") or "").split())
        left = sorted(tracked - everything)
    else:
        what, chosen, left = choose(units)
        budget = budget or 600
    print(f"tidy: {what}" + (f"; at most {budget:.0f} s" if budget else ""), flush=True)
    run = Run(program, budget)
    # The largest first, so that none is begun when the others have ended.
    chosen.sort(key=lambda u: -sum(os.path.getsize(os.path.join(ROOT, s)) for s in u.sources))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for future in [pool.submit(run, unit) for unit in chosen]:
            future.result()
    sources = sorted({s for u in run.done for s in u.sources})
    print(f"tidy: read {len(sources)} source files of {len(everything)} and the headers that they include, "
          f"in {time.monotonic() - run.begin:.0f} s: {len(run.findings)} findings")
    if run.limits:
        places = sorted({line.replace(ROOT + "/", "").split(": ")[0] for line in run.limits})
        print(f"tidy: at {len(places)} places clang {MAJOR} lacks a part of C++20: {' '.join(places[:4])}"
              f"{' …' if len(places) > 4 else ''}")
    for why, files in (("not read, the time was over", sorted({s for u in run.unread for s in u.sources})),
                       ("not read, no build given compiles them", left)):
        if files:
            print(f"tidy: {len(files)} {why}: {' '.join(files[:8])}{' …' if len(files) > 8 else ''}")
    sys.exit(1 if run.findings or run.broken or not run.done else 0)


if __name__ == "__main__":
    main()
