// What an expectation may compare itself with: the parts of its scenario that were read without an error, and the place
// where it stands. Made by check_scenario() for each expectation and given to its contradictions().
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "decode/decoder.hpp"
#include "language/scenario.hpp"

namespace firstlight::language {

class ScenarioChecker {
 public:
  /// All of them outlive the checker.
  ScenarioChecker(DecodeContext& context, const ValidatedKeys& keys, const Scenario& scenario, const Node& value)
      : context_(context), keys_(keys), scenario_(scenario), value_(value) {}

  /// The expectation's value, and what it has at a key that was read.
  [[nodiscard]] const Node& value() const { return value_; }
  [[nodiscard]] const Node& value(std::string_view key) const { return *value_.find(key); }
  void report(const Node& node, std::string message, std::string hint = {});
  [[nodiscard]] bool sound() const { return sound_; }  // nothing was reported

  /// The number of cameras; nothing while it is not known.
  [[nodiscard]] std::optional<std::uint32_t> fleet() const;
  /// The scenario's end at the latest, and what the author calls it; nothing while it is not known.
  struct End {
    Duration at;
    std::string name;  // "run_for 45s", "the timeout of 1m"
  };
  [[nodiscard]] std::optional<End> end() const;
  /// When the camera with this index (from 0) is switched on, in seconds; nothing while it is not known or drawn.
  [[nodiscard]] std::optional<double> certain_start(std::uint32_t index) const;
  /// Whether there certainly is no fault, or none that `fits`; not while the faults are partly wrong.
  [[nodiscard]] bool no_fault() const;
  [[nodiscard]] bool no_fault(const std::function<bool(const FaultRule&)>& fits) const;

  /// Reports a part of the fleet that is more cameras than there are, or nobody. `key` is where it stands.
  bool check_set(const std::optional<CameraSet>& set, std::string_view key);

 private:
  DecodeContext& context_;
  const ValidatedKeys& keys_;
  const Scenario& scenario_;
  const Node& value_;
  bool sound_ = true;
};

}  // namespace firstlight::language
