// The scenario language, room by room: each function is in a file of its own name. scenario_form() is the whole; the
// loader and scenario_schema() use that one alone.
#pragma once

#include "harness/scenario/form.hpp"
#include "harness/scenario/scenario.hpp"

namespace firstlight::harness {

[[nodiscard]] Form<Scenario> scenario_form();
[[nodiscard]] Form<Cameras> cameras_form();
[[nodiscard]] Form<Firmware> firmware_form();
[[nodiscard]] Form<std::string> defect_name_form();  // of docs/firmware-defects.md
[[nodiscard]] Form<Lab> lab_form();
[[nodiscard]] Form<std::vector<FaultRule>> faults_form();
[[nodiscard]] Form<Quarantine> quarantine_form();
/// One item of `expect`. A new expectation is one alternative there, with a form of its own.
[[nodiscard]] Form<Expectation> expectation_form();

/// What only the whole scenario can contradict: bounds beyond its end, more cameras than there are, an expectation
/// twice. False: reported.
bool check_scenario(Reading& reading, const Good& good, const Scenario& scenario);
bool check_faults(Reading& reading, const Good& good, const Scenario& scenario);

}  // namespace firstlight::harness
