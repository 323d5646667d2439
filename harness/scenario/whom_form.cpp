// Whom a fault rule concerns, and which of their attempts.
#include <charconv>

#include "harness/scenario/faults_form.hpp"
#include "harness/scenario/values.hpp"

namespace firstlight::harness {

namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t n = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc{} || rest != end) return {};
  return n;
}

bool read_range(Reading& reading, const Node& node, FaultCameras& out) {
  const auto dots = node.text.find("..");
  const auto from = number(std::string_view(node.text).substr(0, dots));
  const auto to = number(std::string_view(node.text).substr(dots + 2));
  if (!from || !to || *from == 0)
    return wrong_type(reading, node, "a range of cameras", "for example 1..10; cameras count from 1");
  if (*to < *from)
    return reading.mistake(node, fmt::format("the range ends at {}, before it begins", *to),
                           fmt::format("write {}..{}", *to, *from)),
           false;
  out.listed.emplace_back(*from, *to);
  return true;
}

}  // namespace

Form<FaultCameras> fault_cameras_form() {
  auto part = camera_set_form();
  auto one = small_integer_form(1, kMaxCameras);
  Form<FaultCameras> form;
  form.schema = part.schema;
  form.schema["anyOf"].push_back({{"type", "string"}, {"pattern", "^[0-9]+\\.\\.[0-9]+$"}});
  form.schema["anyOf"].push_back({{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", one.schema}});
  form.read = [part = part.read, one = one.read](Reading& reading, const Node& node, FaultCameras& out) {
    constexpr std::string_view kHint = "all, 20%, 5 (so many), [3, 7] (these), or 1..10";
    const bool word = node.kind == Node::Kind::scalar && node.text != "all" &&
                      node.text.find_first_of("0123456789") == std::string::npos;
    if (word) return wrong_type(reading, node, "cameras", std::string(kHint));
    if (node.kind == Node::Kind::scalar)
      return node.text.find("..") == std::string::npos ? part(reading, node, out.part) : read_range(reading, node, out);
    if (node.kind != Node::Kind::sequence || node.items.empty())
      return wrong_type(reading, node, "cameras", std::string(kHint));
    bool ok = true;
    for (const Node* item : node.items) {
      std::uint32_t n = 0;
      if (!one(reading, *item, n)) {
        ok = false;
        continue;
      }
      for (const auto& [from, to] : out.listed)
        if (n == from) reading.mistake(*item, fmt::format("camera {} is in the list already", n)), ok = false;
      out.listed.emplace_back(n, n);
    }
    return ok;
  };
  return form;
}

Form<fault::Attempts> attempts_form() {
  Form<fault::Attempts> form;
  form.schema = {{"type", "string"}, {"pattern", "^(all|(first|from|only|every) [1-9][0-9]{0,8})$"}};
  form.read = [](Reading& reading, const Node& node, fault::Attempts& out) {
    constexpr std::string_view kHint = "all, first 2, from 3, only 2, or every 3; attempts count from 1";
    const auto wrong = [&] { return wrong_type(reading, node, "a choice of attempts", std::string(kHint)); };
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
  return form;
}

}  // namespace firstlight::harness
