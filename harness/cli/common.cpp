#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "harness/cli/cli.hpp"

namespace firstlight::harness::cli {

void complain(const std::string& message) {
  fmt::print(stderr, "firstlight: {}\n", message);
}

bool write_report(const std::string& path, const std::string& text) {
  if (path == "-") {
    fmt::print("{}", text);
    return std::fflush(stdout) == 0;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return true;
  complain(fmt::format("{}: the report cannot be written: {}", path, std::strerror(errno)));
  return false;
}

}  // namespace firstlight::harness::cli
