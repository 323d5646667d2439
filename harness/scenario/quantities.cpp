#include <array>
#include <cmath>
#include <optional>

#include "harness/scenario/values.hpp"

namespace firstlight::harness {

namespace {

constexpr std::string_view kDurationPattern = "[0-9]+(\\.[0-9]{1,6})?(us|ms|s|m|h|d)";

/// A number and what follows it: "20/s" is 20 and "/s". The number has digits on both sides of a point.
struct Quantity {
  double number = 0;
  std::string_view digits, unit;
};
std::optional<Quantity> split(std::string_view text) {
  const auto skip = [&](std::size_t i) {
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i;
  };
  auto end = skip(0);
  if (end == 0 || end > 15) return {};
  if (end < text.size() && text[end] == '.') {
    const auto last = skip(end + 1);
    if (last == end + 1 || last - end > 7) return {};
    end = last;
  }
  Quantity q{0, text.substr(0, end), text.substr(end)};
  q.number = std::stod(std::string(q.digits));  // bounded above: cannot be out of range
  return q;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

std::string_view common_unit(std::string_view written) {
  using Pair = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Pair, 26> kAliases{{{"sec", "s"},
                                           {"secs", "s"},
                                           {"second", "s"},
                                           {"seconds", "s"},
                                           {"S", "s"},
                                           {"min", "m"},
                                           {"mins", "m"},
                                           {"minute", "m"},
                                           {"minutes", "m"},
                                           {"M", "m"},
                                           {"hr", "h"},
                                           {"hrs", "h"},
                                           {"hour", "h"},
                                           {"hours", "h"},
                                           {"H", "h"},
                                           {"day", "d"},
                                           {"days", "d"},
                                           {"D", "d"},
                                           {"msec", "ms"},
                                           {"msecs", "ms"},
                                           {"millis", "ms"},
                                           {"MS", "ms"},
                                           {"milliseconds", "ms"},
                                           {"µs", "us"},
                                           {"micros", "us"},
                                           {"usec", "us"}}};
  for (const auto& [alias, unit] : kAliases)
    if (alias == written) return unit;
  for (const std::string_view unit : {"us", "ms", "s", "m", "h", "d"})
    if (unit == written) return unit;
  return {};
}

bool wrong_duration(Reading& reading, const Node& node, std::string_view text) {
  const auto q = split(text);
  if (!q) return wrong_type(reading, node, "a duration", "for example \"30s\"; the units are us, ms, s, m, h, d");
  if (q->unit.empty()) {
    reading.mistake(node, fmt::format("a duration needs a unit, found {}", what_it_is(node)),
                    fmt::format("write \"{}s\" for seconds; the units are us, ms, s, m, h, d", q->digits));
    return false;
  }
  const auto unit = common_unit(trim(q->unit));
  if (unit == q->unit) return reading.mistake(node, "this duration is too long, or finer than a microsecond"), false;
  reading.mistake(
      node, fmt::format("unknown unit {} in a duration", in_quotes(q->unit)),
      unit.empty() ? "the units are us, ms, s, m, h, d" : fmt::format("did you mean \"{}{}\"?", q->digits, unit));
  return false;
}

bool read_duration(Reading& reading, const Node& node, std::string_view text, const DurationLimits& limits,
                   Duration& out) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const auto value = parse_duration(text);
  if (negative && !limits.may_be_negative && split(text))
    return reading.mistake(node, "a duration cannot be negative here"), false;
  if (!value) return wrong_duration(reading, node, text);
  out = negative ? -*value : *value;
  if (!limits.may_be_negative && out < limits.least)
    return reading.mistake(node, fmt::format("this duration must be at least {}", format_duration(limits.least))),
           false;
  if (out % limits.unit != Duration::zero()) return reading.mistake(node, "this duration must be whole seconds"), false;
  return true;
}

}  // namespace

Form<Duration> duration_form(DurationLimits limits) {
  Form<Duration> form;
  form.schema = {{"type", "string"},
                 {"pattern", fmt::format("^{}{}$", limits.may_be_negative ? "-?" : "", kDurationPattern)}};
  form.read = [limits](Reading& reading, const Node& node, Duration& out) {
    if (node.kind != Node::Kind::scalar) return wrong_type(reading, node, "a duration", "for example \"30s\"");
    return read_duration(reading, node, node.text, limits, out);
  };
  return form;
}

Form<std::chrono::seconds> seconds_form() {
  auto exact = duration_form({std::chrono::seconds(1), std::chrono::seconds(1), false});
  Form<std::chrono::seconds> form;
  form.schema = std::move(exact.schema);
  form.read = [read = std::move(exact.read)](Reading& reading, const Node& node, std::chrono::seconds& out) {
    Duration value{};
    if (!read(reading, node, value)) return false;
    out = std::chrono::duration_cast<std::chrono::seconds>(value);
    return true;
  };
  return form;
}

Form<Duration> upper_limit_form() {
  Form<Duration> form;
  form.schema = {{"type", "string"}, {"pattern", fmt::format("^< *{}$", kDurationPattern)}};
  form.read = [](Reading& reading, const Node& node, Duration& out) {
    if (node.kind != Node::Kind::scalar) return wrong_type(reading, node, "a limit", "for example \"< 5s\"");
    const std::string_view text = node.text;
    const bool is_limit = !text.empty() && text[0] == '<' && text.substr(0, 2) != "<=";
    if (is_limit) return read_duration(reading, node, trim(text.substr(1)), {}, out);
    const auto first = text.find_first_not_of("<>= ");
    const auto rest = first == std::string_view::npos ? std::string_view{} : text.substr(first);
    reading.mistake(node, fmt::format("a limit starts with \"<\", found {}", what_it_is(node)),
                    parse_duration(rest) ? fmt::format("write \"< {}\"", rest) : "for example \"< 5s\"");
    return false;
  };
  return form;
}

Form<double> rate_form(bool may_be_zero) {
  Form<double> form;
  form.schema = {{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]{1,6})?/[smh]$"}};
  form.read = [may_be_zero](Reading& reading, const Node& node, double& out) {
    constexpr double kMost = 100'000;
    constexpr std::string_view kHint = "for example 20/s; the units are /s, /m and /h";
    if (node.kind != Node::Kind::scalar) return wrong_type(reading, node, "a rate", std::string(kHint));
    std::string_view text = node.text;
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) text.remove_prefix(1);
    const auto q = split(text);
    if (!q) return wrong_type(reading, node, "a rate", std::string(kHint));
    if (q->unit.empty())
      return reading.mistake(node, fmt::format("a rate needs a unit, found {}", what_it_is(node)),
                             fmt::format("write \"{}/s\"", q->digits)),
             false;
    const double seconds = q->unit == "/s" ? 1 : q->unit == "/m" ? 60 : q->unit == "/h" ? 3600 : 0;
    if (seconds == 0)
      return reading.mistake(node, fmt::format("unknown unit {} in a rate", in_quotes(q->unit)), std::string(kHint)),
             false;
    out = q->number / seconds;
    if (negative || (out <= 0 && !may_be_zero) || out > kMost)
      return reading.mistake(node, fmt::format("this rate must be {} 0 and at most {}/s",
                                               may_be_zero ? "at least" : "above", kMost)),
             false;
    return true;
  };
  return form;
}

