// A request's answer. Made and carried out by fakes/http/; edited by the effects in fault/effects/http/.
// Which rules count is told from the bytes of the answer (fakes/http/fault_answer.hpp).
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "fault/effect.hpp"
#include "wire/http.hpp"

namespace firstlight::fault {

struct HttpPlan {
  std::optional<wire::HttpResponse> instead;  // the service is not asked
  Duration delay{0};                          // before the answer's first byte
  std::optional<double> keep;                 // the share of the answer that is sent, then the connection closes
  std::int64_t wrong_length = 0;              // Content-Length says so many bytes more (or fewer)
  bool chunked = false;
  std::int64_t garbage = 0;  // so many bytes that are no HTTP, instead of the answer
  bool empty_body = false;
  friend bool operator==(const HttpPlan&, const HttpPlan&) = default;
};

namespace http {
using Plan = HttpPlan;
}

}  // namespace firstlight::fault
