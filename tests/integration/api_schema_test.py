#!/usr/bin/python3
"""The API documents agree with themselves, and their schemas are strict: each spoiled example is refused."""
import copy
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("FIRSTLIGHT_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
SCRIPT = ROOT / "tests" / "support" / "validate_schema.py"
sys.dont_write_bytecode = True
sys.path.insert(0, str(SCRIPT.parent))
import validate_schema  # noqa: E402

failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)


def spoilt(value, path=()):
    """Copies of an object with one member removed, mistyped or added, at every level."""
    for name, member in value.items():
        where = ".".join((*path, name))
        without = copy.deepcopy(value)
        del without[name]
        yield f"without {where}", without
        yield f"{where} mistyped", {**value, name: [[]] if not isinstance(member, list) else "x"}
        if isinstance(member, dict):
            for what, inner in spoilt(member, (*path, name)):
                yield what, {**value, name: inner}
    yield f"{'.'.join(path) or 'top'} with one more", {**value, "surplus": 1}


openapi = validate_schema.document("provisioning-api.yaml")
asyncapi = validate_schema.document("soracam-mqtt-api.yaml")

expect(validate_schema.self_check() == [], f"self-check: {validate_schema.self_check()}")

config = openapi["components"]["examples"]["DeviceConfig"]["value"]
expect(len(config) == 9, "the configuration has nine groups")
count = 0
for what, value in spoilt(config):
    count += 1
    expect(validate_schema.problems(openapi, "#/components/schemas/DeviceConfig", value), f"config {what} passes")
expect(count > 100, f"only {count} spoilt configurations")

status = asyncapi["components"]["messages"]["Status"]["examples"][0]["payload"]
for what, value in spoilt(status):
    expect(validate_schema.problems(asyncapi, "#/components/schemas/Status", value), f"status {what} passes")
for bad in ({"request_id": "a", "command": "ping", "status": "ok"},
            {"request_id": "a", "command": "ping", "status": "error", "result": {}},
            {"request_id": 1, "command": "ping", "status": "ok", "result": {"pong": True}},
            {"request_id": "a", "command": "get_status", "status": "ok", "result": {"pong": True}},
            {"command": "ping", "status": "ok", "result": {"pong": True}}):
    expect(validate_schema.problems(asyncapi, "#/components/schemas/CommandResponse", bad), f"{bad} passes")

for reference in ("#/components/schemas/Nothing", "#/nowhere", "other.yaml#/x"):
    try:
        validate_schema.problems(openapi, reference, {})
        failures.append(f"{reference} is found")
    except validate_schema.SchemaMissing:
        pass


def run(kind, text):
    done = subprocess.run([SCRIPT, kind, "-"], input=text, text=True, capture_output=True, check=False)
    return done.returncode, done.stderr


expect(run("config", json.dumps(config)) == (0, ""), "the script accepts the example")
expect(run("error", '{"code":"A","message":"b"}') == (0, ""), "the script accepts an error")
code, text = run("error", '{"code":"A"}')
expect(code == 1 and "'message' is a required property" in text, f"the script names what is missing: {text}")
expect(run("error", "{")[0] == 1, "the script refuses what is not JSON")
expect(run("error", '{"code":"A","code":"B","message":"c"}')[0] == 1, "the script refuses repeated members")
expect(run("nothing", "{}")[0] == 2, "the script knows its kinds")

for failure in failures:
    print(failure, file=sys.stderr)
sys.exit(1 if failures else 0)
