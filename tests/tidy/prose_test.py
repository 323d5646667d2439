#!/usr/bin/python3
"""The pages: lines of at most 100 columns, links and paths that lead somewhere, no page that nobody finds, no retired words."""
import os
import re
import subprocess
import sys

ROOT = os.environ["FIRSTLIGHT_SOURCE"]
WIDTH = 100
LEFT_AS_WRITTEN = ("docs/adr/", "docs/api/")  # decisions and interfaces are not rewritten: only their links and paths are checked
ENTRANCES = ["README.md", "docs/README.md"]
FOLDERS = "base|wire|journal|fault|decode|sim|fakes|language|judge|reports|harness|tests|tools|docs|scenarios|bench|cmake"
# Words that are no longer used, and what is said instead. "signed-by-a-stranger" is a name, not the word.
RETIRED = {
    r"manners": "defects, or how a camera behaves",
    r"doors?": "listener",
    r"shots?": "injection",
    r"strangers?": "an unpublished key, an address that no list names",
}
RETIRED_IN_PAGES = RETIRED | {r"so many": "the number itself, or `that many`"}
problems = []


def complain(path, line, text):
    problems.append(f"{path}:{line}: {text}")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def prose_lines(page):
    """(number, line) of what is not in a fenced block."""
    in_code = False
    for number, line in enumerate(page.splitlines(), 1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            yield number, line


def anchors(page):
    """The names that GitHub gives to headings."""
    names = {}
    for _, line in prose_lines(page):
        if heading := re.match(r"#+ (.*)", line):
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1)).lower()
            name = re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")
            names[name] = names.get(name, -1) + 1
    return {name if n == 0 else f"{name}-{n}" for name, count in names.items() for n in range(count + 1)}


def check_width(path, number, line):
    words = line.lstrip(" -*").split()
    if len(line) > WIDTH and not line.lstrip().startswith("|") and len(words) > 1:
        complain(path, number, f"{len(line)} columns, {WIDTH} are the limit (tools/wrap_prose.py {path})")


def check_links(path, number, line, pages):
    """The pages and folders that the line leads to."""
    found = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        goal = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if not os.path.exists(os.path.join(ROOT, goal)):
            complain(path, number, f"the link leads nowhere: {target}")
        elif anchor and goal in pages and anchor not in anchors(pages[goal]):
            complain(path, number, f"{goal} has no heading for #{anchor}")
        else:
            found.append(goal)
    return found


def check_paths(path, number, line):
    for pointer in re.findall(rf"`((?:{FOLDERS})/[\w./-]*)`", line):
        if not os.path.exists(os.path.join(ROOT, pointer)):
            complain(path, number, f"there is no {pointer}")


def check_words(path, number, text, retired):
    for word, instead in retired.items():
        if found := re.search(rf"(?<![\w/-]){word}(?![\w-])", text, re.IGNORECASE):
            complain(path, number, f'"{found.group(0)}" is retired; write: {instead}')


def check_reach(links):
    seen, ahead = set(), list(ENTRANCES)
    while ahead:
        page = ahead.pop()
        if page not in seen:
            seen.add(page)
            ahead += links.get(page, [])
            if os.path.isdir(os.path.join(ROOT, page)):
                ahead += [p for p in links if os.path.dirname(p) == page]
    for page in sorted(links.keys() - seen):
        complain(page, 1, "no page leads here from README.md or docs/README.md")


def main():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
    files = [f for f in listed.stdout.split() if os.path.exists(os.path.join(ROOT, f))]
    pages = {f: read(f) for f in files if f.endswith(".md")}
    sources = [f for f in files if f.endswith((".cpp", ".hpp", ".def"))]
    if len(pages) < 15 or len(sources) < 20:
        sys.exit(f"only {len(pages)} pages and {len(sources)} source files found below {ROOT}: this test would prove nothing")
    links = {}
    for path, page in pages.items():
        links[path] = []
        for number, line in prose_lines(page):
            links[path] += check_links(path, number, line, pages)
            check_paths(path, number, line)
            if not path.startswith(LEFT_AS_WRITTEN):
                check_width(path, number, line)
                check_words(path, number, re.sub(r"`[^`]*`", "", line), RETIRED_IN_PAGES)
    check_reach(links)
    for path in sources:
        for number, line in enumerate(read(path).splitlines(), 1):
            if comment := re.search(r"(?:^|\s)//(.*)", line):
                check_words(path, number, comment.group(1), RETIRED)
    print("\n".join(problems) if problems else f"ok: {len(pages)} pages, the comments of {len(sources)} source files")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
