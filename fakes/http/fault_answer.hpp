// The bytes of an answer that the faults at `*.http` have damaged, and which of those faults a device can tell from
// them. Called by the HTTPS server for such answers alone; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fault/engine.hpp"
#include "fault/plans/http.hpp"
#include "wire/http.hpp"

namespace firstlight::fakes {

struct FaultedAnswer {
  std::string bytes;
  unsigned status = 0;  // that they say, or that garbage stands for
  bool close = false;   // after them, because what follows could not be told from them
};
/// The answer to a request with that method: to HEAD goes the header alone.
[[nodiscard]] FaultedAnswer format_faulted(const wire::HttpResponse& response, const fault::HttpPlan& plan,
                                           std::string_view method);

/// Those of the injections without which the device would get other bytes, or the same ones earlier. `service`: what
/// the service answered; nothing: it was not asked, and its answer would have been another one.
[[nodiscard]] fault::Injections observable(fault::Injections injections,
                                           const std::optional<wire::HttpResponse>& service, std::string_view method);

/// Whether the device is given all that the service answered, in whatever pieces.
[[nodiscard]] bool holds_whole(const FaultedAnswer& answer, const wire::HttpResponse& service,
                               const fault::HttpPlan& plan, std::string_view method);

}  // namespace firstlight::fakes
