#include "decode/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "decode/source_text.hpp"

namespace firstlight::decode {

namespace {

constexpr std::size_t kLongestLine = 160;

std::vector<Character> characters(std::string_view text) {
  std::vector<Character> all;
  for (std::size_t i = 0; i < text.size(); i += all.back().bytes) all.push_back(decode_utf8(text, i));
  return all;
}

/// The two lines that show where: the source line, and the caret under it.
std::string excerpt(std::string_view line, std::size_t column) {
  const auto all = characters(line);
  const auto caret = std::min(column - 1, all.size());
  const auto first = all.size() <= kLongestLine || caret < kLongestLine / 2 ? 0 : caret - kLongestLine / 2;
  const auto last = std::min(all.size(), first + kLongestLine);
  std::string shown = first > 0 ? "…" : "", padding = first > 0 ? " " : "";
  std::size_t at = 0;
  for (std::size_t i = 0; i < last; ++i) {
    const auto& c = all[i];
    const bool plain = c.valid && !is_forbidden_control(c.code) && c.code != '\r';
    if (i >= first) {
      shown += plain ? std::string(line.substr(at, c.bytes)) : "?";
      if (i < caret) padding += c.code == '\t' ? "\t" : std::string(plain ? cell_width(c.code) : 1U, ' ');
    }
    at += c.bytes;
  }
  if (last < all.size()) shown += "…";
  return fmt::format("{}\n{}^\n", shown, padding);
}

}  // namespace

std::string render(const Diagnostic& diagnostic) {
  const auto& at = diagnostic.at;
  const auto where = at.line == 0 ? "" : fmt::format("{}:{}:", at.line, at.column);
  auto text = fmt::format("{}:{} error: {}\n", diagnostic.file, where, diagnostic.message);
  if (at.line != 0) text += excerpt(diagnostic.source_line, at.column);
  if (!diagnostic.hint.empty()) text += fmt::format("hint: {}\n", diagnostic.hint);
  return text;
}

std::string render(std::span<const Diagnostic> diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) text += render(diagnostic);
  return text;
}

namespace {

/// Edits that turn one word into the other: insert, delete, replace, or swap two neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      next[j] = std::min({replace, row[j] + 1, next[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

std::string normalised(std::string_view word) {
  std::string out;
  for (const char c : word) out += c == '-' || c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

}  // namespace

std::string_view nearest(std::string_view written, std::span<const std::string_view> candidates) {
  constexpr std::size_t kLongestWord = 64;
  if (written.size() > kLongestWord) return {};
  const auto word = normalised(written);
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    const auto distance = edit_distance(word, normalised(candidate));
    if (distance < least) best = candidate, least = distance;
  }
  return best;
}

}  // namespace firstlight::decode
