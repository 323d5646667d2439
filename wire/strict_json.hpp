// JSON objects as a verifier must read them: UTF-8, no member named twice, little depth, few members. Used by jws.cpp,
// and by the fakes for bodies and templates.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace firstlight::wire {

/// The object in `text`, or nothing when it is anything else or breaks a bound. Never throws on malformed text.
[[nodiscard]] std::optional<nlohmann::ordered_json> parse_strict_object(std::string_view text);

}  // namespace firstlight::wire
