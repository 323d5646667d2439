// Decoders of single values: durations, rates, numbers, text, words. Used by the decoders of the language (language/).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/time.hpp"
#include "decode/decoder.hpp"

namespace firstlight::decode {

struct DurationLimits {
  Duration least{1};
  Duration unit{1};  // the value is a multiple of it
  bool may_be_negative = false;
};
[[nodiscard]] Decoder<Duration> duration_decoder(DurationLimits limits = {});
[[nodiscard]] Decoder<std::chrono::seconds> seconds_decoder();  // whole seconds, at least one

/// A number and what follows it: "20/s" is 20 and "/s". The number has digits on both sides of a point.
struct Quantity {
  double number = 0;
  std::string_view digits, unit;
};
/// Nothing: the text does not begin with a number.
[[nodiscard]] std::optional<Quantity> split_quantity(std::string_view text);
/// Without the spaces before it.
[[nodiscard]] std::string_view trim(std::string_view text);

struct RateLimits {
  bool may_be_zero = false;
};
/// "20/s", "600/m", "3/h", as events a second.
[[nodiscard]] Decoder<double> rate_decoder(RateLimits limits = {});
/// "< 5s".
[[nodiscard]] Decoder<Duration> upper_limit_decoder();

[[nodiscard]] Decoder<std::uint64_t> integer_decoder(std::uint64_t least, std::uint64_t most);
[[nodiscard]] Decoder<std::uint32_t> small_integer_decoder(std::uint32_t least, std::uint32_t most);
[[nodiscard]] Decoder<bool> boolean_decoder();
[[nodiscard]] Decoder<WallTime> timestamp_decoder();
/// Text for people: not empty, no control characters, line ends become spaces.
[[nodiscard]] Decoder<std::string> text_decoder(std::size_t most_characters);
/// Lower-case letters, digits and hyphens, as in file names.
[[nodiscard]] Decoder<std::string> slug_decoder(std::string_view what);

/// The value of a key that need not be there.
template <class T>
Decoder<std::optional<T>> optional_decoder(Decoder<T> inner) {
  Decoder<std::optional<T>> decoder;
  decoder.schema = std::move(inner.schema);
  decoder.read = [read = std::move(inner.read)](DecodeContext& context, const Node& node, std::optional<T>& out) {
    return read(context, node, out.emplace());
  };
  return decoder;
}

template <class T>
struct Word {
  std::string_view text;
  T value;
};

/// One word of a list; `later_words` are refused as not offered yet.
template <class T>
Decoder<T> words_decoder(std::string name, std::vector<Word<T>> words, std::vector<std::string_view> later_words = {}) {
  Decoder<T> decoder;
  for (const auto& w : words) decoder.schema["enum"].push_back(w.text);
  decoder.read = [name = std::move(name), words = std::move(words), later_words = std::move(later_words)](
                     DecodeContext& context, const Node& node, T& out) {
    std::vector<std::string_view> known;
    for (const auto& w : words) known.push_back(w.text);
    if (node.kind != Node::Kind::scalar) return wrong_type(context, node, name, suggestion({}, known));
    for (const auto& w : words)
      if (w.text == node.text) {
        out = w.value;
        return true;
      }
    for (const auto w : later_words)
      if (w == node.text) return not_offered_yet(context, node);
    context.error(node, fmt::format("unknown {} {}", name, in_quotes(node.text)), suggestion(node.text, known));
    return false;
  };
  return decoder;
}

}  // namespace firstlight::decode
