// Finds what must never be told in what is told: private keys in PEM, signed tokens (JWS). Pure; used by the camera's
// driver for its log, and by the lab's servers and edge for what devices send.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace firstlight::wire {

/// "private-key" when the text holds the first line of a PEM private key; else "token" when it holds a compact JWS,
/// also as bearer credentials or within a URL; else nothing. Linear in the text's length.
[[nodiscard]] std::optional<std::string_view> find_secret(std::string_view text);

/// The text as a journal may keep it: itself, or "[redacted]" in place of the whole when find_secret() finds one.
[[nodiscard]] std::string without_secret(std::string_view text);

}  // namespace firstlight::wire
