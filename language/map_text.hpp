// The text of a map as a scenario would write it in one line. Used by the texts of expectations and of the values in
// them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "journal/event.hpp"
#include "language/parts.hpp"

namespace firstlight::language {

/// `{a: 1, b: 2}`, made key by key; members without a value are left out.
class MapText {
 public:
  MapText& add(std::string_view key, const std::string& value);
  template <class T>
  MapText& add(std::string_view key, const std::optional<T>& value) {
    return value ? add(key, shown(*value)) : *this;
  }
  [[nodiscard]] std::string done() const { return "{" + text_ + "}"; }

 private:
  static std::string shown(Duration d) { return format_duration(d); }
  static std::string shown(std::uint32_t n) { return std::to_string(n); }
  static std::string shown(bool b) { return b ? "true" : "false"; }
  static std::string shown(journal::Stage s) { return std::string(journal::stage_name(s)); }
  static std::string shown(const CameraSet& s) { return text_of(s); }
  std::string text_;
};

/// A text as YAML reads it back: in quotes unless it is one plain word.
[[nodiscard]] std::string scalar_text(const std::string& value);

}  // namespace firstlight::language