Form<CameraSet> camera_set_form() {
  Form<CameraSet> form;
  form.schema["anyOf"] = {{{"const", "all"}},
                          {{"type", "string"}, {"pattern", "^[0-9]{1,3}(\\.[0-9]{1,2})?%$"}},
                          {{"type", "integer"}, {"minimum", 1}, {"maximum", kMaxCameras}}};
  form.read = [number = small_integer_form(1, kMaxCameras)](Reading& reading, const Node& node, CameraSet& out) {
    constexpr std::string_view kExpected = "a part of the cameras";
    constexpr std::string_view kHint = "all, a percentage such as 20%, or a number of cameras";
    if (node.kind != Node::Kind::scalar) return wrong_type(reading, node, kExpected, std::string(kHint));
    if (node.text == "all") return out = CameraSet{}, true;
    if (scalar_kind(node) == ScalarKind::integer) {
      out.kind = CameraSet::Kind::number;
      return number.read(reading, node, out.value);
    }
    const bool negative = node.text[0] == '-';
    const auto q = split(std::string_view(node.text).substr(negative ? 1 : 0));
    if (!q || trim(q->unit) != "%") return wrong_type(reading, node, kExpected, std::string(kHint));
    if (q->unit != "%") return wrong_type(reading, node, kExpected, fmt::format("did you mean \"{}%\"?", q->digits));
    const double hundredths = q->number * 100;
    if (negative || hundredths <= 0 || hundredths > 100'00)
      return reading.mistake(node, "a percentage is above 0 and at most 100"), false;
    const auto point = q->digits.find('.');
    if (point != std::string_view::npos && q->digits.size() - point > 3)
      return reading.mistake(node, "a percentage has at most two decimals"), false;
    out = {CameraSet::Kind::share, static_cast<std::uint32_t>(std::lround(hundredths))};
    return true;
  };
  return form;
}

}  // namespace firstlight::harness
