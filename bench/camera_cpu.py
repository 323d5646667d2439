#!/usr/bin/python3
"""How much CPU does a camera cost, everything included (fleet, lab, Mosquitto), over the OpenSSL floor of the same minute?

Usage: bench/camera_cpu.py [--cameras N] [--rounds N]   after: cmake --workflow --preset bench
Floor and run alternate, and each round gives one ratio, because the machine's speed drifts. CPU time is what the operating system charged
to the process and to the children that it waited for (Mosquitto among them). Load goes to loopback only and ends by itself.
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


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command):
    before = children_cpu()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout, children_cpu() - before


def scenario(folder, name, cameras, rate):
    path = os.path.join(folder, name + ".yaml")
    arrive = f"arrive: {{rate: {rate}/s}}" if rate else "arrive: at_once"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"name: {name}\nsummary: A benchmark.\ntimeout: 300s\ncameras: {{count: {cameras}, {arrive}}}\n"
                   "expect:\n  - online: {cameras: 100%}\n")
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cameras", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=150, help="cameras a second (open loop); 0: all at once")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    firstlight, floor = os.path.join(BUILD, "firstlight"), os.path.join(BUILD, "bench", "bench_floor")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        measured = scenario(folder, "measured", options.cameras, options.rate)
        empty = scenario(folder, "idle", 1, 0)
        for _ in range(options.rounds):
            floor_ms = json.loads(run([floor, "--floor", "200"])[0])["cpu_ms_per_camera"]
            report, cpu = run([firstlight, "run", measured, "--seed", "1", "--out", folder, "--report-json", "-"])
            _, start_up = run([firstlight, "run", empty, "--seed", "1", "--out", folder, "-q"])
            result = json.loads(report)["scenarios"][0]
            per_camera = (cpu - start_up) * 1000 / (options.cameras - 1)
            rows.append((floor_ms, per_camera, per_camera / floor_ms, result["stages"]["total"]["p50_ms"],
                         result["stages"]["generator_lag"]["p99_ms"]))
            print("floor %.2f ms  camera %.2f ms  ratio %.3f  (total p50 %.1f ms, generator lag p99 %.2f ms)" % rows[-1], flush=True)
    print("median: floor %.2f ms, camera %.2f ms, ratio %.3f" % tuple(statistics.median(column) for column in list(zip(*rows))[:3]))


if __name__ == "__main__":
    main()
