#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "decode/values.hpp"
#include "judge/backoff/shape.hpp"
#include "judge/backoff/waits.hpp"
#include "judge/expectation.hpp"
#include "language/map_text.hpp"
#include "language/words.hpp"

namespace firstlight::judge {

namespace {

enum class ResetRule : std::uint8_t { stable, connack };

/// How long cameras wait between a failed attempt and the next one, as measured (docs/expectations.md has the rule).
struct Backoff final : CheckedExpectation {
  std::optional<BackoffKind> kind;  // one member at least is set
  std::optional<bool> jitter;
  std::optional<Duration> at_least;             // the first wait is drawn from a range that reaches so far
  std::optional<Duration> at_most;              // no wait is longer
  std::optional<journal::Stage> stage;          // only failures of this stage
  std::optional<Duration> honours_retry_after;  // a wait after 429 or 503 is at least so long
  std::optional<ResetRule> resets;              // what sets the number of failures back to 0

  static Decoder<Backoff> decoder();
  [[nodiscard]] std::string text() const override;
  [[nodiscard]] std::vector<std::string> subjects() const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

bool check_backoff(DecodeContext& context, const ValidatedKeys& keys, const Backoff& e) {
  if (!needs_one_of(context, keys, "backoff",
                    {"kind", "jitter", "at_least", "at_most", "honours_retry_after", "resets"}))
    return false;
  if (keys.has("at_least") && keys.has("at_most") && *e.at_least > *e.at_most) {
    context.error(keys.node("at_least"), fmt::format("at least {} and at most {} contradict each other",
                                                     format_duration(*e.at_least), format_duration(*e.at_most)));
    return false;
  }
  const bool mqtt = !keys.has("stage") || counted_as(*e.stage) == journal::Stage::mqtt_connect;
  if (keys.has("resets") && !mqtt)
    return context.error(keys.node("resets"), "a CONNACK resets nothing at this stage: leave out stage");
  if (keys.has("stage") && info_of(*e.stage).failures == journal::Failures::no_count)
    return context.error(keys.node("stage"),
                         fmt::format("a camera goes on at once when its {} fails", stage_name(*e.stage)));
  return true;
}

Decoder<Backoff> Backoff::decoder() {
  std::vector<Word<BackoffKind>> kinds;
  for (const auto kind : {BackoffKind::none, BackoffKind::constant, BackoffKind::linear, BackoffKind::exponential})
    kinds.push_back({backoff_kind_name(kind), kind});
  return map_decoder<Backoff>(
      "backoff",
      {field("kind", &Backoff::kind, optional_decoder(words_decoder<BackoffKind>("kind", std::move(kinds))),
             "How the waits grow with the failures in a row."),
       field("jitter", &Backoff::jitter, optional_decoder(boolean_decoder()),
             "Whether cameras wait differently after the same number of failures."),
       field("at_least", &Backoff::at_least, optional_decoder(duration_decoder()),
             "The first wait is drawn from a range that reaches so far."),
       field("at_most", &Backoff::at_most, optional_decoder(duration_decoder()), "No wait is longer."),
       field("stage", &Backoff::stage, optional_decoder(words_decoder<journal::Stage>("stage", stage_words())),
             "Only waits after a failure of this stage; the stages of MQTT are one."),
       field("honours_retry_after", &Backoff::honours_retry_after, optional_decoder(duration_decoder()),
             "The Retry-After that the lab sends with 429 and 503: no wait after them is shorter."),
       field("resets", &Backoff::resets,
             optional_decoder(words_decoder<ResetRule>(
                 "reset rule", {{"stable", ResetRule::stable}, {"connack", ResetRule::connack}})),
             "What sets the failures back to 0: a session that lived for a while, or any CONNACK.")},
      check_backoff);
}

std::string Backoff::text() const {
  MapText map;
  if (kind) map.add("kind", std::string(backoff_kind_name(*kind)));
  map.add("jitter", jitter).add("at_least", at_least).add("at_most", at_most).add("stage", stage);
  map.add("honours_retry_after", honours_retry_after);
  if (resets) map.add("resets", *resets == ResetRule::stable ? "stable" : "connack");
  return map.done();
}

std::vector<std::string> Backoff::subjects() const {
  const auto where = stage ? " at " + std::string(journal::stage_name(*stage)) : "";
  std::vector<std::string> bounds;
  if (kind) bounds.push_back("kind" + where);
  if (jitter) bounds.push_back("jitter" + where);
  if (at_least) bounds.push_back("at_least" + where);
  if (at_most) bounds.push_back("at_most" + where);
  if (honours_retry_after) bounds.push_back("honours_retry_after" + where);
  if (resets) bounds.push_back("resets" + where);
  return bounds;
}

constexpr double kUnlikely = 1e-4;  // a verdict of failure by chance alone
constexpr double kDoubtful = 1e-2;  // neither likely enough to pass nor unlikely enough to fail

double in_seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

/// Levels of those waits for which the count of failures is known. One whose waits were often cut short is left out:
/// the long ones are missing there, and the rest would look like a cap.
template <class Predicate>
std::vector<Level> levels_of(const std::vector<Wait>& waits, double retry_after, Predicate wanted) {
  struct Bin {
    std::vector<double> seconds;
    std::size_t cut = 0;
  };
  std::map<std::uint32_t, Bin> bins;
  for (const auto& w : waits) {
    if (!wanted(w)) continue;
    auto& bin = bins[w.failures];
    if (w.finished)
      bin.seconds.push_back(std::max(0.0, w.seconds - (w.busy ? retry_after : 0)));
    else
      ++bin.cut;
  }
  std::vector<Level> levels;
  for (auto& [failures, bin] : bins)
    if (!bin.seconds.empty() && bin.cut * 10 <= bin.seconds.size())
      levels.push_back({failures, std::move(bin.seconds)});
  return levels;
}

struct Part {
  Verdict verdict = Verdict::pass;
  std::string text;
  std::vector<const Wait*> shown;  // the waits that prove it
};

Part unknown(std::string text) {
  return {Verdict::inconclusive, std::move(text), {}};
}

class BackoffCheck {
 public:
  BackoffCheck(const Backoff& expect, const CheckContext& context)
      : expect_(expect),
        context_(context),
        waits_(measured_waits(context, expect.stage)),
        retry_after_(expect.honours_retry_after ? in_seconds(*expect.honours_retry_after) : 0),
        levels_(levels_of(waits_, retry_after_, [](const Wait& w) { return w.count_is_certain; })) {}

