#include <array>
#include <cmath>
#include <optional>

#include "decode/values.hpp"

namespace firstlight::decode {

std::optional<Quantity> split_quantity(std::string_view text) {
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

namespace {

constexpr std::string_view kDurationPattern = "[0-9]+(\\.[0-9]{1,6})?(us|ms|s|m|h|d)";

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

bool wrong_duration(DecodeContext& context, const Node& node, std::string_view text) {
  const auto q = split_quantity(text);
  if (!q) return wrong_type(context, node, "a duration", "for example \"30s\"; the units are us, ms, s, m, h, d");
  if (q->unit.empty()) {
    context.error(node, fmt::format("a duration needs a unit, found {}", what_it_is(node)),
                  fmt::format("write \"{}s\" for seconds; the units are us, ms, s, m, h, d", q->digits));
    return false;
  }
  const auto unit = common_unit(trim(q->unit));
  if (unit == q->unit) return context.error(node, "this duration is too long, or finer than a microsecond");
  context.error(
      node, fmt::format("unknown unit {} in a duration", in_quotes(q->unit)),
      unit.empty() ? "the units are us, ms, s, m, h, d" : fmt::format("did you mean \"{}{}\"?", q->digits, unit));
  return false;
}

bool read_duration(DecodeContext& context, const Node& node, std::string_view text, const DurationLimits& limits,
                   Duration& out) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const auto value = parse_duration(text);
  if (negative && !limits.may_be_negative && split_quantity(text))
    return context.error(node, "a duration cannot be negative here");
  if (!value) return wrong_duration(context, node, text);
  out = negative ? -*value : *value;
  if (!limits.may_be_negative && out < limits.least)
    return context.error(node, fmt::format("this duration must be at least {}", format_duration(limits.least)));
  if (out % limits.unit != Duration::zero()) return context.error(node, "this duration must be whole seconds");
  return true;
}

}  // namespace

Decoder<Duration> duration_decoder(DurationLimits limits) {
  Decoder<Duration> decoder;
  decoder.schema = {{"type", "string"},
                    {"pattern", fmt::format("^{}{}$", limits.may_be_negative ? "-?" : "", kDurationPattern)}};
  decoder.read = [limits](DecodeContext& context, const Node& node, Duration& out) {
    if (node.kind != Node::Kind::scalar) return wrong_type(context, node, "a duration", "for example \"30s\"");
    return read_duration(context, node, node.text, limits, out);
  };
  return decoder;
}

Decoder<std::chrono::seconds> seconds_decoder() {
  auto exact = duration_decoder({std::chrono::seconds(1), std::chrono::seconds(1), false});
  Decoder<std::chrono::seconds> decoder;
  decoder.schema = std::move(exact.schema);
  decoder.read = [read = std::move(exact.read)](DecodeContext& context, const Node& node, std::chrono::seconds& out) {
    Duration value{};
    if (!read(context, node, value)) return false;
    out = std::chrono::duration_cast<std::chrono::seconds>(value);
    return true;
  };
  return decoder;
}

Decoder<Duration> upper_limit_decoder() {
  Decoder<Duration> decoder;
  decoder.schema = {{"type", "string"}, {"pattern", fmt::format("^< *{}$", kDurationPattern)}};
  decoder.read = [](DecodeContext& context, const Node& node, Duration& out) {
    if (node.kind != Node::Kind::scalar) return wrong_type(context, node, "a limit", "for example \"< 5s\"");
    const std::string_view text = node.text;
    const bool is_limit = !text.empty() && text[0] == '<' && text.substr(0, 2) != "<=";
    if (is_limit) return read_duration(context, node, trim(text.substr(1)), {}, out);
    const auto first = text.find_first_not_of("<>= ");
    const auto rest = first == std::string_view::npos ? std::string_view{} : text.substr(first);
    context.error(node, fmt::format("a limit starts with \"<\", found {}", what_it_is(node)),
                  parse_duration(rest) ? fmt::format("write \"< {}\"", rest) : "for example \"< 5s\"");
    return false;
  };
  return decoder;
}

Decoder<double> rate_decoder(RateLimits limits) {
  Decoder<double> decoder;
  decoder.schema = {{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]{1,6})?/[smh]$"}};
  decoder.read = [may_be_zero = limits.may_be_zero](DecodeContext& context, const Node& node, double& out) {
    constexpr double kMost = 100'000;
    constexpr std::string_view kHint = "for example 20/s; the units are /s, /m and /h";
    if (node.kind != Node::Kind::scalar) return wrong_type(context, node, "a rate", std::string(kHint));
    std::string_view text = node.text;
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) text.remove_prefix(1);
    const auto q = split_quantity(text);
    if (!q) return wrong_type(context, node, "a rate", std::string(kHint));
    if (q->unit.empty())
      return context.error(node, fmt::format("a rate needs a unit, found {}", what_it_is(node)),
                           fmt::format("write \"{}/s\"", q->digits));
    const double seconds = q->unit == "/s" ? 1 : q->unit == "/m" ? 60 : q->unit == "/h" ? 3600 : 0;
    if (seconds == 0)
      return context.error(node, fmt::format("unknown unit {} in a rate", in_quotes(q->unit)), std::string(kHint));
    out = q->number / seconds;
    if (negative || (out <= 0 && !may_be_zero) || out > kMost)
      return context.error(
          node, fmt::format("this rate must be {} 0 and at most {}/s", may_be_zero ? "at least" : "above", kMost));
    return true;
  };
  return decoder;
}

}  // namespace firstlight::decode
