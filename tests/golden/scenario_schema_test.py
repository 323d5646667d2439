#!/usr/bin/python3
"""The JSON Schema as an editor sees it (python3-jsonschema): the shipped scenarios are valid, wrong ones are not, and the
program prints the same schema. Wrong means wrong by shape; contradictions between values are the loader's alone."""

import json
import os
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

SOURCE = pathlib.Path(os.environ["FIRSTLIGHT_SOURCE"])
SCHEMA_FILE = SOURCE / "scenarios" / "scenario.schema.json"


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: no timestamps, no `yes`, no sexagesimal numbers."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", list("-+0123456789.")),
):
    CoreLoader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)

# Golden mistakes that a schema can see. The others are about the text (tabs, quotes), about two values at once, or
# about numbers within a text.
WRONG_BY_SHAPE = """
agent_later agent_unknown arrive_at_once_with_value arrive_rate_without_value arrive_unknown attempts_without_bound
bare_number_duration bare_number_fraction cameras_set_fraction cameras_set_nonsense clock_start_nonsense
config_template_list count_fraction count_missing count_text count_too_high count_zero crlf_line_ends duration_is_map
everything_at_once expect_empty expect_is_a_map expect_without_value expectation_bare_word
expectation_two_keys expectation_unknown firmware_defect_unknown firmware_version_number jitter_unknown
key_kind_unknown lab_keys_later latency_bad_unit latency_unknown_quantile latency_without_less_than
latency_without_limit mqtt_version_unknown name_number name_with_spaces name_without_value negative_duration
no_duration not_a_map quarantine_day_nonsense quarantine_is_text quarantine_unknown_key quarantine_without_day
quarantine_without_reason skip_true skip_without_reason percentage_decimals percentage_negative percentage_with_space plain_text ramp_incomplete
rate_unknown_unit rate_without_unit refusal_unknown seed_negative seed_too_large several_missing strict_sims_word
summary_empty tags_not_a_list tags_twice unit_with_space unknown_key unknown_key_in_cameras
unknown_key_in_retry unknown_key_no_idea unknown_stage unknown_unit unknown_unit_no_idea
wide_characters_before_the_caret
""".split()


def main():
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []

    def load(path):
        return yaml.load(path.read_text(), Loader=CoreLoader)

    shipped = sorted((SOURCE / "scenarios").rglob("*.yaml"))
    if len(shipped) < 6:
        failures.append(f"only {len(shipped)} scenarios found")
    for path in shipped:
        for error in validator.iter_errors(load(path)):
            failures.append(f"{path}: {error.message}")

    golden = SOURCE / "tests" / "golden" / "scenario_errors"
    for name in WRONG_BY_SHAPE:
        if validator.is_valid(load(golden / (name + ".yaml"))):
            failures.append(f"the schema accepts {name}.yaml")

    printed = subprocess.run([os.environ["FIRSTLIGHT"], "schema"], capture_output=True, text=True, check=True).stdout
    if printed != SCHEMA_FILE.read_text():
        failures.append("scenarios/scenario.schema.json is not what `firstlight schema` prints: run tools/regenerate")

    print("\n".join(failures) or f"{len(shipped)} scenarios are valid, {len(WRONG_BY_SHAPE)} wrong ones are not")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
