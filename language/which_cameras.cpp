#include "language/which_cameras.hpp"

#include <fmt/ranges.h>

#include <charconv>

#include "decode/values.hpp"

namespace firstlight::language {

namespace {

constexpr std::string_view kWhichHint = "all, faulted, healthy, [3, 7] or 1..10";

bool read_number_range(DecodeContext& context, const Node& node, CameraNumbers& out) {
  const std::string_view text = node.text;
  const auto dots = text.find("..");
  std::uint32_t from = 0, to = 0;
  const auto number = [](std::string_view digits, std::uint32_t& n) {
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    return error == std::errc{} && rest == digits.data() + digits.size();
  };
  const bool is_range = dots != std::string_view::npos && number(text.substr(0, dots), from) &&
                        number(text.substr(dots + 2), to) && from >= 1 && to >= 1 && to <= kMaxCameras;
  if (!is_range) return wrong_type(context, node, "which cameras", std::string(kWhichHint));
  if (to < from) return context.error(node, fmt::format("the range ends at {}, before {}", to, from));
  for (auto n = from; n <= to; ++n) out.push_back(n);
  return true;
}

}  // namespace

Decoder<WhichCameras> which_cameras_decoder() {
  auto one = small_integer_decoder(1, kMaxCameras);
  Decoder<WhichCameras> decoder;
  decoder.schema["anyOf"] = {{{"enum", {"all", "faulted", "healthy"}}},
                             {{"type", "string"}, {"pattern", "^[0-9]{1,5}\\.\\.[0-9]{1,5}$"}},
                             {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", one.schema}}};
  decoder.read = [one = std::move(one.read)](DecodeContext& context, const Node& node, WhichCameras& out) {
    if (node.kind == Node::Kind::scalar) {
      if (node.text == "all") {
        out = AllCameras{};
        return true;
      }
      if (node.text == "faulted" || node.text == "healthy") {
        out = FaultedCameras{node.text == "faulted"};
        return true;
      }
      return read_number_range(context, node, out.emplace<CameraNumbers>());
    }
    if (node.kind != Node::Kind::sequence || node.items.empty())
      return wrong_type(context, node, "which cameras", std::string(kWhichHint));
    auto& numbers = out.emplace<CameraNumbers>();
    bool ok = true;
    for (const Node* item : node.items) {
      std::uint32_t n = 0;
      if (!one(context, *item, n)) {
        ok = false;
      } else if (std::find(numbers.begin(), numbers.end(), n) != numbers.end()) {
        context.error(*item, fmt::format("camera {} is in the list already", n));
        ok = false;
      } else {
        numbers.push_back(n);
      }
    }
    std::sort(numbers.begin(), numbers.end());
    return ok;
  };
  return decoder;
}

std::string text_of(const WhichCameras& which) {
  if (const auto* numbers = std::get_if<CameraNumbers>(&which)) {
    const bool range = numbers->size() > 2 && numbers->back() - numbers->front() + 1 == numbers->size();
    return range ? fmt::format("{}..{}", numbers->front(), numbers->back())
                 : fmt::format("[{}]", fmt::join(*numbers, ", "));
  }
  if (const auto* faulted = std::get_if<FaultedCameras>(&which)) return faulted->faulted ? "faulted" : "healthy";
  return "all";
}

}  // namespace firstlight::language
