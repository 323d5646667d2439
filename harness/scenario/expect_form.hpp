// The forms of the expectations, and the parts that several of them share. Put together by expectation_form() in
// expect_form.cpp; each is defined in one of the expect_*_form.cpp files.
#pragma once

#include "harness/scenario/expectations.hpp"
#include "harness/scenario/form.hpp"
#include "harness/scenario/values.hpp"

namespace firstlight::harness {

// expect_path_form.cpp
[[nodiscard]] Form<ExpectOnline> expect_online_form();
[[nodiscard]] Form<ExpectLatency> expect_latency_form();
[[nodiscard]] Form<ExpectAttempts> expect_attempts_form();
// expect_event_form.cpp
[[nodiscard]] Form<ExpectNever> expect_never_form();
[[nodiscard]] Form<ExpectOrder> expect_order_form();
[[nodiscard]] Form<ExpectRecovers> expect_recovers_form();
// expect_refused_form.cpp
[[nodiscard]] Form<ExpectRefused> expect_refused_form();
// expect_manners_form.cpp
[[nodiscard]] Form<ExpectBackoff> expect_backoff_form();
[[nodiscard]] Form<ExpectStore> expect_store_form();
[[nodiscard]] Form<ExpectNoSecretLeaked> expect_no_secret_leaked_form();

[[nodiscard]] std::vector<Word<journal::Stage>> stage_words();
/// At least one of the keys must be there, right or wrong; false: reported.
bool needs_one_of(Reading& reading, const Good& good, std::string_view map, const std::vector<std::string_view>& keys);
/// An error's name with hyphens or underscores.
[[nodiscard]] Form<std::string> error_name_form();

// event_form.cpp
/// `event`, `to`, `stage`, `status` and `where`, the keys of an event that is looked for.
[[nodiscard]] std::vector<Field<EventPattern>> pattern_fields();
bool check_pattern(Reading& reading, const Good& good, const EventPattern& pattern);
/// An event's name, or a map with the keys above.
[[nodiscard]] Form<EventPattern> pattern_form();
/// `faults`, or an event as above.
[[nodiscard]] Form<Moment> moment_form();
/// A hint for an event's name that does not exist.
[[nodiscard]] std::string nearest_event(std::string_view written);
/// `all`, `faulted`, `healthy`, `[3, 7]`, `1..10`.
[[nodiscard]] Form<WhichCameras> which_cameras_form();

}  // namespace firstlight::harness