  Finding judge() {
    const auto finished = std::count_if(waits_.begin(), waits_.end(), [](const Wait& w) { return w.finished; });
    if (finished == 0) return nothing_to_look_at("no camera tried again after a failure: there is no wait to look at");
    std::vector<Part> parts;
    if (expect_.kind) parts.push_back(judge_kind(*expect_.kind));
    if (expect_.jitter) parts.push_back(judge_jitter(*expect_.jitter));
    if (expect_.at_least) parts.push_back(judge_at_least(in_seconds(*expect_.at_least)));
    if (expect_.at_most) parts.push_back(judge_at_most(in_seconds(*expect_.at_most)));
    if (expect_.honours_retry_after) parts.push_back(judge_retry_after());
    if (expect_.resets) parts.push_back(judge_resets(*expect_.resets));
    return together(parts, finished);
  }

 private:
  [[nodiscard]] Part judge_kind(BackoffKind kind) const {
    const auto growth = find_growth(levels_);
    if (!growth.why_unknown.empty()) return unknown(growth.why_unknown);
    std::vector<std::string> means;
    for (const auto& level : levels_) {
      double sum = 0;
      for (const double x : level.seconds) sum += x;
      if (means.size() < 8) means.push_back(fmt::format("{:.3g}", sum / static_cast<double>(level.seconds.size())));
    }
    const auto seen = fmt::format("the mean waits are {} s", fmt::join(means, ", "));
    const auto shown = longest_row();
    switch (growth.is(kind)) {
      case Answer::yes:
        return {Verdict::pass, fmt::format("{} ({})", backoff_kind_name(kind), seen), shown};
      case Answer::no:
        return {Verdict::fail,
                fmt::format("{}, not {} ({})", backoff_kind_name(growth.best), backoff_kind_name(kind), seen), shown};
      case Answer::unknown:
        break;
    }
    return unknown(growth.fits ? fmt::format("{} fits best, and another law nearly as well ({})",
                                             backoff_kind_name(growth.best), seen)
                               : fmt::format("neither constant nor linear nor exponential ({})", seen));
  }

