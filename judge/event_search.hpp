// Finding the events that a scenario names, and when they happened. Used by the expectations never, order
// and recovers.
#pragma once

#include <cstdint>
#include <optional>

#include "judge/check_context.hpp"
#include "language/event_pattern.hpp"
#include "language/which_cameras.hpp"

namespace firstlight::judge {

[[nodiscard]] bool matches(const language::EventPattern& pattern, const journal::Event& event);

/// When it began: a request is journaled when it is answered, and happened when it arrived.
[[nodiscard]] std::int64_t happened_ns(const journal::Event& event);

[[nodiscard]] bool is_among(const language::WhichCameras& which, const CheckContext& context, std::uint32_t camera);

/// The last event of the moment, of any camera or none; null when there was none.
[[nodiscard]] const journal::Event* last_of(const language::Moment& moment, const CheckContext& context);
[[nodiscard]] std::string moment_name(const language::Moment& moment);

}  // namespace firstlight::judge
