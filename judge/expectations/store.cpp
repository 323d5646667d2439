#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "decode/values.hpp"
#include "judge/expectation.hpp"
#include "language/event_fields.hpp"
#include "language/map_text.hpp"
#include "language/scenario_checker.hpp"
#include "language/words.hpp"

namespace firstlight::judge {

namespace {

/// What became of the cameras' stored configurations. One of the three sets is there at least.
struct Store final : CheckedExpectation {
  std::optional<CameraSet> valid;       // at least so many hold a configuration at the end
  std::optional<CameraSet> discarded;   // exactly so many discarded theirs
  std::optional<CameraSet> warm_boots;  // at least such a part of those that booted again came online from it
  std::string reason;                   // of the discarding, an error's name; empty: any

  static Decoder<Store> decoder();
  [[nodiscard]] std::string text() const override;
  [[nodiscard]] std::vector<std::string> subjects() const override;
  void contradictions(ScenarioChecker& scenario) const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

bool check_store(DecodeContext& context, const ValidatedKeys& keys, const Store&) {
  if (!needs_one_of(context, keys, "store", {"valid", "warm_boots", "discarded"})) return false;
  if (!keys.has("reason") || keys.map.find("discarded")) return true;
  context.error(keys.node("reason"), "a reason goes with discarded");
  return false;
}

Decoder<Store> Store::decoder() {
  return map_decoder<Store>(
      "store",
      {field("valid", &Store::valid, optional_decoder(camera_set_decoder()),
             "So many cameras at least hold a configuration at the end."),
       field("warm_boots", &Store::warm_boots, optional_decoder(camera_set_decoder()),
             "So many at least of those that booted again came online from the store."),
       field("discarded", &Store::discarded, optional_decoder(camera_set_decoder()),
             "Exactly so many cameras discarded theirs."),
       field("reason", &Store::reason, error_name_decoder(), "Of the discarding, an error's name.")},
      check_store);
}

std::string Store::text() const {
  MapText map;
  map.add("valid", valid).add("warm_boots", warm_boots).add("discarded", discarded);
  if (!reason.empty()) map.add("reason", reason);
  return map.done();
}

std::vector<std::string> Store::subjects() const {
  std::vector<std::string> bounds;
  if (valid) bounds.emplace_back("valid");
  if (warm_boots) bounds.emplace_back("warm_boots");
  if (discarded) bounds.push_back("discarded " + reason);
  return bounds;
}

void Store::contradictions(ScenarioChecker& scenario) const {
  scenario.check_set(valid, "valid");
  scenario.check_set(warm_boots, "warm_boots");
  scenario.check_set(discarded, "discarded");
  // Only what happens to the device or its network makes it boot again.
  const auto boots_again = [](const FaultRule& rule) { return rule.at == "camera" || rule.at == "attach"; };
  if (warm_boots && scenario.no_fault(boots_again))
    scenario.report(scenario.value("warm_boots"), "no camera boots a second time",
                    "a rule at camera can make them, such as inject: power-cut");
}

struct Facts {
  bool holds = false;         // a configuration, as far as the camera said last
  bool discarded = false;     // at least once, for the reason that is looked for
  bool booted_again = false;  // and came online after it
  bool warm = false;          // the first time online after each later boot, so far
  bool awaits_online = false;
};

class Stores {
 public:
  Stores(const Store& expect, const CheckContext& context) : cameras_(context.fleet() + 1) {
    for (const auto& e : context.events)
      if (e.source == journal::Source::camera && e.camera != 0 && e.camera < cameras_.size())
        std::visit([&](const auto& p) { on(cameras_[e.camera], p, expect); }, e.payload);
  }
  [[nodiscard]] const Facts& of(std::uint32_t id) const { return cameras_[id]; }
  [[nodiscard]] bool any() const { return any_; }

 private:
  void on(Facts& f, const journal::ConfigStored&, const Store&) { any_ = f.holds = true; }
  void on(Facts& f, const journal::StoreDiscarded& e, const Store& expect) {
    any_ = true;
    f.holds = false;
    if (expect.reason.empty() || error_spelling(e.reason) == expect.reason) f.discarded = true;
  }
  void on(Facts& f, const journal::PowerOn& e, const Store&) { f.awaits_online = e.boot > 1; }
  void on(Facts& f, const journal::CameraOnline& e, const Store&) {
    if (e.warm) any_ = f.holds = true;
    if (!f.awaits_online) return;
    f.warm = e.warm && (f.warm || !f.booted_again);
    f.booted_again = true;
    f.awaits_online = false;
  }
  void on(Facts&, const auto&, const Store&) {}

  std::vector<Facts> cameras_;
  bool any_ = false;
};

struct Result {
  Verdict verdict = Verdict::pass;
  std::string text;
  std::vector<std::uint32_t> cameras;
  bool is_final = false;
};

Result judge_valid(const CameraSet& set, const Stores& stores, const CheckContext& context) {
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

Result judge_warm(const CameraSet& set, const Stores& stores, const CheckContext& context) {
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
  r.is_final = set == CameraSet{};  // of all of them: one cold boot is one too many
  return r;
}

Result judge_discarded(const CameraSet& set, const std::string& reason, const Stores& stores,
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

Finding Store::check(const CheckContext& context) const {
  const Stores stores(*this, context);
  std::vector<Result> results;
  if (valid) results.push_back(judge_valid(*valid, stores, context));
  if (warm_boots) results.push_back(judge_warm(*warm_boots, stores, context));
  if (discarded) results.push_back(judge_discarded(*discarded, reason, stores, context));
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

}  // namespace

extern const ExpectationKind expect_store;
const ExpectationKind expect_store = kind_of<Store>("store", "What becomes of the stored configurations.");

}  // namespace firstlight::judge