  /// One level for each stage and n: a wait of Endorse's and another one of the config API's, each the same for all
  /// cameras, are no jitter.
  [[nodiscard]] std::vector<Level> levels_by_stage() const {
    std::vector<Level> all;
    for (const auto& info : journal::kStages) {
      if (info.failures != journal::Failures::own_count) continue;
      auto levels = levels_of(waits_, retry_after_,
                              [&info](const Wait& w) { return w.count_is_certain && w.stage == info.stage; });
      std::move(levels.begin(), levels.end(), std::back_inserter(all));
    }
    std::stable_sort(all.begin(), all.end(), [](const Level& a, const Level& b) { return a.failures < b.failures; });
    return all;
  }

  [[nodiscard]] Part judge_jitter(bool wanted) const {
    const auto found = find_jitter(levels_by_stage());
    if (found.answer == Answer::unknown)
      return unknown("too few waits, or too little spread, to tell jitter from none");
    const bool fixed_somewhere = found.fixed_level != 0;
    const auto text = fixed_somewhere ? fmt::format("no jitter after failure {} (spread of the others {:.2f})",
                                                    found.fixed_level, found.spread)
                      : found.answer == Answer::yes ? fmt::format("jitter (spread {:.2f})", found.spread)
                                                    : fmt::format("no jitter (spread {:.2f})", found.spread);
    if (!wanted && fixed_somewhere) return unknown(text);
    const bool right = (found.answer == Answer::yes) == wanted;
    std::vector<const Wait*> shown;
    for (const auto& w : waits_)
      if (w.finished && w.count_is_certain && w.failures == std::max(1U, found.fixed_level)) shown.push_back(&w);
    return {right ? Verdict::pass : Verdict::fail, text, std::move(shown)};
  }

  /// Refuted when the first waits are too short to have been drawn from a range that reaches the bound.
  [[nodiscard]] Part judge_at_least(double bound) const {
    const auto first = std::find_if(levels_.begin(), levels_.end(), [](const Level& l) { return l.failures == 1; });
    if (first == levels_.end()) return unknown("no wait after a first failure");
    const double longest = *std::max_element(first->seconds.begin(), first->seconds.end());
    const auto count = static_cast<double>(first->seconds.size());
    const auto text = fmt::format("the longest of {} first waits is {:.3f} s", first->seconds.size(), longest);
    if (longest >= bound) return {Verdict::pass, text, waits_after_first()};
    const double odds = std::pow(longest / bound, count);
    const auto jitter = find_jitter(levels_by_stage());
    const bool fixed = jitter.answer == Answer::no && jitter.fixed_level == 0;
    if (odds < kUnlikely || (fixed && longest < 0.95 * bound)) return {Verdict::fail, text, waits_after_first()};
    constexpr double kEnough = 3;  // with fewer, a random wait may be as short as you like
    if (count < kEnough) return unknown(text + ", and too few to tell");
    if (odds < kDoubtful) return unknown(text + ", which is rarely so short by chance, but may be");
    return {Verdict::pass, text, waits_after_first()};
  }

  [[nodiscard]] Part judge_at_most(double bound) const {
    const double lag = static_cast<double>(context_.m.generator_lag.percentile(99)) / 1e6;
    const double limit = bound * 1.1 + 0.25 + lag;
    Part part;
    double longest = 0;
    std::size_t count = 0;
    for (const auto& w : waits_) {
      const double seconds = w.seconds - (w.busy ? retry_after_ : 0);
      if (w.finished) {
        longest = std::max(longest, seconds);
        ++count;
      }
      if (seconds > limit) part.shown.push_back(&w);
    }
    part.text = fmt::format("the longest of {} waits is {:.3f} s", count, longest);
    if (part.shown.size() * 100 > waits_.size()) {
      part.verdict = Verdict::fail;
      part.text += fmt::format(", and {} are too long", part.shown.size());
    }
    return part;
  }

