#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "journal/journal.hpp"

namespace firstlight::journal {

result<Saved> read_journal(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error(Errc::io_error, path + ": " + std::strerror(errno));
  Saved saved;
  std::string line;
  if (!std::getline(file, line)) return Error(Errc::invalid_argument, path + ": empty, not a journal");
  saved.header = nlohmann::ordered_json::parse(line, nullptr, false);
  if (!saved.header.is_object() || !saved.header.contains("journal") || !saved.header["journal"].is_number_integer())
    return Error(Errc::invalid_argument, path + ":1: not a journal's header");
  if (saved.header["journal"].get<int>() > kSchemaVersion)
    return Error(Errc::invalid_argument, fmt::format("{}: a journal of version {}, newer than {}", path,
                                                     saved.header["journal"].get<int>(), kSchemaVersion));
  for (std::size_t number = 2; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    auto event = parse_event(line);
    if (!event) {
      if (file.peek() == std::ifstream::traits_type::eof()) {  // the writer died within its last line
        saved.torn_tail = true;
        break;
      }
      return Error(Errc::invalid_argument, fmt::format("{}:{}: {}", path, number, event.error().detail));
    }
    if (*event) saved.events.push_back(std::move(**event));
  }
  return saved;
}

}  // namespace firstlight::journal
