// One camera of a fleet as a run's plan gives it: who it is, where its connections come from and arrive, and when it is
// switched on. Made by harness/plan and by `firstlight camera`; taken as it is by the fleet and the lab.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace firstlight::sim {

struct PlannedCamera {
  CameraId id;
  boost::asio::ip::address source;  // its connections come from here; unspecified (0.0.0.0) binds nothing
  Imsi imsi;
  SteadyClock::duration start_after{};  // after Fleet::start()
  /// Where its connections arrive, whatever address their host has; nothing: there.
  std::optional<boost::asio::ip::address> destination = {};
};

}  // namespace firstlight::sim
