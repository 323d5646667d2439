// What every check looks at, and what it finds; the helpers that several checks share. Made by judge() once a scenario
// and given to the check of each expectation (judge/expectations/).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "journal/event.hpp"
#include "judge/measure.hpp"
#include "judge/verdict.hpp"
#include "language/scenario.hpp"

namespace firstlight::judge {

struct CheckContext {
  CheckContext(const language::Scenario& scenario, const Measurements& measured, std::span<const journal::Event> all);

  const language::Scenario& scenario;
  const Measurements& m;
  std::span<const journal::Event> events;  // up to and with run_ended: the teardown is not the cameras' doing
  std::vector<bool> faulted;               // by camera number: a fault fired for it
  std::int64_t end_ns = 0;                 // of the run, or of the last event

  [[nodiscard]] std::uint32_t fleet() const { return scenario.cameras.count; }
  /// The facts of a camera that may never have been seen.
  [[nodiscard]] const CameraFacts& facts(std::uint32_t camera) const;
  /// The cameras of the fleet that satisfy the predicate, ascending.
  template <class Predicate>
  [[nodiscard]] std::vector<std::uint32_t> cameras_where(Predicate concerned) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t id = 1; id <= fleet(); ++id)
      if (concerned(id)) found.push_back(id);
    return found;
  }
};

struct Finding {
  Verdict verdict = Verdict::pass;
  std::string observed;                // one sentence with numbers
  std::vector<std::uint32_t> cameras;  // those concerned when it is not a pass, ascending
  std::vector<Evidence> evidence;
  bool is_final = false;  // a longer run could not have changed the verdict
};

[[nodiscard]] Finding nothing_to_look_at(std::string why);

/// Adds the event unless there are enough already or it is there.
void cite(Finding& finding, const journal::Event& event);
inline constexpr std::size_t kMostEvidence = 5;

/// "12 not powered on yet, 3 at mqtt_connect": the cameras that are not online at the end.
[[nodiscard]] std::string where_they_are(const CheckContext& context);
/// "camera 3", "cameras 3, 4, 9 and 7 more".
[[nodiscard]] std::string name_cameras(const std::vector<std::uint32_t>& cameras);
/// "1.234 s".
[[nodiscard]] std::string seconds_text(std::int64_t ns);

}  // namespace firstlight::judge
