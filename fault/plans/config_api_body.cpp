#include "fault/plans/config_api_body.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace firstlight::fault {

nlohmann::ordered_json* BodyDraft::at(const std::string& path) const {
  auto* here = document;
  for (std::size_t from = 0; from <= path.size();) {
    const auto dot = std::min(path.find('.', from), path.size());
    const auto key = path.substr(from, dot - from);
    if (!here->is_object() || !here->contains(key)) return nullptr;
    here = &(*here)[key];
    from = dot + 1;
  }
  return here;
}

}  // namespace firstlight::fault
