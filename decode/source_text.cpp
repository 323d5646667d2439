#include "decode/source_text.hpp"

#include <algorithm>
#include <array>

namespace firstlight::decode {

namespace {

struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(), [&](Range r) { return code >= r.first && code <= r.last; });
}

// The blocks that matter for a caret (Unicode Standard Annex 11), not the whole table.
constexpr std::array<Range, 8> kWide{{{0x1100, 0x115f},
                                      {0x2e80, 0x303e},
                                      {0x3041, 0xa4cf},
                                      {0xac00, 0xd7a3},
                                      {0xf900, 0xfaff},
                                      {0xfe30, 0xfe6f},
                                      {0xff00, 0xff60},
                                      {0x1f300, 0x1faff}}};
constexpr std::array<Range, 4> kCombining{{{0x0300, 0x036f}, {0x200b, 0x200d}, {0x3099, 0x309a}, {0xfe00, 0xfe0f}}};

}  // namespace

Character decode_utf8(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(offset);
  if (lead < 0x80) return {lead, 1, true};
  const Character bad{lead, 1, false};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || offset + length > text.size()) return bad;
  char32_t code = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(offset + i) & 0xc0U) != 0x80) return bad;
    code = code << 6 | (byte(offset + i) & 0x3fU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return bad;
  return {code, length, true};
}

bool is_forbidden_control(char32_t code) {
  return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') || (code >= 0x7f && code < 0xa0);
}

std::size_t cell_width(char32_t code) {
  if (within(kCombining, code)) return 0;
  return within(kWide, code) ? 2 : 1;
}

SourceText::SourceText(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n' && i + 1 < text.size()) starts_.push_back(i + 1);
}

Position SourceText::position(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto number = static_cast<std::size_t>(next - starts_.begin());
  const auto start = starts_[number - 1];
  // An offset in the line's end, or behind the text, is shown right behind the line's last character.
  const auto end = std::min(offset, start + line(number).size());
  std::size_t column = 1;
  for (auto i = start; i < end; i += decode_utf8(text_, i).bytes) ++column;
  return {number, column};
}

std::string_view SourceText::line(std::size_t number) const {
  const auto start = starts_[number - 1];
  const auto end = number < starts_.size() ? starts_[number] : text_.size();
  auto line = text_.substr(start, end - start);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

}  // namespace firstlight::decode
