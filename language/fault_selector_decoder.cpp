// Whom a fault rule concerns, and which of their attempts.
#include <charconv>

#include "decode/values.hpp"
#include "language/faults_decoder.hpp"

namespace firstlight::language {

namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t n = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc{} || rest != end) return {};
  return n;
}

bool read_range(DecodeContext& context, const Node& node, FaultCameras& out) {
  const auto dots = node.text.find("..");
  const auto from = number(std::string_view(node.text).substr(0, dots));
  const auto to = number(std::string_view(node.text).substr(dots + 2));
  if (!from || !to || *from == 0)
    return wrong_type(context, node, "a range of cameras", "for example 1..10; cameras count from 1");
  if (*to < *from)
    return context.error(node, fmt::format("the range ends at {}, before it begins", *to),
                         fmt::format("write {}..{}", *to, *from));
  out.listed.emplace_back(*from, *to);
  return true;
}

}  // namespace

Decoder<FaultCameras> fault_cameras_decoder() {
  auto part = camera_set_decoder();
  auto one = small_integer_decoder(1, kMaxCameras);
  Decoder<FaultCameras> decoder;
  decoder.schema = part.schema;
  decoder.schema["anyOf"].push_back({{"type", "string"}, {"pattern", "^[0-9]+\\.\\.[0-9]+$"}});
  decoder.schema["anyOf"].push_back({{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", one.schema}});
  decoder.read = [part = part.read, one = one.read](DecodeContext& context, const Node& node, FaultCameras& out) {
    constexpr std::string_view kHint = "all, 20%, 5 (that many), [3, 7] (these), or 1..10";
    const bool word = node.kind == Node::Kind::scalar && node.text != "all" &&
                      node.text.find_first_of("0123456789") == std::string::npos;
    if (word) return wrong_type(context, node, "cameras", std::string(kHint));
    if (node.kind == Node::Kind::scalar)
      return node.text.find("..") == std::string::npos ? part(context, node, out.part) : read_range(context, node, out);
    if (node.kind != Node::Kind::sequence || node.items.empty())
      return wrong_type(context, node, "cameras", std::string(kHint));
    bool ok = true;
    for (const Node* item : node.items) {
      std::uint32_t n = 0;
      if (!one(context, *item, n)) {
        ok = false;
        continue;
      }
      for (const auto& [from, to] : out.listed)
        if (n == from) ok = context.error(*item, fmt::format("camera {} is in the list already", n));
      out.listed.emplace_back(n, n);
    }
    return ok;
  };
  return decoder;
}

Decoder<fault::Attempts> attempts_decoder() {
  Decoder<fault::Attempts> decoder;
  decoder.schema = {{"type", "string"}, {"pattern", "^(all|(first|from|only|every) [1-9][0-9]{0,8})$"}};
  decoder.read = [](DecodeContext& context, const Node& node, fault::Attempts& out) {
    constexpr std::string_view kHint = "all, first 2, from 3, only 2, or every 3; attempts count from 1";
    const auto wrong = [&] { return wrong_type(context, node, "a choice of attempts", std::string(kHint)); };
    if (node.kind != Node::Kind::scalar) return wrong();
    if (node.text == "all") return true;
    const auto space = node.text.find(' ');
    const auto word = std::string_view(node.text).substr(0, space);
    const auto n = space == std::string::npos || node.text.size() > space + 10
                       ? std::nullopt
                       : number(std::string_view(node.text).substr(space + 1));
    if (!n || *n == 0) return wrong();
    if (word == "first")
      out.last = *n;
    else if (word == "from")
      out.first = *n;
    else if (word == "only")
      out.first = out.last = *n;
    else if (word == "every")
      out.first = out.every = *n;
    else
      return wrong();
    return true;
  };
  return decoder;
}

}  // namespace firstlight::language
