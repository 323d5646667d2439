// The expectations that name events of the journal: never, order, recovers.
#include "language/event_fields.hpp"
#include "language/expect_decoder.hpp"

namespace firstlight::language {

namespace {

constexpr std::string_view kOfNoCamera = "faults, broker_started or broker_exited";

bool is_of_no_camera(const Moment& moment) {
  const auto* pattern = std::get_if<EventPattern>(&moment);
  return pattern == nullptr || has_no_camera(pattern->event);
}

/// What is of no camera is not of certain cameras, and what happens to one camera neither begins nor ends the search
/// for it: such an expectation could only pass.
bool check_whose(DecodeContext& context, const ValidatedKeys& keys, const ExpectNever& expect) {
  const auto& event = expect.event.event;
  if (!keys.has("event") || !has_no_camera(event)) return true;
  bool ok = true;
  if (keys.has("cameras") && expect.cameras != WhichCameras{}) {
    context.error(keys.node("cameras"), fmt::format("{} is of no camera, so it cannot be of some", event),
                  "leave \"cameras\" out");
    ok = false;
  }
  const auto needs_none = [&](std::string_view key, bool has_none) {
    if (has_none) return;
    context.error(keys.node(key), fmt::format("{} is of no camera, and this event is of one", event),
                  fmt::format("{} {}", key, key == "after" ? kOfNoCamera : kOfNoCamera.substr(8)));
    ok = false;
  };
  if (keys.has("after")) needs_none("after", is_of_no_camera(*expect.after));
  if (keys.has("before")) needs_none("before", has_no_camera(expect.before->event));
  return ok;
}

}  // namespace

Decoder<ExpectNever> expect_never_decoder() {
  std::vector<Field<ExpectNever>> fields;
  for (auto& f : pattern_fields()) {
    Field<ExpectNever> outer;
    outer.key = std::move(f.key);
    outer.schema = std::move(f.schema);
    outer.is_required = f.is_required;
    outer.read = [read = std::move(f.read)](DecodeContext& context, const Node& node, ExpectNever& out) {
      return read(context, node, out.event);
    };
    fields.push_back(std::move(outer));
  }
  fields.push_back(field("cameras", &ExpectNever::cameras, which_cameras_decoder(), "Of these cameras only."));
  fields.push_back(field("after", &ExpectNever::after, optional_decoder(moment_decoder()),
                         "Only from then on: an event of the same camera, or faults, the last firing of any."));
  fields.push_back(field("before", &ExpectNever::before, optional_decoder(pattern_decoder()),
                         "Only until then: an event of the same camera. The next `after` begins anew."));
  return map_decoder<ExpectNever>("never", std::move(fields),
                                  [](DecodeContext& context, const ValidatedKeys& keys, const ExpectNever& expect) {
                                    const bool ok = check_pattern(context, keys, expect.event);
                                    return check_whose(context, keys, expect) && ok;
                                  });
}

namespace {

/// Two events at least, none of them twice, and one of a camera among them: cameras keep an order.
Decoder<std::vector<EventPattern>> events_decoder() {
  auto decoder = list_decoder("order", pattern_decoder());
  decoder.schema["minItems"] = 2;
  decoder.read = [read = std::move(decoder.read)](DecodeContext& context, const Node& node,
                                                  std::vector<EventPattern>& out) {
    if (!read(context, node, out)) return false;
    if (out.size() < 2) return context.error(node, "an order has two events at least");
    for (std::size_t i = 1; i < out.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (out[i] == out[j])
          return context.error(*node.items[i], "this event is in the order already; first occurrences are compared");
    if (std::any_of(out.begin(), out.end(), [](const auto& e) { return !has_no_camera(e.event); })) return true;
    context.error(node, "cameras keep an order, and none of these events is a camera's",
                  "add one of a camera, such as camera_online");
    return false;
  };
  return decoder;
}

}  // namespace

Decoder<ExpectOrder> expect_order_decoder() {
  auto list = events_decoder();
  auto map = map_decoder<ExpectOrder>(
      "order", {field("events", &ExpectOrder::events, events_decoder(), "In this order.").required(),
                field("cameras", &ExpectOrder::cameras, optional_decoder(camera_set_decoder()),
                      "So many cameras at least have all of them. Without it: one.")});
  Decoder<ExpectOrder> decoder;
  decoder.schema["anyOf"] = {list.schema, map.schema};
  decoder.read = [list = std::move(list.read), map = std::move(map.read)](DecodeContext& context, const Node& node,
                                                                          ExpectOrder& out) {
    if (node.kind == Node::Kind::map) return map(context, node, out);
    return list(context, node, out.events);
  };
  return decoder;
}

Decoder<ExpectRecovers> expect_recovers_decoder() {
  return map_decoder<ExpectRecovers>(
      "recovers",
      {field("cameras", &ExpectRecovers::cameras, camera_set_decoder(), "So many at least. Without it: all.")
           .otherwise("all"),
       field("within", &ExpectRecovers::within, duration_decoder(), "After the moment.").required(),
       field("after", &ExpectRecovers::after, moment_decoder(), "The last firing of any fault, or the last such event.")
           .otherwise("faults")});
}

}  // namespace firstlight::language
