#include <fmt/format.h>

#include <algorithm>

#include "judge/checks/checks.hpp"
#include "judge/checks/pattern.hpp"
#include "language/event_fields.hpp"

namespace firstlight::judge {

namespace {

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

class Search {
 public:
  Search(const language::ExpectNever& expect, const CheckContext& context) : expect_(expect), context_(context) {
    if (expect.after && std::holds_alternative<language::AfterFaults>(*expect.after))
      last_fault_ = last_of(*expect.after, context);
    by_camera_.resize(context.fleet() + 1);
    for (std::size_t i = 0; i < context.events.size(); ++i) sort_in(i);
  }

  Finding judge() {
    if (std::holds_alternative<language::AllCameras>(expect_.cameras)) walk(kNoCamera);
    for (std::uint32_t id = 1; id <= context_.fleet(); ++id)
      if (is_among(expect_.cameras, context_, id)) walk(id);
    if (violations_ > 0) return violated();
    if (seen_ == 0) return nothing_to_look_at("no event of such a camera: there is nothing to look at");
    if (expect_.after && opened_ == 0)
      return nothing_to_look_at(
          fmt::format("there was no {}, so nothing could come after it", moment_name(*expect_.after)));
    if (expect_.before && !expect_.after && closed_ == 0)
      return nothing_to_look_at(fmt::format("there was neither {} nor {}", expect_.before->event, expect_.event.event));
    out_.observed =
        fmt::format("no {}{}{}", expect_.event.event,
                    language::has_no_camera(expect_.event.event) ? "" : fmt::format(" of {} cameras", watched_),
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
    const auto* after = expect_.after ? std::get_if<language::EventPattern>(&*expect_.after) : nullptr;
    if (after != nullptr && matches(*after, e)) mark(Role::opens);
    if (expect_.before && matches(*expect_.before, e)) mark(Role::closes);
  }

  void walk(std::uint32_t id) {
    auto& camera = by_camera_[id];
    // What the lab says of itself tells nothing of cameras, unless the lab is what is looked at.
    if (camera.seen && (id != kNoCamera || language::has_no_camera(expect_.event.event))) ++seen_;
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
  const language::ExpectNever& expect_;
  const CheckContext& context_;
  const journal::Event* last_fault_ = nullptr;
  std::vector<Camera> by_camera_;
  std::uint32_t seen_ = 0, opened_ = 0, closed_ = 0, watched_ = 0, violations_ = 0;
  const journal::Event* first_ = nullptr;
  Finding out_;
};

}  // namespace

Finding check(const language::ExpectNever& expect, const CheckContext& context) {
  return Search(expect, context).judge();
}

}  // namespace firstlight::judge
