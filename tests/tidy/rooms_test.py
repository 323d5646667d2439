#!/usr/bin/python3
"""What compilers do not check: who includes whom, temporaries in co_await expressions, files that nobody uses."""
import os
import re
import subprocess
import sys

ROOT = os.environ["FIRSTLIGHT_SOURCE"]


def read_rooms(text):
    """The table of cmake/rooms.cmake: for every room, in the order of its floors, the rooms that it may include."""
    table = {}
    for arguments in re.findall(r"^\s*add_room\(([^)]*)\)", text, re.MULTILINE):
        words = arguments.split()
        may = words[words.index("MAY_INCLUDE") + 1:] if "MAY_INCLUDE" in words else []
        table[words[0]] = set(may[:may.index("LIBRARIES")] if "LIBRARIES" in may else may)
    return table


MAY_INCLUDE = read_rooms(open(os.path.join(ROOT, "cmake/rooms.cmake"), encoding="utf-8").read())
LARGEST_SHARE = {"fakes": 0.30}  # of all lines, by top folder; rooms within fakes/ are rooms of their own
USUAL_SHARE = 0.25
# Where the co_await expression may name a temporary: all are trivially destructible (GCC bug 107288 destroys others twice).
HARMLESS_TEMPORARY = re.compile(r"redirect_error\(|use_awaitable|asio::post\(")
# What a line at the edge of an anonymous namespace defines: a type, or a function with its body.
HIDDEN_NAME = re.compile(r"^(?:(?:struct|class|enum(?: class)?|union) (\w+)[^;()]*\{|"
                         r"(?!(?:using|namespace|struct|class|enum|union|template)\b)[\w:][^;{}()=]*?[\s*&](\w+)\((?:[^;{}]|\{\})*\{)", re.MULTILINE)
problems = []
used = set()  # (room, room that it includes)


def room_of(path):
    fits = [r for r in MAY_INCLUDE if path == r or path.startswith(r + "/")]
    return max(fits, key=len) if fits else None


def complain(path, line, text):
    problems.append(f"{path}:{line}: {text}")


def check_includes(path, text):
    room = room_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        m = re.match(r'#include "([^"]+)"', line)
        if not m or room is None:
            continue
        other = room_of(m.group(1))
        if other is None or other == room or m.group(1).startswith(room + "/"):
            continue
        used.add((room, other))
        if other not in MAY_INCLUDE[room]:
            complain(path, number, f"{room}/ must not include {m.group(1)}")


def check_rooms(texts):
    """Every row is needed, every source file of the program has a room, and no room outgrows the house."""
    for room, may in MAY_INCLUDE.items():
        for other in sorted(may):
            if (room, other) not in used:
                complain("cmake/rooms.cmake", 1, f"{room} may include {other}, and never does: take it out of the row")
    lines = {}
    for path, text in texts.items():
        top = path.split("/")[0]
        if top in ("tests", "bench", "cmake"):
            continue
        if room_of(path) is None:
            complain(path, 1, "belongs to no room of cmake/rooms.cmake")
        lines[top] = lines.get(top, 0) + text.count("\n")
    for top, count in lines.items():
        share = count / sum(lines.values())
        if share > LARGEST_SHARE.get(top, USUAL_SHARE):
            complain(top, 1, f"holds {share:.0%} of the code: the house wants another room")


def check_architecture_page(page):
    """docs/architecture.md shows the same table."""
    shown = {}
    for row in re.findall(r"^\| \d \| `([\w/]+)/` \| (.*?) \|", page, re.MULTILINE):
        shown[row[0]] = set(re.findall(r"`([\w/]+)`", row[1]))
    for room in sorted(MAY_INCLUDE.keys() | shown.keys()):
        if shown.get(room) != MAY_INCLUDE.get(room):
            complain("docs/architecture.md", 1, f"{room}: the page says {shown.get(room)}, cmake/rooms.cmake {MAY_INCLUDE.get(room)}")


def check_co_await(path, text):
    """A braced or lambda temporary between co_await and the end of its statement."""
    for m in re.finditer(r"\bco_await\b", text):
        line_start = text.rfind("\n", 0, m.start()) + 1
        if "//" in text[line_start:m.start()]:
            continue
        depth, i = 0, m.end()
        while i < len(text):
            c = text[i]
            if c in "([":
                depth += 1
            elif c in ")]":
                depth -= 1
                if depth < 0:
                    break
            elif c == ";" or (c == "{" and depth <= 0):
                break
            i += 1
        expression = text[m.end():i]
        number = text.count("\n", 0, m.start()) + 1
        without_harmless = HARMLESS_TEMPORARY.sub("(", expression)
        if re.search(r"\b[A-Z]\w*\s*\{", without_harmless) or re.search(r"[,(]\s*\{", without_harmless):
            complain(path, number, "a braced temporary in a co_await expression (g++ 12 destroys it twice): name it on the line above")
        if re.search(r"\[[&=\w, ]+\]\s*[({]", without_harmless):
            complain(path, number, "a capturing lambda in a co_await expression (g++ 12 destroys it twice): name it on the line above")


