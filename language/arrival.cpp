#include "language/arrival.hpp"

#include <algorithm>
#include <cmath>

namespace firstlight::language {

namespace {

double start_of(const ArriveAtOnce&, double) {
  return 0;
}
double start_of(const ArriveAtRate& arrive, double index) {
  return index / arrive.per_second;
}
double start_of(const ArrivePoisson& arrive, double index) {
  return index / arrive.per_second;
}
double start_of(const ArriveRamp& arrive, double index) {
  // The number of arrivals by time t is from·t + slope·t²/2, until the ramp ends.
  const double from = arrive.from_per_second, to = arrive.to_per_second;
  const double over = std::chrono::duration<double>(arrive.over).count();
  const double in_ramp = (from + to) / 2 * over;
  if (index >= in_ramp) return over + (index - in_ramp) / to;
  const double slope = (to - from) / over;
  const double root = std::sqrt(std::max(0.0, from * from + 2 * slope * index));
  return index == 0 ? 0 : 2 * index / (from + root);
}

}  // namespace

double nominal_start_seconds(const Arrival& arrival, std::uint32_t index) {
  return std::visit([&](const auto& a) { return start_of(a, index); }, arrival);
}

Duration to_duration(double seconds) {
  constexpr double kCentury = 100.0 * 366 * 86'400;
  return Duration(std::llround(std::clamp(seconds, 0.0, kCentury) * 1e6));
}

}  // namespace firstlight::language
