#!/usr/bin/python3
"""Does what a page of docs/ tells its reader to do: writes the files whose path stands behind the fence (```cpp a/b.cpp), and
changes those of a ```diff a/b.cpp block, whose lines must be there exactly once.
    tests/support/recipe.py PAGE ROOT [HEADING]    HEADING: only the section below that heading; prints each path"""
import os
import re
import sys


def section(page, heading):
    if not heading:
        return page
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    if not found:
        sys.exit(f"there is no section \"{heading}\"")
    return found.group(1)


def blocks(page):
    """(language, path, text) of every fenced block that names a path."""
    return re.findall(r"^```(\w+) (\S+)\n(.*?)^```$", page, re.M | re.S)


def changed(text, diff, path):
    lines = [line for line in diff.splitlines() if not line.startswith("@@")]
    before = "".join(line[1:] + "\n" for line in lines if line[:1] != "+")
    after = "".join(line[1:] + "\n" for line in lines if line[:1] != "-")
    if text.count(before) != 1:
        sys.exit(f"{path}: these lines are there {text.count(before)} times:\n{before}")
    return text.replace(before, after)


def main(page, root, heading=""):
    with open(page, encoding="utf-8") as file:
        found = blocks(section(file.read(), heading))
    if not found:
        sys.exit(f"{page}: no block names a path")
    for language, path, text in found:
        target = os.path.join(root, path)
        if language == "diff":
            with open(target, encoding="utf-8") as file:
                text = changed(file.read(), text, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:
            file.write(text)
        print(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
