#!/usr/bin/python3
"""Validates one JSON file against the documents in docs/api.

usage: validate_schema.py (config|error|mqtt-status|mqtt-command|mqtt-response) FILE
       validate_schema.py self-check

FILE may be - for standard input. Exit 0: valid; 1: not valid, or unreadable; 2: usage, or the schema is not there.
self-check validates the documents' own examples and looks for references that lead nowhere.
"""
import ipaddress
import json
import pathlib
import re
import sys
from datetime import datetime

try:
    import jsonschema
    import yaml
except ImportError as error:
    sys.exit(f"{error}: install python3-jsonschema and python3-yaml, and run this with /usr/bin/python3")

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "api"
KINDS = {
    "config": ("provisioning-api.yaml", "DeviceConfig"),
    "error": ("provisioning-api.yaml", "Error"),
    "mqtt-status": ("soracam-mqtt-api.yaml", "Status"),
    "mqtt-command": ("soracam-mqtt-api.yaml", "Command"),
    "mqtt-response": ("soracam-mqtt-api.yaml", "CommandResponse"),
}

formats = jsonschema.FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def is_date_time(value):
    if not isinstance(value, str):
        return True
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", value):
        return False
    datetime.fromisoformat(value.replace("Z", "+00:00"))
    return True


@formats.checks("ipv4", raises=ValueError)
def is_ipv4(value):
    return not isinstance(value, str) or bool(ipaddress.IPv4Address(value))


@formats.checks("ipv6", raises=ValueError)
def is_ipv6(value):
    return not isinstance(value, str) or bool(ipaddress.IPv6Address(value))


@formats.checks("uri")
def is_uri(value):
    return not isinstance(value, str) or re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s]+", value) is not None


class SchemaMissing(Exception):
    pass


def document(name):
    try:
        text = (DOCS / name).read_text(encoding="utf-8")
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, yaml.YAMLError) as error:
        raise SchemaMissing(f"{DOCS / name}: {error}") from error


def resolve(root, reference):
    """The node of a local reference, "#/components/…"."""
    node = root
    if not reference.startswith("#/"):
        raise SchemaMissing(f"{reference}: only local references are used")
    for step in reference[2:].split("/"):
        step = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or step not in node:
            raise SchemaMissing(f"{reference}: there is no such part of the document")
        node = node[step]
    return node


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def validator(root, reference):
    for inner in references(root):
        resolve(root, inner)
    resolve(root, reference)
    schema = {"$ref": reference, "components": root["components"]}
    jsonschema.Draft202012Validator.check_schema(resolve(root, reference))
    return jsonschema.Draft202012Validator(schema, format_checker=formats)


def problems(root, reference, value):
    found = validator(root, reference).iter_errors(value)
    return [f"{'.'.join(map(str, e.absolute_path)) or '(top)'}: {e.message}" for e in
            sorted(found, key=lambda e: list(map(str, e.absolute_path)))]


def without_duplicates(pairs):
    names = [name for name, _ in pairs]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError(f"repeated members: {', '.join(sorted(repeated))}")
    return dict(pairs)


def self_check():
    openapi = document("provisioning-api.yaml")
    checked = [("DeviceConfig", e["value"]) for e in openapi["components"]["examples"].values()]
    for path in openapi["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                response = resolve(openapi, response["$ref"]) if "$ref" in response else response
                content = response["content"]["application/json"]
                name = content["schema"]["$ref"].rsplit("/", 1)[1]
                examples = [e for e in content.get("examples", {}).values() if "value" in e]
                checked += [(name, e["value"]) for e in examples]
                checked += [(name, content["example"])] if "example" in content else []
    found = [f"{name}: {p}" for name, value in checked
             for p in problems(openapi, f"#/components/schemas/{name}", value)]
    asyncapi = document("soracam-mqtt-api.yaml")
    for message in asyncapi["components"]["messages"].values():
        for example in message["examples"]:
            checked.append(message["name"])
            found += [f"{message['name']}: {p}" for p in
                      problems(asyncapi, message["payload"]["$ref"], example["payload"])]
    if len(checked) < 10:
        found.append(f"only {len(checked)} examples were found")
    return found


def main(arguments):
    if arguments == ["self-check"]:
        found = self_check()
    elif len(arguments) == 2 and arguments[0] in KINDS:
        name, schema = KINDS[arguments[0]]
        try:
            source = sys.stdin if arguments[1] == "-" else open(arguments[1], encoding="utf-8")
            with source:
                value = json.load(source, object_pairs_hook=without_duplicates)
        except (OSError, ValueError) as error:
            print(f"{arguments[1]}: {error}", file=sys.stderr)
            return 1
        found = [f"{arguments[1]}: {p}" for p in problems(document(name), f"#/components/schemas/{schema}", value)]
    else:
        print(__doc__, file=sys.stderr)
        return 2
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SchemaMissing as missing:
        print(missing, file=sys.stderr)
        sys.exit(2)
