#include "harness/run/print.hpp"

#include <atomic>
#include <cerrno>

namespace firstlight::harness {

namespace {

std::atomic<int> g_output_error{0};

void note(std::FILE* stream, int error) noexcept {
  int none = 0;
  if (stream == stdout) g_output_error.compare_exchange_strong(none, error);
}

}  // namespace

void write_to(std::FILE* to, std::string_view text) noexcept {
  if (std::fwrite(text.data(), 1, text.size(), to) != text.size()) note(to, errno);
}

void flush(std::FILE* stream) noexcept {
  if (std::fflush(stream) != 0) note(stream, errno);
}

int output_error() noexcept {
  flush(stdout);
  return g_output_error.load();
}

}  // namespace firstlight::harness
