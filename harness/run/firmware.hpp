// A scenario's `firmware` as the configuration of simulated cameras. Called by the runner for its fleet.
#pragma once

#include "language/scenario.hpp"
#include "sim/camera_config.hpp"

namespace firstlight::harness {

void apply_firmware(const language::Firmware& firmware, sim::CameraConfig& camera);

}  // namespace firstlight::harness
