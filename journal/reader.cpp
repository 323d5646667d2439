#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <unordered_map>

#include <fmt/format.h>

#include "journal/journal.hpp"

namespace firstlight::journal {

namespace {

struct Place {
  std::uint64_t lane = 0, sequence = 0;
};

/// Of an event that this version does not know: its kind is no matter, its place is.
std::optional<Place> place_of_unknown(const std::string& line) {
  const auto j = nlohmann::json::parse(line, nullptr, false);
  if (!j.is_object() || !j.contains("lane") || !j.contains("seq")) return {};
  if (!j["lane"].is_number_unsigned() || !j["seq"].is_number_unsigned()) return {};
  return Place{j["lane"].get<std::uint64_t>(), j["seq"].get<std::uint64_t>()};
}

/// Every lane counts its events from 0, and the writer keeps their order: so a line that somebody took out, doubled or
/// moved is seen.
class Lanes {
 public:
  /// What is wrong with the place of the next event; empty: it follows.
  std::string follow(const Place& place) {
    auto& next = next_[place.lane];
    if (place.sequence == next) {
      ++next;
      return "";
    }
    return fmt::format("lane {} has event {} where {} is due", place.lane, place.sequence, next);
  }

 private:
  std::unordered_map<std::uint64_t, std::uint64_t> next_;
};

/// Nothing behind the damage is believed, nor the journal's own end before it: this one says why instead.
void end_at_damage(Saved& saved, const std::string& why) {
  const auto ended = std::find_if(saved.events.begin(), saved.events.end(),
                                  [](const Event& e) { return std::holds_alternative<RunEnded>(e.payload); });
  saved.events.erase(ended, saved.events.end());
  Event end;
  if (!saved.events.empty()) end.t_ns = saved.events.back().t_ns;
  end.payload = RunEnded{"infra", "the journal is not complete: " + why};
  saved.events.push_back(std::move(end));
}

/// Compared as it stands: get<int>() would make 1 of 2^32 + 1.
result<void> check_version(const nlohmann::ordered_json& header, const std::string& path) {
  if (!header.is_object() || !header.contains("journal") || !header["journal"].is_number_integer())
    return Error(Errc::invalid_argument, path + ":1: not a journal's header");
  const auto& version = header["journal"];
  if (version == kSchemaVersion) return {};
  if (version > kSchemaVersion)
    return Error(Errc::invalid_argument,
                 fmt::format("{}: a journal of version {}, newer than {}", path, version.dump(), kSchemaVersion));
  return Error(Errc::invalid_argument, fmt::format("{}:1: there is no journal version {}", path, version.dump()));
}

}  // namespace

result<Saved> read_journal(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error(Errc::io_error, path + ": " + std::strerror(errno));
  return read_journal(file, path);
}

result<Saved> read_journal(std::istream& file, const std::string& name) {
  Saved saved;
  std::string line;
  if (!std::getline(file, line)) return Error(Errc::invalid_argument, name + ": empty, not a journal");
  saved.header = nlohmann::ordered_json::parse(line, nullptr, false);
  if (const auto fits = check_version(saved.header, name); !fits) return fits.error();
  Lanes lanes;
  for (std::size_t number = 2; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    auto event = parse_event(line);
    if (!event) {
      if (file.peek() == std::ifstream::traits_type::eof()) {  // the writer died within its last line
        saved.torn_tail = true;
        break;
      }
      return Error(Errc::invalid_argument, fmt::format("{}:{}: {}", name, number, event.error().detail));
    }
    const auto place = *event ? std::optional(Place{(**event).lane, (**event).sequence}) : place_of_unknown(line);
    const auto wrong = place ? lanes.follow(*place) : std::string("an event without its place");
    if (!wrong.empty()) {
      end_at_damage(saved, fmt::format("line {}: {}", number, wrong));
      break;
    }
    if (*event) saved.events.push_back(std::move(**event));
  }
  return saved;
}

}  // namespace firstlight::journal
