// The scenario language, part by part: each function is in a file of its own name. scenario_decoder() is the whole; a
// Vocabulary makes it and the loader and scenario_schema() use that one alone.
#pragma once

#include <span>

#include "decode/decoder.hpp"
#include "language/scenario.hpp"

namespace firstlight::language {

[[nodiscard]] Decoder<Scenario> scenario_decoder(std::span<const ExpectationKind* const> expectations);
[[nodiscard]] Decoder<Cameras> cameras_decoder();
[[nodiscard]] Decoder<Firmware> firmware_decoder();
[[nodiscard]] Decoder<std::string> defect_name_decoder();  // of docs/firmware-defects.md
[[nodiscard]] Decoder<Lab> lab_decoder();
[[nodiscard]] Decoder<std::vector<FaultRule>> faults_decoder();
[[nodiscard]] Decoder<Quarantine> quarantine_decoder();
/// One item of `expect`: one of these kinds.
[[nodiscard]] Decoder<ExpectItem> expectation_decoder(std::span<const ExpectationKind* const> kinds);

/// What only the whole scenario can contradict: arrivals beyond its end, an expectation twice, and what each
/// expectation says of itself. False: reported.
bool check_scenario(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario);
bool check_faults(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario);

}  // namespace firstlight::language
