// One playing of one scenario: a lab, a fleet, their end, and the journal of it. Every scenario of a run is played in a
// process of its own (child.hpp), which is asked for with a PlayRequest; play() is what that process does.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "harness/run/progress.hpp"
#include "language/scenario.hpp"

namespace firstlight::harness {

struct PlayRequest {
  language::Scenario scenario;  // its timeout is what counts: a multiplier has been applied
  std::uint64_t seed = 0;
  fault::DefectSet defects;  // beside those of the scenario's firmware
  std::string journal_file;
  nlohmann::ordered_json header;    // of the journal (docs/journal.md)
  bool narrate = false;             // every event as a line on stderr
  Secret endorse_key;               // RSA, PEM, for all scenarios of a run; empty: the lab makes its own
  std::vector<Secret> device_keys;  // likewise, where devices get RSA keys; each is one device's in a scenario
};

/// The request as it goes to the process that plays it: one JSON object. The scenario goes as its text, so what is
/// played is what was loaded, whatever happens to the file meanwhile.
[[nodiscard]] std::string encode(const PlayRequest& request);
/// Throws std::runtime_error for what encode() did not write.
[[nodiscard]] PlayRequest decode(std::string_view text);

/// Plays in this process, on the calling thread; `progress` is called from it, as often as it looks. What it returns is
/// a trouble of the lab that the journal does not tell; empty: none.
[[nodiscard]] std::string play(const PlayRequest& request, const std::function<void(const ProgressCounts&)>& progress);

}  // namespace firstlight::harness