def check_hidden_names(texts):
    """Names in anonymous namespaces are unique within a room, whose files are compiled several together."""
    first = {}  # (room, name): the first file that has it
    for path, text in sorted(texts.items()):
        if not path.endswith(".cpp") or room_of(path) is None:
            continue
        for hidden in re.finditer(r"^namespace \{$(.*?)^\}  // namespace$", text, re.DOTALL | re.MULTILINE):
            for m in HIDDEN_NAME.finditer(hidden.group(1)):
                name = m.group(1) or m.group(2)
                other = first.setdefault((room_of(path), name), path)
                if other != path:
                    line = text.count("\n", 0, hidden.start(1) + m.start()) + 1
                    complain(path, line, f"{name} has its name from {other}, and both are hidden: give one of them a name of its own")


def check_fences(path, text):
    """TSan does not see them, and its build does not warn of them (cmake/options.cmake)."""
    for m in re.finditer(r"\batomic_(?:thread|signal)_fence\b", text):
        complain(path, text.count("\n", 0, m.start()) + 1, "a bare fence, which ThreadSanitizer does not see: order by the atomic itself")


def check_header_intro(path, text):
    if path.endswith(".hpp") and not text.startswith("// "):
        complain(path, 1, "a header opens with two sentences: what it is, and who owns or calls it")


def main():
    files = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True).stdout.split()
    sources = [f for f in files if f.endswith((".cpp", ".hpp", ".def")) and os.path.exists(os.path.join(ROOT, f))]
    if len(sources) < 20:
        sys.exit(f"only {len(sources)} source files found below {ROOT}: this test would prove nothing")
    texts = {f: open(os.path.join(ROOT, f), encoding="utf-8").read() for f in sources}
    included = set()
    for path, text in texts.items():
        check_includes(path, text)
        check_co_await(path, text)
        check_fences(path, text)
        if not path.startswith("tests/"):
            check_header_intro(path, text)
        included.update(re.findall(r'#include "([^"]+)"', text))
    check_rooms(texts)
    check_hidden_names(texts)
    check_architecture_page(open(os.path.join(ROOT, "docs/architecture.md"), encoding="utf-8").read())
    for path in sources:
        if path.endswith((".hpp", ".def")) and path not in included and not path.startswith("tests/"):
            complain(path, 1, "no file includes this header")
        if path.endswith(".cpp") and "boost/asio/awaitable.hpp" in texts[path] and not path.endswith("_io.cpp") and room_of(path):
            complain(path, 1, "a file with coroutines ends in _io.cpp (the fuzz build leaves it out)")
    tracked = [f for f in files if os.path.exists(os.path.join(ROOT, f))]
    for path in tracked:
        if path.startswith("tests/fuzz/corpus/") or path.endswith((".png", ".bin")):
            continue
        try:
            text = open(os.path.join(ROOT, path), encoding="utf-8").read()
        except UnicodeDecodeError:
            continue
        for m in re.finditer(r"(?<![\w./-])/(?:home/(?!someone)|root/|work/)\w+", text):
            if path != "tests/tidy/rooms_test.py":
                complain(path, text.count("\n", 0, m.start()) + 1, f"a path of somebody's machine: {m.group(0)}")
    if problems:
        sys.exit("\n".join(problems) + f"\n{len(problems)} problems")
    print(f"{len(texts)} source files are tidy")


def selftest():
    """The checks catch what they are for."""
    problems.clear()
    check_includes("sim/x.cpp", '#include "fakes/http/json_error.hpp"\n')
    check_co_await("x.cpp", "co_await f(Opt{.a = 1});\n")
    check_co_await("x.cpp", "co_await f([&x] { return 1; });\n")
    check_header_intro("sim/x.hpp", "#pragma once\n")
    check_architecture_page("| 4 | `sim/` | `fakes/http` | |")
    hidden = "namespace {\n\nstruct One final : Base {\n};\n\nstd::vector<int> two(const int& a,\n     int b = {}) {\n}\n\n}  // namespace\n"
    check_hidden_names({"sim/x.cpp": hidden, "sim/y.cpp": hidden})
    check_fences("x.cpp", "std::atomic_thread_fence(std::memory_order_acquire);\n")
    caught = len(problems)
    problems.clear()
    check_hidden_names({"sim/x.cpp": hidden, "wire/y.cpp": hidden, "sim/y.cpp": "int two(int a) {\n}\n" + hidden.replace("One", "Three").replace("two", "four")})
    check_includes("sim/x.cpp", '#include "wire/jws.hpp"\n')
    check_co_await("x.cpp", "if (auto r = co_await f(a, b); !r) {\n  g({1});\n}\n")
    if caught != 7 + len(MAY_INCLUDE) or problems:
        sys.exit(f"the tidy test itself is broken: caught {caught} of {7 + len(MAY_INCLUDE)}, false alarms {problems}")
    problems.clear()
    used.clear()


if __name__ == "__main__":
    selftest()
    main()
