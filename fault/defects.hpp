// Bugs of real firmware that the simulated camera can be given, so that a scenario shows that it would notice them. The
// language reads their names, `sim` carries them out (sim/defects.hpp), docs/firmware-defects.md tells of each.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace firstlight::fault {

enum class Defect : std::uint8_t {
#define X(id, name, row, summary, cause, caught_by) id,
#include "fault/defect_list.def"
#undef X
};

inline constexpr std::size_t kDefectCount = 0
#define X(id, name, row, summary, cause, caught_by) +1  // NOLINT(bugprone-macro-parentheses): a term of a sum
#include "fault/defect_list.def"
#undef X
    ;

struct DefectInfo {
  Defect defect{};
  std::string_view name;     // as a scenario writes it
  std::string_view row;      // of docs/camera-policy.md: the row, or the section, that it breaks
  std::string_view summary;  // one sentence
};
/// In the order of the enumeration.
[[nodiscard]] const std::vector<DefectInfo>& all_defects();
[[nodiscard]] std::string_view defect_name(Defect defect);
[[nodiscard]] std::optional<Defect> find_defect(std::string_view name);
class DefectSet;
[[nodiscard]] std::vector<std::string_view> names_of(const DefectSet& defects);

class DefectSet {
 public:
  DefectSet() = default;
  DefectSet(Defect defect) { add(defect); }  // NOLINT(google-explicit-constructor): a set of one
  void add(Defect defect) { bits_.set(static_cast<std::size_t>(defect)); }
  void add(const DefectSet& others) { bits_ |= others.bits_; }
  [[nodiscard]] bool has(Defect defect) const { return bits_.test(static_cast<std::size_t>(defect)); }
  [[nodiscard]] bool none() const { return bits_.none(); }
  friend bool operator==(const DefectSet&, const DefectSet&) = default;

 private:
  std::bitset<kDefectCount> bits_;
};

}  // namespace firstlight::fault
