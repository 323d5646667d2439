// A scenario's `firmware` as the configuration of simulated cameras. Called by the runner for its fleet.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "sim/camera_config.hpp"

namespace firstlight::harness {

void apply_firmware(const Firmware& firmware, sim::CameraConfig& camera);

}  // namespace firstlight::harness
