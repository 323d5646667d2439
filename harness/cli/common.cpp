#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "harness/cli/cli.hpp"

namespace firstlight::harness::cli {

void complain(const std::string& message) {
  fmt::print(stderr, "firstlight: {}\n", message);
}

void add_shard_option(CLI::App& verb, std::optional<Shard>& target) {
  verb.add_option_function<std::string>(
          "--shard", [&target](const std::string& text) { target = parse_shard(text); },
          "Only the scenarios of this part, such as 2/3 (by a hash of their names; see merge)")
      ->type_name("I/N")
      ->check([](const std::string& text) {
        return parse_shard(text) ? std::string() : "\"" + text + "\" is no shard; write 2/3 for the second of three";
      });
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
