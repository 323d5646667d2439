// What can be injected at a fault point: a name, its parameters with units, and a pure function that edits a plan.
// Written once an effect in fault/effects/, listed by the catalogue, applied by the engine for the point that consults.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.hpp"

namespace firstlight::fault {

/// How a parameter is written in a scenario: `500ms`, `16KiB` or `100B`, `3`, `25%`, a text, one of some words,
/// true or false, the number of a camera that the scenario has.
enum class Kind : std::uint8_t { duration, bytes, integer, percent, text, choice, flag, camera };
[[nodiscard]] std::string_view kind_name(Kind kind);  // with its unit: "duration", "bytes (B, KiB, MiB)", …

struct Parameter {
  std::string_view name;
  Kind kind{};
  std::string_view summary;
  std::string_view fallback = {};  // as a scenario would write it; empty: must be given
  std::int64_t least = 0;          // of integers, cameras and bytes; durations: microseconds
  std::int64_t most = INT64_MAX;
  std::vector<std::string_view> choices = {};
};

/// Durations in microseconds, bytes, integers, camera numbers and hundredths of a percent are std::int64_t.
using Value = std::variant<std::int64_t, std::string, bool>;

/// The values of an effect's parameters: every one is there, given or by its fallback.
class Arguments {
 public:
  void set(std::string_view name, Value value);
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] Duration duration(std::string_view name) const { return Duration(integer(name)); }
  [[nodiscard]] std::int64_t integer(std::string_view name) const { return std::get<std::int64_t>(*find(name)); }
  [[nodiscard]] double share(std::string_view name) const { return static_cast<double>(integer(name)) / 100'00; }
  [[nodiscard]] const std::string& text(std::string_view name) const { return std::get<std::string>(*find(name)); }
  [[nodiscard]] bool flag(std::string_view name) const { return std::get<bool>(*find(name)); }

 private:
  [[nodiscard]] const Value* find(std::string_view name) const;
  std::vector<std::pair<std::string, Value>> values_;
};

/// Errors' text for a person when `text` is no value of the parameter: what was expected.
struct NoValue {
  std::string expected;
};
[[nodiscard]] std::variant<Value, NoValue> parse_value(const Parameter& parameter, std::string_view text);

enum class Moment : std::uint8_t {
  attempt,    // applied when a camera makes an attempt at the point
  scheduled,  // carried out once, at the beginning of `between` or when `after` strikes
  either,     // scheduled when the rule has `between` or `after`, by attempt otherwise
  window,     // carried out at the beginning of `between`, which the rule must have, and undone at its end
};

struct EffectInfo {
  std::string_view name;
  std::string_view summary;
  std::vector<Parameter> parameters = {};  // `inject: {name: value}` sets the first
  Moment moment = Moment::attempt;
};

/// An effect on the plan of one point (fault/plans.hpp).
template <class Plan>
struct EffectOn : EffectInfo {
  void (*apply)(Plan&, const Arguments&);
  EffectOn(EffectInfo info, void (*edit)(Plan&, const Arguments&)) : EffectInfo(std::move(info)), apply(edit) {}
};

}  // namespace firstlight::fault
