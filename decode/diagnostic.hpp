// A mistake in a scenario as its author sees it: file, line, column, the line with a caret, and perhaps a hint. Made by
// the loader and the suite; printed by the verbs of the command line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decode/source_text.hpp"

namespace firstlight::decode {

struct Diagnostic {
  std::string file;
  Position at;              // line 0: the file or folder as a whole
  std::string message;      // one sentence without a full stop
  std::string source_line;  // the whole line, without its end; empty when at.line is 0
  std::string hint;         // what to write after "hint: "; empty: none
};

/// `file:line:column: error: message`, the line, the caret under the column (tabs are kept and wide characters take two
/// cells), the hint. Every line ends with a newline. Control characters are shown as '?', so a file cannot drive the
/// terminal; a long line is shortened around the caret.
[[nodiscard]] std::string render(const Diagnostic& diagnostic);
[[nodiscard]] std::string render(std::span<const Diagnostic> diagnostics);

/// The candidate nearest to what was written (optimal string alignment distance, at most a third of its length), or
/// empty when none is near.
[[nodiscard]] std::string_view nearest(std::string_view written, std::span<const std::string_view> candidates);

}  // namespace firstlight::decode
