#!/usr/bin/python3
"""Checks the reports of a run: validate_report.py json FILE | junit FILE | selftest

json: against docs/report.schema.json, and that the numbers agree with each other.
junit: the structure that Jenkins' JUnit schema asks for (elements, their order, required attributes) with the `file`
attribute that GitLab reads, counts that agree with the test cases, and nothing that XML 1.0 forbids (the parser).
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
COUNTS = ("tests", "failures", "errors", "skipped")
ORDER = {  # children in the only order that is allowed
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase", "system-out", "system-err"],
    "testcase": ["skipped", "error", "failure", "system-out", "system-err"],
    "properties": ["property"],
}
REQUIRED = {
    "testsuites": {"name", "time", *COUNTS},
    "testsuite": {"name", "time", *COUNTS},
    "testcase": {"name", "classname", "time", "file"},
    "property": {"name", "value"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "properties": set(),
    "system-out": set(),
}
ALLOWED = {"testsuite": {"timestamp", "file", "id", "package", "hostname"}}


def wrong_json(report):
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    found = [f"{'.'.join(map(str, e.absolute_path))}: {e.message}" for e in
             jsonschema.Draft202012Validator(schema).iter_errors(report)]
    if found:
        return found
    verdicts = [s["verdict"] for s in report["scenarios"]]
    if report["totals"] != {v: verdicts.count(v) for v in set(verdicts)}:
        found.append(f"totals {report['totals']} do not count {verdicts}")
    names = [s["name"] for s in report["scenarios"]]
    if len(set(names)) != len(names):
        found.append("a scenario twice")
    for s in report["scenarios"]:
        if s["online"] > s["cameras"]:
            found.append(f"{s['name']}: more cameras online than there are")
        for f in s["faults"]:
            keys = [(x["camera"], x["attempt"]) for x in f["firings"]]
            if f["fired"] != len(keys) or keys != sorted(keys):
                found.append(f"{s['name']}: the firings of {f['id']} are miscounted or unsorted")
    return found


def counted(cases):
    return {"tests": len(cases), "failures": sum(c.find("failure") is not None for c in cases),
            "errors": sum(c.find("error") is not None for c in cases),
            "skipped": sum(c.find("skipped") is not None for c in cases)}


def wrong_structure(element):
    found = []
    tag = element.tag
    if tag not in REQUIRED:
        return [f"an element <{tag}>"]
    missing = REQUIRED[tag] - set(element.keys())
    extra = set(element.keys()) - REQUIRED[tag] - ALLOWED.get(tag, set())
    if missing or extra:
        found.append(f"<{tag}>: missing {sorted(missing)}, unexpected {sorted(extra)}")
    order = ORDER.get(tag, [])
    places = [order.index(c.tag) if c.tag in order else -1 for c in element]
    if -1 in places or places != sorted(places):
        found.append(f"<{tag}>: children {[c.tag for c in element]}")
    for name in (*COUNTS, "time"):
        if name in element.keys() and not re.fullmatch(r"[0-9]+" if name in COUNTS else r"[0-9]+\.[0-9]{3}", element.get(name)):
            found.append(f"<{tag}>: {name} is {element.get(name)!r}")
    if "timestamp" in element.keys() and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", element.get("timestamp")):
        found.append(f"<{tag}>: timestamp {element.get('timestamp')!r}")
    if tag in ("testsuite", "testsuites"):
        cases = list(element.iter("testcase"))
        if {k: int(element.get(k) or -1) for k in COUNTS} != counted(cases):
            found.append(f"<{tag} name={element.get('name')}>: the counts are not {counted(cases)}")
        if tag == "testsuite" and not cases:
            found.append(f"<testsuite name={element.get('name')}> without a testcase")
    for child in element:
        found += wrong_structure(child)
    return found


def wrong_junit(text):
    try:
        root = xml.fromstring(text)
    except xml.ParseError as error:
        return [f"no XML: {error}"]
    return wrong_structure(root) if root.tag == "testsuites" else [f"the root is <{root.tag}>"]


def selftest():
    """The checks catch what they are for."""
    case = '<testcase name="a" classname="b" file="f" time="0.000">{}</testcase>'
    suite = '<testsuites name="n" time="0.000" {0}><testsuite name="s" time="0.000" {0}>{1}</testsuite></testsuites>'
    one = 'tests="1" failures="0" errors="0" skipped="0"'
    assert not wrong_junit(suite.format(one, case.format("")))
    for bad in (suite.format(one, ""), suite.format(one.replace("1", "-1"), case.format("")),
                suite.format(one, case.format('<failure type="t" message="m"/>')),
                suite.format(one, case.format("<output/>")), suite.format(one, case.format("&#1;")),
                suite.format(one, case.format("").replace('classname="b" ', "")),
                suite.format(one, "<system-out/>" + case.format(""))):
        assert wrong_junit(bad), bad


def main(arguments):
    selftest()
    if arguments == ["selftest"]:
        return 0
    kind, path = arguments
    data = pathlib.Path(path).read_bytes()
    found = wrong_json(json.loads(data)) if kind == "json" else wrong_junit(data)
    print("\n".join(found) or f"{path} is a correct {kind} report")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
