#include "judge/backoff/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace firstlight::judge {

std::string_view backoff_kind_name(BackoffKind kind) {
  switch (kind) {
    case BackoffKind::none:
      return "none";
    case BackoffKind::constant:
      return "constant";
    case BackoffKind::linear:
      return "linear";
    case BackoffKind::exponential:
      return "exponential";
  }
  return "?";
}

namespace {

constexpr std::size_t kLeastLevels = 3;
constexpr std::size_t kLeastWaits = 4;
constexpr std::size_t kLeastSmooth = 8;      // of one camera or a few, to tell a smooth sequence from luck
constexpr double kAccept = 8, kReject = 12;  // distances of misfit, about 2·ln of the odds
constexpr double kFarOff = 40;               // the same, when no law fits
constexpr double kNoBackoffSeconds = 0.05;   // nine waits of ten are shorter
constexpr double kOneDraw = 1;               // sd of the logarithm of a single uniform draw from [0, x]
constexpr double kTimers = 0.03;             // what timers and a loaded machine may add to any mean, relative
constexpr double kSmooth = 0.05;             // a deviation from the law that is no jitter
constexpr double kNothing = 1e-6;            // a mean or median of no wait at all, s: nothing is relative to it

double quantile(std::vector<double> values, double q) {
  const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

double mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

/// Those that have a logarithm, and to which a deviation can be relative.
std::vector<Level> with_waits(const std::vector<Level>& levels) {
  std::vector<Level> kept;
  for (const auto& level : levels)
    if (mean(level.seconds) > kNothing) kept.push_back(level);
  return kept;
}

std::string too_few(const std::vector<Level>& levels) {
  std::size_t waits = 0;
  for (const auto& level : levels) waits += level.seconds.size();
  if (waits >= kLeastWaits && levels.size() >= kLeastLevels) return {};
  return fmt::format("{} waits after {} different numbers of failures are too few: {} and {} are needed", waits,
                     levels.size(), kLeastWaits, kLeastLevels);
}

/// A level as the fit sees it: the logarithm of its mean wait and how exact that is.
struct Point {
  double n = 0, count = 0, log_mean = 0, weight = 1;
};

/// A law is the logarithm of its wait after n failures, up to a constant that is fitted.
using Law = std::function<double(double n)>;

double chi_squared(const std::vector<Point>& points, const Law& law) {
  double weights = 0, offset = 0, sum = 0;
  for (const auto& p : points) weights += p.weight, offset += p.weight * (p.log_mean - law(p.n));
  offset /= weights;
  for (const auto& p : points) sum += p.weight * std::pow(p.log_mean - law(p.n) - offset, 2);
  return sum;
}

struct Fit {
  double chi_squared = INFINITY;
  double parameters = 1;
  double misfit = INFINITY;
};

class Fitter {
 public:
  explicit Fitter(const std::vector<Point>& points) : points_(points) {
    for (const auto& p : points) waits_ += p.count;
    most_ = points.back().n;
  }
  void consider(Fit& best, double parameters, const Law& law) const {
    Fit fit{chi_squared(points_, law), parameters, 0};
    fit.misfit = fit.chi_squared + parameters * std::log(waits_);
    if (fit.misfit < best.misfit) best = fit;
  }
  [[nodiscard]] Fit constant() const {
    Fit best;
    consider(best, 1, [](double) { return 0.0; });
    return best;
  }
  [[nodiscard]] Fit linear() const {
    Fit best;
    consider(best, 1, [](double n) { return std::log(n); });
    for (double cap = 1.9; cap < most_; cap += 0.1)
      consider(best, 2, [cap](double n) { return std::log(std::min(n, cap)); });
    return best;
  }
  [[nodiscard]] Fit exponential() const {
    Fit best;
    for (const double factor : {2.0, 1.5, 1.6, 1.75, 2.5, 3.0, 4.0}) {
      const double rate = std::log(factor), parameters = factor == 2 ? 1 : 2;
      consider(best, parameters, [rate](double n) { return (n - 1) * rate; });
      for (double cap = std::log(1.9); cap < (most_ - 1) * rate; cap += 0.05)
        consider(best, parameters + 1, [rate, cap](double n) { return std::min((n - 1) * rate, cap); });
    }
    return best;
  }

 private:
  const std::vector<Point>& points_;
  double waits_ = 0, most_ = 0;
};

/// sd / mean of waits with equal n, over all levels (none of them without a wait); nothing useful (negative) with fewer
/// than 8 to compare.
double relative_deviation(const std::vector<Level>& levels) {
  double sum = 0, freedom = 0;
  for (const auto& level : levels) {
    const double m = mean(level.seconds);
    for (const double x : level.seconds) sum += std::pow(x / m - 1, 2);
    freedom += static_cast<double>(level.seconds.size() - 1);
  }
  return freedom < 8 ? -1 : std::sqrt(sum / freedom);
}

std::vector<Point> points_of(const std::vector<Level>& levels, double deviation) {
  std::vector<Point> points;
  for (const auto& level : levels) {
    const auto count = static_cast<double>(level.seconds.size());
    const double variance = deviation * deviation / count;
    // The logarithm of a mean is too low by half its variance.
    points.push_back({static_cast<double>(level.failures), count, std::log(mean(level.seconds)) + variance / 2,
                      1 / (variance + kTimers * kTimers)});
  }
  return points;
}

std::array<Fit, 4> fit_all(const std::vector<Point>& points) {
  const Fitter fitter(points);
  return {Fit{}, fitter.constant(), fitter.linear(), fitter.exponential()};
}

/// Few cameras: the deviation is that from the law that fits best, unless the waits are smooth.
double deviation_of_few(const std::vector<Level>& levels) {
  const auto points = points_of(levels, kSmooth);
  double least = INFINITY, waits = 0;
  for (const auto& fit : fit_all(points)) least = std::min(least, fit.chi_squared);
  for (const auto& p : points) waits += p.count;
  // A deviation of kSmooth gives about one a wait, less those that the law's parameters took.
  return waits >= kLeastSmooth && least <= waits - 3 ? kSmooth : kOneDraw;
}

std::size_t place_of(BackoffKind kind) {
  return static_cast<std::size_t>(kind);
}

}  // namespace

Answer Growth::is(BackoffKind kind) const {
  if (!why_unknown.empty()) return Answer::unknown;
  double others = INFINITY;
  for (std::size_t i = 0; i < misfit.size(); ++i)
    if (i != place_of(kind)) others = std::min(others, misfit[i]);
  const double own = misfit[place_of(kind)];
  if (std::isinf(own) && std::isinf(others)) return Answer::unknown;
  // Waits that no law describes (a machine that stalls spoils them all alike) still refute one that is far off.
  if (!fits) return own >= others + kFarOff ? Answer::no : Answer::unknown;
  if (own + kAccept <= others) return Answer::yes;
  return own >= others + kReject ? Answer::no : Answer::unknown;
}

Answer Growth::grows() const {
  if (!why_unknown.empty()) return Answer::unknown;
  if (best == BackoffKind::none) return Answer::no;
  const double level = misfit[place_of(BackoffKind::constant)];
  const double rising = std::min(misfit[place_of(BackoffKind::linear)], misfit[place_of(BackoffKind::exponential)]);
  if (std::isinf(level) && std::isinf(rising)) return Answer::unknown;
  if (rising + kAccept <= level) return Answer::yes;
  return fits && level + 2 <= rising ? Answer::no : Answer::unknown;
}

Growth find_growth(const std::vector<Level>& all_levels) {
  Growth growth;
  growth.misfit.fill(INFINITY);
  growth.why_unknown = too_few(all_levels);
  if (!growth.why_unknown.empty()) return growth;
  std::vector<double> all;
  for (const auto& level : all_levels) all.insert(all.end(), level.seconds.begin(), level.seconds.end());
  if (quantile(all, 0.9) < kNoBackoffSeconds) {
    growth.best = BackoffKind::none;
    growth.misfit[place_of(BackoffKind::none)] = 0;
    growth.fits = true;
    return growth;
  }
  const auto levels = with_waits(all_levels);
  growth.why_unknown = too_few(levels);
  if (!growth.why_unknown.empty()) return growth;
  const double measured = relative_deviation(levels);
  const auto points = points_of(levels, measured < 0 ? deviation_of_few(levels) : std::max(measured, 0.01));
  const auto fits = fit_all(points);
  for (const auto kind : {BackoffKind::constant, BackoffKind::linear, BackoffKind::exponential}) {
    growth.misfit[place_of(kind)] = fits[place_of(kind)].misfit;
    if (growth.misfit[place_of(kind)] < growth.misfit[place_of(growth.best)]) growth.best = kind;
  }
  const auto& best = fits[place_of(growth.best)];
  const double freedom = static_cast<double>(points.size()) - best.parameters;
  growth.fits = freedom < 1 || best.chi_squared <= freedom + 6 * std::sqrt(2 * freedom);
  return growth;
}

JitterFound find_jitter(const std::vector<Level>& all_levels) {
  constexpr std::size_t kLeastAtLevel = 4, kLeastForLevel = 8, kLeastInAll = 8;
  constexpr double kFixed = 0.05, kJittered = 0.15, kTooShort = 0.01;
  JitterFound found;
  const auto levels = with_waits(all_levels);
  std::vector<double> all;
  std::uint32_t fixed_level = 0;
  bool some_jittered = false;
  for (const auto& level : levels) {
    if (level.seconds.size() < kLeastAtLevel) continue;
    const double median = quantile(level.seconds, 0.5);
    const double width = quantile(level.seconds, 0.75) - quantile(level.seconds, 0.25);
    if (median <= kNothing) continue;                 // most waits were none: nothing is relative to them
    if (median < 0.1 && width < kTooShort) continue;  // timers alone spread so much
    for (const double x : level.seconds) all.push_back(x / median);
    const double nearly_all = quantile(level.seconds, 0.9) - quantile(level.seconds, 0.1);
    if (fixed_level == 0 && level.seconds.size() >= kLeastForLevel && nearly_all < kFixed * median)
      fixed_level = level.failures;
    some_jittered = some_jittered || (level.seconds.size() >= kLeastForLevel && width >= kJittered * median);
  }
  if (all.size() >= kLeastInAll) {
    found.spread = quantile(all, 0.75) - quantile(all, 0.25);
    if (fixed_level != 0 && some_jittered) found.fixed_level = fixed_level;
    if (found.spread >= kJittered) found.answer = Answer::yes;
    if (found.spread < kFixed || found.fixed_level != 0) found.answer = Answer::no;
    return found;
  }
  // One camera or a few: how far the waits are from a smooth sequence.
  std::size_t waits = 0;
  for (const auto& level : levels) waits += level.seconds.size();
  if (waits < kLeastSmooth || levels.size() < 5) return found;
  const auto points = points_of(levels, 0);
  double least = INFINITY, weight = 0;
  for (const auto& fit : fit_all(points)) least = std::min(least, fit.chi_squared);
  for (const auto& p : points) weight += p.weight;
  found.spread = std::sqrt(least / weight);
  if (found.spread < kSmooth) found.answer = Answer::no;
  if (found.spread >= 0.25) found.answer = Answer::yes;
  return found;
}

}  // namespace firstlight::judge
