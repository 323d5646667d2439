// The text of a scenario as its author sees it: lines, and columns that count characters. Used by the parser and the
// loader to turn byte offsets into positions, and by the diagnostics to draw carets.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace firstlight::decode {

/// Where something stands in a file; both count from 1, columns count characters. 0: nowhere.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = true;  // false: the byte at hand starts no well-formed UTF-8 sequence (RFC 3629); it counts as one
};
/// The character at `offset`, which is less than text.size().
[[nodiscard]] Character decode_utf8(std::string_view text, std::size_t offset);

/// C0, C1 and DEL, except tab, line feed and carriage return.
[[nodiscard]] bool is_forbidden_control(char32_t code);

/// Cells of a terminal: 0 for combining marks, 2 for East Asian wide characters, else 1.
[[nodiscard]] std::size_t cell_width(char32_t code);

/// A view of a text, which must outlive it.
class SourceText {
 public:
  explicit SourceText(std::string_view text);
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] Position position(std::size_t offset) const;
  /// Without its line end; `number` counts from 1.
  [[nodiscard]] std::string_view line(std::size_t number) const;
  [[nodiscard]] std::size_t lines() const { return starts_.size(); }
  [[nodiscard]] std::size_t line_start(std::size_t number) const { return starts_[number - 1]; }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

}  // namespace firstlight::decode
