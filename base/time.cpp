#include "base/time.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <ctime>

namespace firstlight {

using namespace std::chrono;

std::string format_rfc3339(WallTime t, bool with_milliseconds) {
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss time{floor<milliseconds>(t - day)};
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                          time.minutes().count(), time.seconds().count());
  if (with_milliseconds) text += fmt::format(".{:03}", time.subseconds().count());
  return text + "Z";
}

namespace {

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  int value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return {};
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  if (text.size() != 20 && text.size() != 24) return {};
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text.back() != 'Z')
    return {};
  const auto y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2), h = digits(text, 11, 2),
             mi = digits(text, 14, 2), s = digits(text, 17, 2);
  if (!y || !mo || !d || !h || !mi || !s || *h > 23 || *mi > 59 || *s > 59) return {};
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return {};
  milliseconds fraction{0};
  if (text.size() == 24) {
    const auto ms = digits(text, 20, 3);
    if (text[19] != '.' || !ms) return {};
    fraction = milliseconds(*ms);
  }
  return sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s) + fraction;
}

namespace {

struct Unit {
  std::string_view suffix;
  std::int64_t micros;
};
constexpr std::array<Unit, 6> kUnits{
    {{"us", 1}, {"ms", 1'000}, {"s", 1'000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000}}};

}  // namespace

std::optional<microseconds> parse_duration(std::string_view text) {
  std::size_t i = 0;
  std::int64_t whole = 0;
  constexpr std::int64_t kLimit = std::int64_t{100} * 366 * 86'400'000'000;  // a century
  while (i < text.size() && std::isdigit(static_cast<unsigned char>(text[i]))) {
    whole = whole * 10 + (text[i++] - '0');
    if (whole > kLimit) return {};
  }
  if (i == 0) return {};
  std::int64_t fraction = 0, scale = 1;
  if (i < text.size() && text[i] == '.') {
    const auto first = ++i;
    while (i < text.size() && std::isdigit(static_cast<unsigned char>(text[i]))) {
      if (i - first >= 6) return {};
      fraction = fraction * 10 + (text[i++] - '0');
      scale *= 10;
    }
    if (i == first) return {};
  }
  for (const auto& unit : kUnits) {
    if (text.substr(i) != unit.suffix) continue;
    if (whole > kLimit / unit.micros) return {};
    if ((fraction * unit.micros) % scale != 0) return {};
    return microseconds(whole * unit.micros + fraction * unit.micros / scale);
  }
  return {};
}

std::string format_duration(microseconds d) {
  for (auto unit = kUnits.rbegin(); unit != kUnits.rend(); ++unit)
    if (d.count() != 0 && d.count() % unit->micros == 0)
      return fmt::format("{}{}", d.count() / unit->micros, unit->suffix);
  return d.count() == 0 ? "0s" : fmt::format("{}us", d.count());
}

}  // namespace firstlight
