#include <fmt/format.h>

#include <algorithm>

#include "decode/values.hpp"
#include "judge/event_search.hpp"
#include "judge/expectation.hpp"
#include "language/event_fields.hpp"
#include "language/event_pattern.hpp"
#include "language/map_text.hpp"
#include "language/scenario_checker.hpp"
#include "language/which_cameras.hpp"

namespace firstlight::judge {

namespace {

/// No such event; with `after` and `before` only from each such moment of the same camera to the next one that ends it.
struct Never final : CheckedExpectation {
  EventPattern event;
  WhichCameras cameras;
  std::optional<Moment> after;
  std::optional<EventPattern> before;

  static Decoder<Never> decoder();
  [[nodiscard]] std::string text() const override;
  void contradictions(ScenarioChecker& scenario) const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

constexpr std::string_view kOfNoCamera = "faults, broker_started or broker_exited";

bool is_of_no_camera(const Moment& moment) {
  const auto* pattern = std::get_if<EventPattern>(&moment);
  return pattern == nullptr || has_no_camera(pattern->event);
}

/// What is of no camera is not of certain cameras, and what happens to one camera neither begins nor ends the search
/// for it: such an expectation could only pass.
bool check_whose(DecodeContext& context, const ValidatedKeys& keys, const Never& expect) {
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

Decoder<Never> Never::decoder() {
  std::vector<Field<Never>> fields;
  for (auto& f : pattern_fields()) {
    Field<Never> outer;
    outer.key = std::move(f.key);
    outer.schema = std::move(f.schema);
    outer.is_required = f.is_required;
    outer.read = [read = std::move(f.read)](DecodeContext& context, const Node& node, Never& out) {
      return read(context, node, out.event);
    };
    fields.push_back(std::move(outer));
  }
  fields.push_back(field("cameras", &Never::cameras, which_cameras_decoder(), "Of these cameras only."));
  fields.push_back(field("after", &Never::after, optional_decoder(moment_decoder()),
                         "Only from then on: an event of the same camera, or faults, the last firing of any."));
  fields.push_back(field("before", &Never::before, optional_decoder(pattern_decoder()),
                         "Only until then: an event of the same camera. The next `after` begins anew."));
  return map_decoder<Never>("never", std::move(fields),
                            [](DecodeContext& context, const ValidatedKeys& keys, const Never& expect) {
                              const bool ok = check_pattern(context, keys, expect.event);
                              return check_whose(context, keys, expect) && ok;
                            });
}

std::string Never::text() const {
  MapText map;
  add_pattern(map, event);
  if (cameras != WhichCameras{}) map.add("cameras", text_of(cameras));
  if (after) map.add("after", text_of(*after));
  if (before) map.add("before", text_of(*before));
  return map.done();
}

void Never::contradictions(ScenarioChecker& scenario) const {
  if (after && std::holds_alternative<AfterFaults>(*after) && scenario.no_fault())
    scenario.report(scenario.value("after"), "the scenario has no faults, so nothing can come after them");
  if (const auto* group = std::get_if<FaultedCameras>(&cameras); group && group->faulted && scenario.no_fault())
    scenario.report(scenario.value("cameras"), "the scenario has no faults, so no camera is faulted");
  const auto* numbers = std::get_if<CameraNumbers>(&cameras);
  const auto fleet = scenario.fleet();
  if (numbers == nullptr || !fleet || numbers->back() <= *fleet) return;
  scenario.report(scenario.value("cameras"),
                  fmt::format("there is no camera {}: the fleet has {}", numbers->back(), *fleet));
}

enum class Role : std::uint8_t { sought, opens, closes };

struct Mark {
  std::int64_t t_ns = 0;
  Role role{};
  const journal::Event* event = nullptr;
};

/// A request is answered by several events of its server, and the last of them is http_served: those before it belong
/// to the same request, so that none of them makes the request one that came later. The two clocks readings are of
/// different moments of the server, hence the tolerance.
constexpr std::int64_t kSameRequestNs = 100'000'000;

std::int64_t arrival_ns(std::span<const journal::Event> events, std::size_t i) {
  const auto& served = events[i];
  auto arrival = happened_ns(served);
  if (!std::holds_alternative<journal::HttpServed>(served.payload)) return arrival;
  for (std::size_t j = i; j-- > 0 && events[j].t_ns >= arrival - kSameRequestNs;) {
    const auto& e = events[j];
    if (e.lane != served.lane || e.source != served.source || e.camera != served.camera) continue;
    if (std::holds_alternative<journal::HttpServed>(e.payload)) break;
    arrival = std::min(arrival, e.t_ns - 1);
  }
  return arrival;
}

class NeverSearch {
 public:
  NeverSearch(const Never& expect, const CheckContext& context) : expect_(expect), context_(context) {
    if (expect.after && std::holds_alternative<AfterFaults>(*expect.after))
      last_fault_ = last_of(*expect.after, context);
    by_camera_.resize(context.fleet() + 1);
    for (std::size_t i = 0; i < context.events.size(); ++i) sort_in(i);
  }

  Finding judge() {
    if (std::holds_alternative<AllCameras>(expect_.cameras)) walk(kNoCamera);
    for (std::uint32_t id = 1; id <= context_.fleet(); ++id)
      if (is_among(expect_.cameras, context_, id)) walk(id);
    if (violations_ > 0) return violated();
    if (seen_ == 0) return nothing_to_look_at("no event of such a camera: there is nothing to look at");
    if (expect_.after && opened_ == 0)
      return nothing_to_look_at(
          fmt::format("there was no {}, so nothing could come after it", moment_name(*expect_.after)));
    if (expect_.before && !expect_.after && closed_ == 0)
      return nothing_to_look_at(fmt::format("there was neither {} nor {}", expect_.before->event, expect_.event.event));
    out_.observed = fmt::format("no {}{}{}", expect_.event.event,
                                has_no_camera(expect_.event.event) ? "" : fmt::format(" of {} cameras", watched_),
                                expect_.after ? " after " + moment_name(*expect_.after) : "");
    return std::move(out_);
  }

 private:
  /// Stands for what no camera is known of: the broker, the run, a peer that is none of the fleet.
  static constexpr std::uint32_t kNoCamera = 0;

  Finding violated() {
    out_.verdict = Verdict::fail;
    out_.is_final = !last_fault_;  // the last firing of a longer run might have come later
    const auto whose = out_.cameras.empty() ? "" : " of " + name_cameras(out_.cameras);
    const auto first = first_->camera == kNoCamera ? "" : fmt::format(" of camera {}", first_->camera);
    out_.observed = fmt::format("{} {}{}, the first at {}{}", violations_, expect_.event.event, whose,
                                seconds_text(first_->t_ns), first);
    return std::move(out_);
  }

  void sort_in(std::size_t i) {
    const auto& e = context_.events[i];
    const bool of_all = e.camera == kNoCamera;
    if (e.camera > context_.fleet()) return;
    if (!std::holds_alternative<journal::RunEnded>(e.payload)) by_camera_[e.camera].seen = true;
    const auto mark = [&](Role role) {
      const Mark m{arrival_ns(context_.events, i), role, &e};
      if (!of_all) return by_camera_[e.camera].marks.push_back(m);
      for (auto& camera : by_camera_) camera.marks.push_back(m);
    };
    // In this order: an event that is both sought and opens the search is not found by itself.
    if (matches(expect_.event, e)) mark(Role::sought);
    const auto* after = expect_.after ? std::get_if<EventPattern>(&*expect_.after) : nullptr;
    if (after != nullptr && matches(*after, e)) mark(Role::opens);
    if (expect_.before && matches(*expect_.before, e)) mark(Role::closes);
  }

  void walk(std::uint32_t id) {
    auto& camera = by_camera_[id];
    // What the lab says of itself tells nothing of cameras, unless the lab is what is looked at.
    if (camera.seen && (id != kNoCamera || has_no_camera(expect_.event.event))) ++seen_;
    bool open = !expect_.after, was_open = open, violated = false;
    if (last_fault_ != nullptr) camera.marks.push_back({last_fault_->t_ns, Role::opens, last_fault_});
    std::stable_sort(camera.marks.begin(), camera.marks.end(),
                     [](const Mark& a, const Mark& b) { return a.t_ns < b.t_ns; });
    const journal::Event* opener = nullptr;
    for (const auto& m : camera.marks) {
      if (m.role == Role::opens) {
        open = was_open = true;
        opener = m.event;
      } else if (m.role == Role::closes) {
        open = false;
        ++closed_;
      } else if (open && m.event->camera == id) {
        violated = true;
        found(*m.event, opener);
      }
    }
    if (was_open) ++opened_;
    if (id == kNoCamera) return;
    if (was_open) ++watched_;
    if (violated) out_.cameras.push_back(id);
  }

  void found(const journal::Event& e, const journal::Event* opener) {
    ++violations_;
    if (first_ == nullptr || e.t_ns < first_->t_ns) first_ = &e;
    if (opener != nullptr && out_.evidence.size() + 1 < kMostEvidence) cite(out_, *opener);
    cite(out_, e);
  }

  struct Camera {
    bool seen = false;
    std::vector<Mark> marks;
  };
  const Never& expect_;
  const CheckContext& context_;
  const journal::Event* last_fault_ = nullptr;
  std::vector<Camera> by_camera_;
  std::uint32_t seen_ = 0, opened_ = 0, closed_ = 0, watched_ = 0, violations_ = 0;
  const journal::Event* first_ = nullptr;
  Finding out_;
};

Finding Never::check(const CheckContext& context) const {
  return NeverSearch(*this, context).judge();
}

}  // namespace

extern const ExpectationKind expect_never;
const ExpectationKind expect_never = kind_of<Never>("never", "An event that must not happen.");

}  // namespace firstlight::judge
