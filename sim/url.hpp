// https URLs as far as a camera follows them: host, port, target. Anything else is refused, so that a token never
// travels in the clear.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace firstlight::sim {

struct Url {
  std::string host;  // without the brackets of an IPv6 literal
  std::uint16_t port = 443;
  std::string target = "/";  // path and query; a fragment is not sent

  /// For the Host header: brackets around IPv6, the port unless it is 443.
  [[nodiscard]] std::string authority() const;
};

/// Errors: url-unusable (detail: why). User information is refused.
[[nodiscard]] result<Url> parse_https_url(std::string_view text);

}  // namespace firstlight::sim
