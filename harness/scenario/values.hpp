// Forms of the language's single values: durations, rates, shares of the fleet, numbers, words. Used by the *_form.cpp
// files.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "harness/scenario/form.hpp"

namespace firstlight::harness {

struct DurationLimits {
  Duration least{1};
  Duration unit{1};  // the value is a multiple of it
  bool may_be_negative = false;
};
[[nodiscard]] Form<Duration> duration_form(DurationLimits limits = {});
[[nodiscard]] Form<std::chrono::seconds> seconds_form();  // whole seconds, at least one

/// "20/s", "600/m", "3/h", as events a second.
[[nodiscard]] Form<double> rate_form(bool may_be_zero = false);
/// "all", "20%" (up to two decimals, above 0), or a number of cameras.
[[nodiscard]] Form<CameraSet> camera_set_form();
/// "< 5s".
[[nodiscard]] Form<Duration> upper_limit_form();

[[nodiscard]] Form<std::uint64_t> integer_form(std::uint64_t least, std::uint64_t most);
[[nodiscard]] Form<std::uint32_t> small_integer_form(std::uint32_t least, std::uint32_t most);
[[nodiscard]] Form<bool> boolean_form();
[[nodiscard]] Form<WallTime> timestamp_form();
/// Text for people: not empty, no control characters, line ends become spaces.
[[nodiscard]] Form<std::string> text_form(std::size_t most_characters);
/// Lower-case letters, digits and hyphens, as in file names.
[[nodiscard]] Form<std::string> slug_form(std::string_view what);

/// The value of a key that need not be there.
template <class T>
Form<std::optional<T>> optional_form(Form<T> inner) {
  Form<std::optional<T>> form;
  form.schema = std::move(inner.schema);
  form.read = [read = std::move(inner.read)](Reading& reading, const Node& node, std::optional<T>& out) {
    return read(reading, node, out.emplace());
  };
  return form;
}

template <class T>
struct Word {
  std::string_view text;
  T value;
};

/// One word of a list; `later_words` are refused as not offered yet.
template <class T>
Form<T> words_form(std::string name, std::vector<Word<T>> words, std::vector<std::string_view> later_words = {}) {
  Form<T> form;
  for (const auto& w : words) form.schema["enum"].push_back(w.text);
  form.read = [name = std::move(name), words = std::move(words), later_words = std::move(later_words)](
                  Reading& reading, const Node& node, T& out) {
    std::vector<std::string_view> known;
    for (const auto& w : words) known.push_back(w.text);
    if (node.kind != Node::Kind::scalar) return wrong_type(reading, node, name, suggestion({}, known));
    for (const auto& w : words)
      if (w.text == node.text) return out = w.value, true;
    for (const auto w : later_words)
      if (w == node.text) return not_offered_yet(reading, node), false;
    reading.mistake(node, fmt::format("unknown {} {}", name, in_quotes(node.text)), suggestion(node.text, known));
    return false;
  };
  return form;
}

}  // namespace firstlight::harness
