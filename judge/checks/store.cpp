#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "judge/checks/checks.hpp"
#include "language/event_fields.hpp"

namespace firstlight::judge {

namespace {

struct Facts {
  bool holds = false;         // a configuration, as far as the camera said last
  bool discarded = false;     // at least once, for the reason that is looked for
  bool booted_again = false;  // and came online after it
  bool warm = false;          // the first time online after each later boot, so far
  bool awaits_online = false;
};

class Stores {
 public:
  Stores(const language::ExpectStore& expect, const CheckContext& context) : cameras_(context.fleet() + 1) {
    for (const auto& e : context.events)
      if (e.source == journal::Source::camera && e.camera != 0 && e.camera < cameras_.size())
        std::visit([&](const auto& p) { on(cameras_[e.camera], p, expect); }, e.payload);
  }
  [[nodiscard]] const Facts& of(std::uint32_t id) const { return cameras_[id]; }
  [[nodiscard]] bool any() const { return any_; }

 private:
  void on(Facts& f, const journal::ConfigStored&, const language::ExpectStore&) { any_ = f.holds = true; }
  void on(Facts& f, const journal::StoreDiscarded& e, const language::ExpectStore& expect) {
    any_ = true;
    f.holds = false;
    if (expect.reason.empty() || language::error_spelling(e.reason) == expect.reason) f.discarded = true;
  }
  void on(Facts& f, const journal::PowerOn& e, const language::ExpectStore&) { f.awaits_online = e.boot > 1; }
  void on(Facts& f, const journal::CameraOnline& e, const language::ExpectStore&) {
    if (e.warm) any_ = f.holds = true;
    if (!f.awaits_online) return;
    f.warm = e.warm && (f.warm || !f.booted_again);
    f.booted_again = true;
    f.awaits_online = false;
  }
  void on(Facts&, const auto&, const language::ExpectStore&) {}

  std::vector<Facts> cameras_;
  bool any_ = false;
};

struct Result {
  Verdict verdict = Verdict::pass;
  std::string text;
  std::vector<std::uint32_t> cameras;
  bool is_final = false;
};

Result judge_valid(const language::CameraSet& set, const Stores& stores, const CheckContext& context) {
  const auto holding = context.cameras_where([&](auto id) { return stores.of(id).holds; });
  Result r{Verdict::pass,
           fmt::format("{} of {} cameras hold a configuration at the end", holding.size(), context.fleet()),
           {},
           false};
  if (holding.size() >= set.of(context.fleet())) return r;
  r.verdict = Verdict::fail;
  r.cameras = context.cameras_where([&](auto id) { return !stores.of(id).holds; });
  return r;
}

Result judge_warm(const language::CameraSet& set, const Stores& stores, const CheckContext& context) {
  const auto again = context.cameras_where([&](auto id) { return stores.of(id).booted_again; });
  if (again.empty()) return {Verdict::inconclusive, "no camera came online after a second boot", {}, false};
  const auto cold = context.cameras_where([&](auto id) { return stores.of(id).booted_again && !stores.of(id).warm; });
  const auto warm = again.size() - cold.size();
  Result r{Verdict::pass,
           fmt::format("{} of {} cameras that booted again came online from the store", warm, again.size()),
           {},
           false};
  // A share of the few that booted again may round to nobody, and nobody proves nothing.
  const auto due = std::max(1U, set.of(static_cast<std::uint32_t>(again.size())));
  if (warm >= due) return r;
  r.verdict = Verdict::fail;
  r.cameras = cold;
  r.is_final = set == language::CameraSet{};  // of all of them: one cold boot is one too many
  return r;
}

Result judge_discarded(const language::CameraSet& set, const std::string& reason, const Stores& stores,
                       const CheckContext& context) {
  const auto discarded = context.cameras_where([&](auto id) { return stores.of(id).discarded; });
  Result r{Verdict::pass,
           fmt::format("{} of {} cameras discarded theirs{}", discarded.size(), context.fleet(),
                       reason.empty() ? "" : " (" + reason + ")"),
           {},
           false};
  const auto due = set.of(context.fleet());
  if (discarded.size() == due) return r;
  r.verdict = Verdict::fail;
  r.is_final = discarded.size() > due;
  r.cameras = r.is_final ? discarded : context.cameras_where([&](auto id) { return !stores.of(id).discarded; });
  return r;
}

bool tells_of_the_store(const journal::Event& e) {
  if (std::holds_alternative<journal::ConfigStored>(e.payload) ||
      std::holds_alternative<journal::StoreDiscarded>(e.payload))
    return true;
  const auto* online = std::get_if<journal::CameraOnline>(&e.payload);
  return online != nullptr && online->warm;
}

}  // namespace

Finding check(const language::ExpectStore& e, const CheckContext& context) {
  const Stores stores(e, context);
  std::vector<Result> results;
  if (e.valid) results.push_back(judge_valid(*e.valid, stores, context));
  if (e.warm_boots) results.push_back(judge_warm(*e.warm_boots, stores, context));
  if (e.discarded) results.push_back(judge_discarded(*e.discarded, e.reason, stores, context));
  if (!stores.any()) return nothing_to_look_at("no camera told of its store: there is nothing to look at");

  Finding out;
  std::vector<std::string> texts;
  for (auto& r : results) {
    texts.push_back(r.text);
    const bool worse = r.verdict == Verdict::fail ? out.verdict != Verdict::fail
                                                  : r.verdict != Verdict::pass && out.verdict == Verdict::pass;
    if (r.verdict == Verdict::fail && r.is_final) out.is_final = true;
    if (!worse) continue;
    out.verdict = r.verdict;
    out.cameras = std::move(r.cameras);
  }
  out.observed = fmt::format("{}", fmt::join(texts, "; "));
  for (const auto& event : context.events)
    if ((out.cameras.empty() || event.camera == out.cameras.front()) && tells_of_the_store(event)) cite(out, event);
  return out;
}

}  // namespace firstlight::judge
