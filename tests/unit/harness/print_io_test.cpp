// What the program prints never throws, and what standard output did not take is known at the end.
#include "harness/run/print.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace firstlight::harness {
namespace {

TEST(Print, AReaderThatHasGoneThrowsNothing) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  std::FILE* stream = ::fdopen(ends[1], "w");
  ASSERT_NE(stream, nullptr);
  for (int i = 0; i < 10'000; ++i) print_to(stream, "{} lines that nobody reads\n", i);
  flush(stream);
  EXPECT_NE(std::ferror(stream), 0);
  std::fclose(stream);
  EXPECT_EQ(output_error(), 0);  // that was not standard output
}

/// In a process of its own, because it remembers the first error for good.
TEST(PrintDeathTest, WhatStandardOutputDoesNotTakeIsRemembered) {
  const auto full = [] {
    if (std::freopen("/dev/full", "w", stdout) == nullptr) std::_Exit(1);
    write_to(stdout, "lost\n");
    flush(stdout);
    std::clearerr(stdout);
    std::_Exit(output_error() == ENOSPC ? 0 : 2);
  };
  EXPECT_EXIT(full(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace firstlight::harness
