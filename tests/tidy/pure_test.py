#!/usr/bin/python3
"""Files of pure tests (those that do not end in _io_test.cpp) include nothing for sockets, threads or processes, not even through
other headers of ours, and name no clock. What this cannot see, tests/support/pure_only.cpp ends at run time."""
import os
import posixpath
import re
import subprocess
import sys

ROOT = os.environ["FIRSTLIGHT_SOURCE"]
# Addresses are values; the rest of Asio is I/O.
FORBIDDEN_HEADER = re.compile(
    r"^#include <(boost/asio(?!/ip/address)[^>]*|boost/beast/(?:core|websocket)[^>]*|sys/(?:socket|un|wait|epoll)\.h|netinet/[^>]*|arpa/inet\.h|"
    r"poll\.h|spawn\.h|thread|future|condition_variable)>", re.M)
FORBIDDEN_WORD = re.compile(r"_clock::now\(|Clock::now\(|\bsleep_(?:for|until)\(|\b(?:popen|system|fork|usleep)\(|\b(?:EXPECT|ASSERT)_(?:EXIT|DEATH)\(|"
                            r"\bstd::(?:thread|async)\b")
OWN = re.compile(r'^#include "([^"]+)"', re.M)


def problems_of(test, read):
    """`read` gives a file's text, or None where there is no such file."""
    seen, todo, found = set(), [(test, ())], []
    while todo:
        path, through = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        text = read(path)
        by = f" (included by {', by '.join(reversed(through))})" if through else ""
        for header in FORBIDDEN_HEADER.findall(text):
            found.append(f"{test}: {path if through else 'it'} includes <{header}>{by}")
        if path.startswith("tests/"):
            for word in sorted(set(FORBIDDEN_WORD.findall(text))):
                found.append(f"{test}: {path if through else 'it'} has {word}{by}")
        for include in OWN.findall(text):
            for candidate in (include, posixpath.join(posixpath.dirname(path), include)):
                if read(candidate) is not None:
                    todo.append((candidate, (*through, path)))
                    break
    return found


def selftest():
    files = {
        "tests/unit/a/good_test.cpp": '#include "a/a.hpp"\n#include <boost/asio/ip/address_v4.hpp>\nWallTime now;\n',
        "a/a.hpp": "#include <string>\nauto t = SteadyClock::now();\n",
        "tests/unit/a/far_test.cpp": '#include "near.hpp"\n',
        "tests/unit/a/near.hpp": '#include "a/b.hpp"\n',
        "a/b.hpp": "#include <boost/asio/io_context.hpp>\n",
        "tests/unit/a/waits_test.cpp": "std::this_thread::sleep_for(1s);\n",
        "tests/unit/a/socket_test.cpp": "#include <sys/socket.h>\n",
    }
    caught = {name: len(problems_of(name, files.get)) for name in files if name.endswith("_test.cpp")}
    if list(caught.values()) != [0, 1, 1, 1]:
        sys.exit(f"the tidy test itself is broken: {caught}")


def main():
    cache = {}

    def read(path):
        if path not in cache:
            full = os.path.join(ROOT, path)
            cache[path] = open(full, encoding="utf-8").read() if os.path.isfile(full) else None
        return cache[path]

    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "tests/unit"], capture_output=True, text=True, check=True)
    tests = [t for t in listed.stdout.split() if t.endswith("_test.cpp") and read(t) is not None]
    pure = [t for t in tests if not t.endswith("_io_test.cpp")]
    if len(pure) < 20 or len(tests) - len(pure) < 10:
        sys.exit(f"{len(pure)} pure files of {len(tests)}: this test would prove nothing")
    problems = [p for t in pure for p in problems_of(t, read)[:3]]
    if problems:
        sys.exit("\n".join(problems) + f"\n{len(problems)} problems: rename the file to end in _io_test.cpp, or move what is not pure to such a file")
    print(f"{len(pure)} files of pure tests are pure; {len(tests) - len(pure)} more are _io_test.cpp")


if __name__ == "__main__":
    selftest()
    main()
