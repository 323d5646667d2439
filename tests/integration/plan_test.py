#!/usr/bin/python3
"""`run --dry-run`: the whole plan of every scenario, for programs (docs/plan.schema.json) and for people."""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(os.environ.get("FIRSTLIGHT_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = os.environ["FIRSTLIGHT"]
failures = 0

SCENARIO = """name: planned
summary: One camera of three has its port closed, two are reset, and Mosquitto dies.
timeout: 30s
seed: 11
cameras: {count: 3, arrive: {rate: 2/s}}
faults:
  - {id: shut, at: link.endorse, inject: refuse, cameras: [2], between: [0s, 2s]}
  - {id: slow, at: link.mqtt, inject: {latency: {of: 20ms}}, cameras: 1..2, attempts: first 2, probability: 50%}
  - {id: kill, at: broker, inject: {kill: {off_for: 1s}}, between: [3s, 4s]}
  - {id: jump, at: camera, inject: {clock-jump: {by: 1h}}, after: {event: camera_online, delay: 1s}}
expect:
  - online: {cameras: all}
"""


def check(what, good, details=""):
    global failures
    failures += not good
    print(("ok      " if good else "FAILED  ") + what + ("" if good else f"\n{details}"))


def dry_run(*arguments):
    done = subprocess.run([PROGRAM, "run", "--dry-run", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=300)
    return done.returncode, done.stdout, done.stderr


def plan_of(*arguments):
    code, out, err = dry_run("--json", *arguments)
    check(f"--json {' '.join(arguments)}: exit code 0", code == 0, err)
    return json.loads(out)


def spoilt(plan):
    """Copies with one member missing, one too many, or of another type, wherever the whole has an object."""
    def paths(value, path=()):
        if isinstance(value, dict):
            yield path
            for name, member in value.items():
                if name != "parameters":
                    yield from paths(member, (*path, name))
        elif isinstance(value, list) and value:
            yield from paths(value[0], (*path, 0))

    def at(value, path):
        for step in path:
            value = value[step]
        return value

    optional = {"run_for_ms", "destination", "camera", "between", "after", "to_ms", "lasts_ms"}
    for path in paths(plan):
        other = copy.deepcopy(plan)
        at(other, path)["surplus"] = 1
        yield f"{path} with one more", other
        for name in at(plan, path):
            other = copy.deepcopy(plan)
            at(other, path)[name] = {"of": []}
            yield f"{path} {name} mistyped", other
            if name in optional:
                continue
            other = copy.deepcopy(plan)
            del at(other, path)[name]
            yield f"{path} without {name}", other


schema = json.loads((ROOT / "docs" / "plan.schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

everything = plan_of("scenarios", "--seed", "7")
wrong = [f"{'.'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(everything)]
check("the plan of every scenario fits docs/plan.schema.json", not wrong, "\n".join(wrong[:10]))
listed = json.loads(subprocess.run([PROGRAM, "list", "--json", "scenarios"], capture_output=True, text=True, cwd=ROOT).stdout)
check("every scenario is there", [p["scenario"] for p in everything["plans"]] == [s["name"] for s in listed["scenarios"]])
check("no list is shortened", all(len(p["cameras"]) == s["cameras"] for p, s in zip(everything["plans"], listed["scenarios"])))
check("--seed decides all", {(p["seed"]["value"], p["seed"]["origin"]) for p in everything["plans"]} == {(7, "command-line")})

with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, "planned.yaml")
    pathlib.Path(file).write_text(SCENARIO)
    whole = plan_of(file)
    for what, other in spoilt(whole):
        if validator.is_valid(other):
            check(f"the schema refuses {what}", False)
    plan = whole["plans"][0]
    check("the scenario's own seed", plan["seed"]["value"] == 11 and plan["seed"]["origin"] == "scenario", plan["seed"])
    check("whom a rule concerns", [r["cameras"] for r in plan["faults"]["rules"]] == [[2], [1, 2], [1, 2, 3], [1, 2, 3]])
    check("its parameters", plan["faults"]["rules"][1]["parameters"]["of"] == "20ms", plan["faults"]["rules"][1])
    check("the port's window", plan["faults"]["port_windows"] ==
          [{"rule": "shut", "point": "link.endorse", "from_ms": 0, "to_ms": 2000, "camera": 2}], plan["faults"])
    check("the destination", [c.get("destination") for c in plan["cameras"]] == [None, "127.48.0.2", None])
    check("the moment", plan["faults"]["moments"] == [{"rule": "kill", "at_ms": 3000}], plan["faults"]["moments"])
    check("the descriptors add up", plan["descriptors"]["total"] == 200 + 4 + 5 + 5 + 3, plan["descriptors"])
    repeated = plan_of("--repeat", "3", file)["plans"]
    check("every repeat has its plan", [p["name"] for p in repeated] == ["planned#1", "planned#2", "planned#3"])
    check("and its seed", len({p["seed"]["value"] for p in repeated}) == 3 and repeated[0]["seed"]["value"] == 11)

    code, text, _ = dry_run(file)
    check("for people: exit code 0", code == 0)
    for line in ("planned (seed 11, the scenario's own)", "rule shut: refuse at link.endorse; 1 of 3 cameras: 2; from 0s to 2s",
                 "closes link.endorse: the own port of 2", "rule slow: latency at link.mqtt; 2 of 3 cameras: 1, 2",
                 "strikes the lab, once", "from 1s after camera_online", "descriptors: 217"):
        check(f"it says «{line}»", line in text, text)
    done = subprocess.run([PROGRAM, "run", "--json", file], capture_output=True, text=True, cwd=folder)
    check("--json without --dry-run is an error of usage", done.returncode == 4, done.stderr)

sys.exit(1 if failures else 0)
