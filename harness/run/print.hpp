// What the program prints, on either stream. Printing never throws: a reader that has gone away (`| head -1`) must end
// neither a run nor a lab, and cost no report. What standard output did not take is told once, at main's end.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace firstlight::harness {

/// From any thread.
void write_to(std::FILE* to, std::string_view text) noexcept;

template <class... T>
void print_to(std::FILE* to, fmt::format_string<T...> format, T&&... values) {
  write_to(to, fmt::format(format, std::forward<T>(values)...));
}

/// For what somebody waits for.
void flush(std::FILE* stream) noexcept;

/// Flushes standard output and says what it suffered first: an errno, or 0 when it took everything.
[[nodiscard]] int output_error() noexcept;

}  // namespace firstlight::harness
