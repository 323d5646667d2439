// What the scenario's rules do to one camera itself: its attach, its power, its store, its clock, its SIM. Owned by the
// camera's driver, which asks at each of these moments; it exists only for cameras of a run whose rules concern them.
#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "fault/engine.hpp"
#include "fault/plans.hpp"
#include "sim/store.hpp"

namespace firstlight::sim {

class DeviceFaults {
 public:
  /// `engine` (null: no rules by attempt), `attempts` and `lane` outlive it.
  DeviceFaults(const fault::Engine* engine, fault::AttemptCounter& attempts, journal::Lane& lane, CameraId camera,
               std::string peer);

  // -- boots
  void boot();
  /// For how long the camera's clock is wrong in this boot; asked once a boot.
  [[nodiscard]] std::optional<Duration> skew();
  /// The power goes away as this stage begins: for how long.
  [[nodiscard]] std::optional<Duration> power_cut_at(journal::Stage stage);
  /// Whose store is in the camera instead of its own.
  [[nodiscard]] std::optional<CameraId> clone_of();
  void cloned();

  // -- the store
  /// Saves, and damages what was saved when a rule says so. Errors: Store::save's, store-full.
  [[nodiscard]] result<void> save(Store& store, std::string_view content);

  // -- attaches
  struct Attached {
    Duration delay{0};
    result<void> outcome;
    std::optional<Duration> detach_after;
  };
  [[nodiscard]] Attached attach();
  /// The answer that attach() gave has reached the camera.
  void attach_answered();
  void detached();

  // -- at a moment
  /// The rule's power cut waits for its stage, over as many boots as it takes.
  void arm(const fault::Rule& rule, const fault::CameraPlan& plan);
  void struck(const fault::Rule& rule, std::string detail);

 private:
  template <class Plan>
  struct Armed {
    Plan plan;
    fault::Injection injection;
  };
  template <class Plan>
  [[nodiscard]] std::vector<Armed<Plan>> consult(fault::Point point);
  void fire(fault::Injection& injection, std::string detail = {});
  // The one rule that decides, where only one can; null: none.
  [[nodiscard]] Armed<fault::CameraPlan>* cloning();
  [[nodiscard]] Armed<fault::AttachPlan>* answering();
  [[nodiscard]] Armed<fault::AttachPlan>* detaching();

  const fault::Engine* engine_;
  fault::AttemptCounter& attempts_;
  journal::Lane& lane_;
  CameraId camera_;
  std::string peer_;
  std::vector<Armed<fault::CameraPlan>> boot_;    // of this boot's attempt
  std::vector<Armed<fault::CameraPlan>> moment_;  // armed at a moment, until they fire
  std::vector<Armed<fault::AttachPlan>> attach_;
};

}  // namespace firstlight::sim
