// The names of the AWS IoT control plane's operations by method and path (API version 2015-05-28), so that a request
// for one that the lab does not offer is answered with its name. Used by the control plane's rules.
#pragma once

#include <optional>
#include <string_view>

namespace firstlight::fakes::iot {

/// Nothing for a method and path that no operation listed here has.
[[nodiscard]] std::optional<std::string_view> aws_operation_name(std::string_view method, std::string_view path);

}  // namespace firstlight::fakes::iot
