#!/usr/bin/python3
"""The pages that say how to extend firstlight stay true: this test follows them to the letter in a copy of the tree, adds two
faults, an expectation and a firmware defect, builds the rooms concerned, and asks the result for all four."""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ["FIRSTLIGHT_SOURCE"]
RECIPES = [  # page, section, how many source files that may cost
    ("docs/adding-a-fault.md", "An effect that its plan can say", 1),
    ("docs/adding-a-fault.md", "An effect that its plan cannot yet say", 3),
    ("docs/adding-an-expectation.md", "1. The file", 1),
    ("docs/adding-a-defect.md", "", 2),
]


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-6000:]}")
    return done.stdout


def copy_tree(to):
    tracked = run("git", "-C", ROOT, "ls-files", "-co", "--exclude-standard").split("\n")
    for path in tracked:
        if path and os.path.isfile(os.path.join(ROOT, path)) and not path.startswith(("tests/", "scenarios/")):
            os.makedirs(os.path.join(to, os.path.dirname(path)), exist_ok=True)
            shutil.copy2(os.path.join(ROOT, path), os.path.join(to, path))


def follow(page, section, most, tree):
    touched = run(os.path.join(ROOT, "tests/support/recipe.py"), os.path.join(ROOT, page), tree, section).split()
    sources = {path for path in touched if path.endswith((".cpp", ".hpp", ".def"))}
    if len(sources) > most:
        sys.exit(f"{page}: \"{section}\" costs {sorted(sources)}: more than {most}")


PROBE = """
#include <algorithm>
#include <cstdio>
#include <string_view>

#include "fault/catalogue.hpp"
#include "fault/defects.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"
#include "sim/camera.hpp"

int main() {
  using namespace firstlight;
  const auto& points = fault::catalogue();
  const auto injects = [&](std::string_view name) {
    return std::any_of(points.begin(), points.end(), [&](const auto& p) { return p.find(name) != nullptr; });
  };
  const bool effects = injects("teapot") && injects("flipped-byte");
  const bool defect = fault::find_defect("give-up-when-busy").has_value();
  const bool expectation = language::scenario_schema(judge::vocabulary()).find("\\"gave_up\\"") != std::string::npos;
  std::printf("effects %d, expectation %d, defect %d\\n", effects, expectation, defect);
  return effects && expectation && defect ? 0 : 1;
}
"""


def main():
    with tempfile.TemporaryDirectory(prefix="firstlight-recipes-") as folder:
        tree = os.path.join(folder, "tree")
        copy_tree(tree)
        for page, section, most in RECIPES:
            follow(page, section, most, tree)
        with open(os.path.join(tree, "probe.cpp"), "w", encoding="utf-8") as file:
            file.write(PROBE)
        with open(os.path.join(tree, "CMakeLists.txt"), "a", encoding="utf-8") as file:
            file.write("add_executable(probe probe.cpp)\ntarget_link_libraries(probe PRIVATE fault judge sim fakes_ingress)\n")
        build = os.path.join(folder, "build")
        run("cmake", "-S", tree, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0",
            "-DFIRSTLIGHT_TESTS=OFF")
        run("cmake", "--build", build, "--target", "probe")
        print(run(os.path.join(build, "probe")).strip())


if __name__ == "__main__":
    main()
