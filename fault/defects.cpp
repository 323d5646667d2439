#include "fault/defects.hpp"

#include <algorithm>

namespace firstlight::fault {

const std::vector<DefectInfo>& all_defects() {
  static const std::vector<DefectInfo> all{
#define X(id, name, row, summary, cause, caught_by) DefectInfo{Defect::id, name, row, summary},
#include "fault/defect_list.def"
#undef X
  };
  return all;
}

std::string_view defect_name(Defect defect) {
  return all_defects()[static_cast<std::size_t>(defect)].name;
}

std::optional<Defect> find_defect(std::string_view name) {
  const auto& all = all_defects();
  const auto at = std::find_if(all.begin(), all.end(), [&](const DefectInfo& d) { return d.name == name; });
  if (at == all.end()) return std::nullopt;
  return at->defect;
}

std::vector<std::string_view> names_of(const DefectSet& defects) {
  std::vector<std::string_view> names;
  for (const auto& info : all_defects())
    if (defects.has(info.defect)) names.push_back(info.name);
  return names;
}

}  // namespace firstlight::fault
