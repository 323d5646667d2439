#!/usr/bin/python3
"""Wraps the prose of Markdown files at 100 columns: paragraphs and list items that hold a longer line. Code blocks, tables and
headings stay as they are.
    tools/wrap_prose.py FILE…"""
import re
import sys
import textwrap

WIDTH = 100
ITEM = re.compile(r"^(\s*)([-*]|\d+\.)(\s+)")
STARTS_SOMETHING = re.compile(r"^\s*([-*+|#>]|\d+\.)(\s|$)")


def wrap(block):
    """The lines of one paragraph or list item, wrapped. Code spans are kept whole, for readers who copy them."""
    item = ITEM.match(block[0])
    first = item.group(0) if item else re.match(r"\s*", block[0]).group(0)
    text = " ".join(line.strip() for line in [block[0][len(first):], *block[1:]])
    text = re.sub(r"`[^`]+`", lambda span: span.group(0).replace(" ", "\0"), text)
    lines = textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_long_words=False,
                          break_on_hyphens=False)
    if any(STARTS_SOMETHING.match(line) for line in lines[1:]):
        sys.exit(f"a wrapped line would begin a list or a heading; wrap it by hand:\n{text}")
    return [line.replace("\0", " ") for line in lines]


def wrap_page(page):
    done, block, in_code = [], [], False

    def end_block():
        done.extend(wrap(block) if any(len(line) > WIDTH for line in block) else block)
        block.clear()

    for line in page.splitlines():
        fence = line.lstrip().startswith("```")
        if in_code or fence or not line.strip() or line.lstrip().startswith(("|", "#")):
            end_block()
            done.append(line)
            in_code ^= fence
            continue
        if ITEM.match(line):
            end_block()
        block.append(line)
    end_block()
    return "\n".join(done) + "\n"


for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        before = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(wrap_page(before))
