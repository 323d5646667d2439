// Error bodies of the fakes' JSON services: {"code","message"}, the shape of SORACOM's API errors. Called by every
// fake's rules and by the HTTPS server.
#pragma once

#include <string_view>

#include "wire/http.hpp"

namespace firstlight::fakes {

/// `message` must be UTF-8.
[[nodiscard]] wire::HttpResponse json_error(unsigned status, std::string_view code, std::string_view message);
/// 405 with Allow.
[[nodiscard]] wire::HttpResponse method_not_allowed(std::string_view allow);

}  // namespace firstlight::fakes
