// The scenario language, room by room: each function is in a file of its own name. scenario_decoder() is the whole; the
// loader and scenario_schema() use that one alone.
#pragma once

#include "decode/decoder.hpp"
#include "language/scenario.hpp"

namespace firstlight::language {

[[nodiscard]] Decoder<Scenario> scenario_decoder();
[[nodiscard]] Decoder<Cameras> cameras_decoder();
[[nodiscard]] Decoder<Firmware> firmware_decoder();
[[nodiscard]] Decoder<std::string> defect_name_decoder();  // of docs/firmware-defects.md
[[nodiscard]] Decoder<Lab> lab_decoder();
[[nodiscard]] Decoder<std::vector<FaultRule>> faults_decoder();
[[nodiscard]] Decoder<Quarantine> quarantine_decoder();
/// One item of `expect`. A new expectation is one alternative there, with a decoder of its own.
[[nodiscard]] Decoder<Expectation> expectation_decoder();

/// What only the whole scenario can contradict: bounds beyond its end, more cameras than there are, an expectation
/// twice. False: reported.
bool check_scenario(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario);
bool check_faults(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario);

}  // namespace firstlight::language
