// The bytes of an answer that the faults at `*.http` have damaged. Called by the HTTPS server for such answers alone;
// pure.
#pragma once

#include <string>

#include "fault/plans.hpp"
#include "wire/http.hpp"

namespace firstlight::fakes {

struct FaultedAnswer {
  std::string bytes;
  bool close = false;  // after them, because what follows could not be told from them
};
[[nodiscard]] FaultedAnswer format_faulted(const wire::HttpResponse& response, const fault::HttpPlan& plan);

}  // namespace firstlight::fakes
