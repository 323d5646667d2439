#!/usr/bin/python3
"""What do 200 connections that are stalled for good cost the cameras beside them?

Usage: bench/stalled_connections.py [--healthy N] [--stalled N] [--rounds N]   after: cmake --workflow --preset bench
Each round plays two scenarios that differ in one rule. In one the first cameras' connections to Endorse are accepted and swallowed; in the
other the same cameras are barred from the mobile network, so that they connect to nothing. Ratios of the healthy cameras' latencies and of
the whole CPU time (fleet, lab and Mosquitto) are of one round, because the machine's speed drifts. Loopback only; it ends by itself.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("FIRSTLIGHT_BENCH_BUILD", os.path.join(ROOT, "build", "bench"))

STALLED = "{id: stalled, at: link.endorse, inject: blackhole, cameras: 1..%d}"
ABSENT = "{id: absent, at: attach, inject: bar, cameras: 1..%d}"


def scenario(folder, name, rule, options):
    """The cameras of the rule come first, and everybody else while their connections hang."""
    path = os.path.join(folder, name + ".yaml")
    cameras = options.stalled + options.healthy
    run_for = cameras // options.rate + 5
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"name: {name}\nsummary: A benchmark.\nrun_for: {run_for}s\ntimeout: {run_for + 60}s\n"
                   f"cameras:\n  count: {cameras}\n  arrive: {{rate: {options.rate}/s}}\n"
                   "  firmware: {timeouts: {handshake: 1h}}\n"
                   f"faults:\n  - {rule % options.stalled}\n"
                   f"expect:\n  - online: {{cameras: {options.healthy}}}\n"
                   "  - attempts: {stage: mqtt_connect, at_most: 1}\n")
    return path


def play(path, folder):
    """(CPU seconds, p50 and p99 of the healthy cameras' total in ms, firings)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([os.path.join(BUILD, "firstlight"), "run", path, "--seed", "1", "--out", folder, "--report-json", "-", "-q"],
                          capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{path} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    result = json.loads(done.stdout)["scenarios"][0]
    total = result["stages"]["total"]
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, total["p50_ms"], total["p99_ms"],
            result["faults"][0]["fired"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--healthy", type=int, default=500, help="healthy cameras (default 500)")
    parser.add_argument("--stalled", type=int, default=200, help="cameras whose connection is stalled for good (default 200)")
    parser.add_argument("--rate", type=int, default=100, help="cameras a second, open loop (default 100)")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs (default 5)")
    options = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        stalled = scenario(folder, "stalled", STALLED, options)
        absent = scenario(folder, "absent", ABSENT, options)
        for number in range(options.rounds):
            # In turn first and second, so that a drift in one direction cancels out.
            pair = [(stalled, "stalled"), (absent, "absent")]
            results = {name: play(path, folder) for path, name in (pair if number % 2 == 0 else reversed(pair))}
            with_them, without = results["stalled"], results["absent"]
            ratios.append([a / b for a, b in zip(with_them[:3], without[:3])])
            print("%d stalled: cpu %.2f s, p50 %.1f ms, p99 %.1f ms | none: cpu %.2f s, p50 %.1f ms, p99 %.1f ms | "
                  "ratios %.3f %.3f %.3f" % (with_them[3], *with_them[:3], *without[:3], *ratios[-1]), flush=True)
    print("median ratios: cpu %.3f, p50 %.3f, p99 %.3f" % tuple(statistics.median(column) for column in zip(*ratios)))


if __name__ == "__main__":
    main()