  [[nodiscard]] Part judge_retry_after() const {
    Part part;
    std::size_t count = 0;
    double shortest = INFINITY;
    for (const auto& w : waits_) {
      if (!w.busy || !w.finished) continue;
      ++count;
      shortest = std::min(shortest, w.seconds);
      if (w.seconds < 0.99 * retry_after_ - 0.005) part.shown.push_back(&w);
    }
    if (count == 0) return unknown("no camera was answered 429 or 503 and came again");
    part.text = fmt::format("the shortest of {} waits after 429 or 503 is {:.3f} s", count, shortest);
    if (!part.shown.empty()) part.verdict = Verdict::fail;
    return part;
  }

  [[nodiscard]] Part judge_resets(ResetRule rule) const {
    const auto levels = levels_of(waits_, 0, [](const Wait& w) { return w.after_connack; });
    if (levels.empty() || levels.front().failures > 2)
      return unknown("no camera lost short sessions from its first failure on");
    const auto growth = find_growth(levels);
    if (!growth.why_unknown.empty()) return unknown("after sessions that ended early: " + growth.why_unknown);
    const auto grows = growth.grows();
    if (grows == Answer::unknown)
      return unknown("whether the waits grow from one short session to the next cannot be told yet");
    Part part;
    part.text = grows == Answer::yes ? "the waits grow although there was a CONNACK in between"
                                     : "a CONNACK alone sets the wait back to the first one";
    for (const auto& w : waits_)
      if (w.after_connack && w.finished) part.shown.push_back(&w);
    if ((grows == Answer::yes) != (rule == ResetRule::stable)) part.verdict = Verdict::fail;
    return part;
  }

  [[nodiscard]] std::vector<const Wait*> waits_after_first() const {
    std::vector<const Wait*> shown;
    for (const auto& w : waits_)
      if (w.finished && w.failures == 1) shown.push_back(&w);
    std::stable_sort(shown.begin(), shown.end(), [](auto* a, auto* b) { return a->seconds > b->seconds; });
    return shown;
  }
  /// The waits of the camera that failed most often in a row.
  [[nodiscard]] std::vector<const Wait*> longest_row() const {
    const Wait* most = nullptr;
    for (const auto& w : waits_)
      if (w.finished && w.count_is_certain && (most == nullptr || w.failures > most->failures)) most = &w;
    std::vector<const Wait*> shown;
    for (const auto& w : waits_)
      if (most != nullptr && w.camera == most->camera && w.stage == most->stage && w.finished) shown.push_back(&w);
    return shown;
  }

  Finding together(const std::vector<Part>& parts, std::ptrdiff_t finished) const {
    Finding out;
    const auto has = [&](Verdict v) {
      return std::any_of(parts.begin(), parts.end(), [&](const Part& p) { return p.verdict == v; });
    };
    out.verdict = has(Verdict::fail)           ? Verdict::fail
                  : has(Verdict::inconclusive) ? Verdict::inconclusive
                                               : Verdict::pass;
    out.is_final = out.verdict == Verdict::fail;
    std::vector<std::string> texts;
    for (const auto& part : parts) {
      texts.push_back(part.text);
      if (part.verdict != out.verdict) continue;
      for (const auto* w : part.shown) {
        if (out.verdict == Verdict::fail) out.cameras.push_back(w->camera);
        cite(out, *w->failed);
        if (w->next != nullptr) cite(out, *w->next);
      }
    }
    std::sort(out.cameras.begin(), out.cameras.end());
    out.cameras.erase(std::unique(out.cameras.begin(), out.cameras.end()), out.cameras.end());
    out.observed = fmt::format("{}; {} waits measured", fmt::join(texts, "; "), finished);
    return out;
  }

  const Backoff& expect_;
  const CheckContext& context_;
  std::vector<Wait> waits_;
  double retry_after_;
  std::vector<Level> levels_;
};

Finding Backoff::check(const CheckContext& context) const {
  return BackoffCheck(*this, context).judge();
}

}  // namespace

extern const ExpectationKind expect_backoff;
const ExpectationKind expect_backoff =
    kind_of<Backoff>("backoff", "How cameras wait between a failure and the next attempt.");

}  // namespace firstlight::judge
