#include "language/parts.hpp"

#include <fmt/format.h>

#include <cmath>

#include "decode/values.hpp"

namespace firstlight::language {

std::uint32_t CameraSet::of(std::uint32_t fleet) const {
  if (kind == Kind::number) return value;
  constexpr std::uint64_t kWhole = 100'00;
  return static_cast<std::uint32_t>((std::uint64_t{fleet} * value + kWhole / 2) / kWhole);
}

Decoder<CameraSet> camera_set_decoder() {
  Decoder<CameraSet> decoder;
  decoder.schema["anyOf"] = {{{"const", "all"}},
                             {{"type", "string"}, {"pattern", "^[0-9]{1,3}(\\.[0-9]{1,2})?%$"}},
                             {{"type", "integer"}, {"minimum", 1}, {"maximum", kMaxCameras}}};
  decoder.read = [number = small_integer_decoder(1, kMaxCameras)](DecodeContext& context, const Node& node,
                                                                  CameraSet& out) {
    constexpr std::string_view kExpected = "a part of the cameras";
    constexpr std::string_view kHint = "all, a percentage such as 20%, or a number of cameras";
    if (node.kind != Node::Kind::scalar) return wrong_type(context, node, kExpected, std::string(kHint));
    if (node.text == "all") {
      out = CameraSet{};
      return true;
    }
    if (scalar_kind(node) == ScalarKind::integer) {
      out.kind = CameraSet::Kind::number;
      return number.read(context, node, out.value);
    }
    const bool negative = node.text[0] == '-';
    const auto q = split_quantity(std::string_view(node.text).substr(negative ? 1 : 0));
    if (!q || trim(q->unit) != "%") return wrong_type(context, node, kExpected, std::string(kHint));
    if (q->unit != "%") return wrong_type(context, node, kExpected, fmt::format("did you mean \"{}%\"?", q->digits));
    const double hundredths = q->number * 100;
    if (negative || hundredths <= 0 || hundredths > 100'00)
      return context.error(node, "a percentage is above 0 and at most 100");
    const auto point = q->digits.find('.');
    if (point != std::string_view::npos && q->digits.size() - point > 3)
      return context.error(node, "a percentage has at most two decimals");
    out = {CameraSet::Kind::share, static_cast<std::uint32_t>(std::lround(hundredths))};
    return true;
  };
  return decoder;
}

std::string text_of(const CameraSet& set) {
  if (set.kind == CameraSet::Kind::number) return fmt::format("{}", set.value);
  const auto whole = set.value / 100, hundredths = set.value % 100;
  if (hundredths == 0) return fmt::format("{}%", whole);
  return hundredths % 10 == 0 ? fmt::format("{}.{}%", whole, hundredths / 10)
                              : fmt::format("{}.{:02}%", whole, hundredths);
}

}  // namespace firstlight::language
