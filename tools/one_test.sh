#!/bin/sh
# Builds and runs the tests of one name, with the build that ./check uses (ASan, UBSan; fuzz.* with clang). Run by ./check NAME.
#   tools/one_test.sh NAME    NAME begins a test's name as `ctest -N` lists it, or is a GoogleTest suite or test
# Exit: 0 passed, 4 no test is of that name, another one when it failed.
set -eu
cd "$(dirname "$0")/.."
name=$1
cmake --preset dev >/dev/null

case $name in
fuzz*)
  cmake --preset fuzz >/dev/null
  preset=fuzz
  ;;
*) preset=dev ;;
esac
regex=^$(printf '%s' "$name" | sed 's/[][\.*^$+?(){}|]/\\&/g')
matching=$(ctest --preset "$preset" -N -R "$regex" 2>/dev/null | sed -n 's/^ *Test *#[0-9]*: //p')
if [ -n "$matching" ]; then
  targets=
  for test in $matching; do
    case $test in
      unit.*) targets="$targets unit_${test#unit.}" ;;
      fuzz.*) targets="$targets ${test#fuzz.}" ;;
      tidy.* | suites.*) ;;
      *) targets="$targets firstlight" ;;
    esac
  done
  # shellcheck disable=SC2086
  [ -z "$targets" ] || cmake --build --preset "$preset" --target $targets
  exec ctest --preset "$preset" -R "$regex" -V
fi

# A GoogleTest name: its suite is written in a file of tests/unit/<room>/, which tells the program.
suite=${name%%.*}
case $suite in '' | *[!A-Za-z0-9_]*) files= ;; *) files=$(grep -lE "^(TYPED_)?TEST(_F|_P)?\($suite," tests/unit/*/*_test.cpp || true) ;; esac
if [ -z "$files" ]; then
  echo "check: no test's name begins with '$name', and no GoogleTest suite is called '$suite'; 'ctest --preset dev -N' lists the tests" >&2
  exit 4
fi
programs=$(for file in $files; do
  room=$(basename "$(dirname "$file")")
  case $file in *_io_test.cpp) echo "unit_${room}_io" ;; *) echo "unit_$room" ;; esac
done | sort -u)
case $name in *.*) filter=$name ;; *) filter="$name.*" ;; esac
# shellcheck disable=SC2086
cmake --build --preset dev --target $programs
code=0
ran=
for program in $programs; do
  # The second and third form are those of tests with parameters.
  output=$("build/dev/tests/$program" --gtest_filter="$filter:*/$filter:*/$filter/*:${filter%%.*}/*.${filter#*.}" 2>&1) || code=1
  printf '%s\n' "$output"
  case $output in *'[==========] 0 tests'*) ;; *) ran=1 ;; esac  # a suite may be in two programs, and the test in one
done
[ -n "$ran" ] || { echo "check: the suite '$suite' has no test '$name'" >&2; exit 4; }
exit $code
