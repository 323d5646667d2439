// The expectations that name events of the journal: never, order, recovers.
#include "harness/scenario/event_fields.hpp"
#include "harness/scenario/expect_form.hpp"

namespace firstlight::harness {

namespace {

constexpr std::string_view kOfNoCamera = "faults, broker_started or broker_exited";

bool is_of_no_camera(const Moment& moment) {
  const auto* pattern = std::get_if<EventPattern>(&moment);
  return pattern == nullptr || has_no_camera(pattern->event);
}

/// What is of no camera is not of certain cameras, and what happens to one camera neither begins nor ends the search
/// for it: such an expectation could only pass.
bool check_whose(Reading& reading, const Good& good, const ExpectNever& expect) {
  const auto& event = expect.event.event;
  if (!good.has("event") || !has_no_camera(event)) return true;
  bool ok = true;
  if (good.has("cameras") && expect.cameras != WhichCameras{}) {
    reading.mistake(good.node("cameras"), fmt::format("{} is of no camera, so it cannot be of some", event),
                    "leave \"cameras\" out");
    ok = false;
  }
  const auto needs_none = [&](std::string_view key, bool has_none) {
    if (has_none) return;
    reading.mistake(good.node(key), fmt::format("{} is of no camera, and this event is of one", event),
                    fmt::format("{} {}", key, key == "after" ? kOfNoCamera : kOfNoCamera.substr(8)));
    ok = false;
  };
  if (good.has("after")) needs_none("after", is_of_no_camera(*expect.after));
  if (good.has("before")) needs_none("before", has_no_camera(expect.before->event));
  return ok;
}

}  // namespace

Form<ExpectNever> expect_never_form() {
  std::vector<Field<ExpectNever>> fields;
  for (auto& f : pattern_fields()) {
    Field<ExpectNever> outer;
    outer.key = std::move(f.key);
    outer.schema = std::move(f.schema);
    outer.is_required = f.is_required;
    outer.read = [read = std::move(f.read)](Reading& reading, const Node& node, ExpectNever& out) {
      return read(reading, node, out.event);
    };
    fields.push_back(std::move(outer));
  }
  fields.push_back(field("cameras", &ExpectNever::cameras, which_cameras_form(), "Of these cameras only."));
  fields.push_back(field("after", &ExpectNever::after, optional_form(moment_form()),
                         "Only from then on: an event of the same camera, or faults, the last firing of any."));
  fields.push_back(field("before", &ExpectNever::before, optional_form(pattern_form()),
                         "Only until then: an event of the same camera. The next `after` begins anew."));
  return map_form<ExpectNever>("never", std::move(fields),
                               [](Reading& reading, const Good& good, const ExpectNever& expect) {
                                 const bool ok = check_pattern(reading, good, expect.event);
                                 return check_whose(reading, good, expect) && ok;
                               });
}

namespace {

/// Two events at least, none of them twice, and one of a camera among them: cameras keep an order.
Form<std::vector<EventPattern>> events_form() {
  auto form = list_form("order", pattern_form());
  form.schema["minItems"] = 2;
  form.read = [read = std::move(form.read)](Reading& reading, const Node& node, std::vector<EventPattern>& out) {
    if (!read(reading, node, out)) return false;
    if (out.size() < 2) return reading.mistake(node, "an order has two events at least"), false;
    for (std::size_t i = 1; i < out.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (out[i] == out[j])
          return reading.mistake(*node.items[i], "this event is in the order already; first occurrences are compared"),
                 false;
    if (std::any_of(out.begin(), out.end(), [](const auto& e) { return !has_no_camera(e.event); })) return true;
    reading.mistake(node, "cameras keep an order, and none of these events is a camera's",
                    "add one of a camera, such as camera_online");
    return false;
  };
  return form;
}

}  // namespace

Form<ExpectOrder> expect_order_form() {
  auto list = events_form();
  auto map =
      map_form<ExpectOrder>("order", {field("events", &ExpectOrder::events, events_form(), "In this order.").required(),
                                      field("cameras", &ExpectOrder::cameras, optional_form(camera_set_form()),
                                            "So many cameras at least have all of them. Without it: one.")});
  Form<ExpectOrder> form;
  form.schema["anyOf"] = {list.schema, map.schema};
  form.read = [list = std::move(list.read), map = std::move(map.read)](Reading& reading, const Node& node,
                                                                       ExpectOrder& out) {
    if (node.kind == Node::Kind::map) return map(reading, node, out);
    return list(reading, node, out.events);
  };
  return form;
}

Form<ExpectRecovers> expect_recovers_form() {
  return map_form<ExpectRecovers>(
      "recovers",
      {field("cameras", &ExpectRecovers::cameras, camera_set_form(), "So many at least. Without it: all.")
           .otherwise("all"),
       field("within", &ExpectRecovers::within, duration_form(), "After the moment.").required(),
       field("after", &ExpectRecovers::after, moment_form(), "The last firing of any fault, or the last such event.")
           .otherwise("faults")});
}

}  // namespace firstlight::harness
