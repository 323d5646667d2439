// How a scenario names events of the journal and moments: the values, how they are read, and their text. Used by the
// expectations that look for events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "decode/decoder.hpp"
#include "journal/event.hpp"
#include "language/map_text.hpp"
#include "language/parts.hpp"

namespace firstlight::language {

/// Which events of the journal are meant. Values of `where` are compared as text.
struct EventPattern {
  std::string event;    // its name in the journal
  std::string service;  // of its field `service`; empty: any
  std::optional<journal::Stage> stage;
  std::optional<std::uint32_t> status;
  std::vector<std::pair<std::string, std::string>> where;  // field and value, in the file's order
  friend bool operator==(const EventPattern&, const EventPattern&) = default;
};

struct AfterFaults {  // the last firing of any fault
  friend bool operator==(const AfterFaults&, const AfterFaults&) = default;
};
using Moment = std::variant<AfterFaults, EventPattern>;

/// An event's name, or a map with the keys of pattern_fields().
[[nodiscard]] Decoder<EventPattern> pattern_decoder();
/// `event`, `to`, `stage`, `status` and `where`, for a map that has them among other keys. Check with check_pattern().
[[nodiscard]] std::vector<Field<EventPattern>> pattern_fields();
bool check_pattern(DecodeContext& context, const ValidatedKeys& keys, const EventPattern& pattern);
/// `faults`, or an event as above.
[[nodiscard]] Decoder<Moment> moment_decoder();

[[nodiscard]] std::string text_of(const EventPattern& pattern);
[[nodiscard]] std::string text_of(const Moment& moment);
/// The keys of pattern_fields() that it has.
void add_pattern(MapText& map, const EventPattern& pattern);

}  // namespace firstlight::language
