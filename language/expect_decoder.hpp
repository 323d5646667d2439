// The forms of the expectations, and the parts that several of them share. Put together by expectation_decoder() in
// expect_decoder.cpp; each is defined in one of the expect_*_decoder.cpp files.
#pragma once

#include "decode/decoder.hpp"
#include "decode/values.hpp"
#include "language/expectations.hpp"

namespace firstlight::language {

// expect_path_decoder.cpp
[[nodiscard]] Decoder<ExpectOnline> expect_online_decoder();
[[nodiscard]] Decoder<ExpectLatency> expect_latency_decoder();
[[nodiscard]] Decoder<ExpectAttempts> expect_attempts_decoder();
// expect_event_decoder.cpp
[[nodiscard]] Decoder<ExpectNever> expect_never_decoder();
[[nodiscard]] Decoder<ExpectOrder> expect_order_decoder();
[[nodiscard]] Decoder<ExpectRecovers> expect_recovers_decoder();
// expect_refused_decoder.cpp
[[nodiscard]] Decoder<ExpectRefused> expect_refused_decoder();
// expect_device_decoder.cpp
[[nodiscard]] Decoder<ExpectBackoff> expect_backoff_decoder();
[[nodiscard]] Decoder<ExpectStore> expect_store_decoder();
[[nodiscard]] Decoder<ExpectNoSecretLeaked> expect_no_secret_leaked_decoder();

[[nodiscard]] std::vector<Word<journal::Stage>> stage_words();
/// At least one of the keys must be there, right or wrong; false: reported.
bool needs_one_of(DecodeContext& context, const ValidatedKeys& validated, std::string_view map,
                  const std::vector<std::string_view>& keys);
/// An error's name with hyphens or underscores.
[[nodiscard]] Decoder<std::string> error_name_decoder();

// event_decoder.cpp
/// `event`, `to`, `stage`, `status` and `where`, the keys of an event that is looked for.
[[nodiscard]] std::vector<Field<EventPattern>> pattern_fields();
bool check_pattern(DecodeContext& context, const ValidatedKeys& keys, const EventPattern& pattern);
/// An event's name, or a map with the keys above.
[[nodiscard]] Decoder<EventPattern> pattern_decoder();
/// `faults`, or an event as above.
[[nodiscard]] Decoder<Moment> moment_decoder();
/// A hint for an event's name that does not exist.
[[nodiscard]] std::string nearest_event(std::string_view written);
/// `all`, `faulted`, `healthy`, `[3, 7]`, `1..10`.
[[nodiscard]] Decoder<WhichCameras> which_cameras_decoder();

}  // namespace firstlight::language
