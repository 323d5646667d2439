#include "fault/effect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace firstlight::fault {

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::duration:
      return "duration";
    case Kind::bytes:
      return "bytes";
    case Kind::integer:
      return "integer";
    case Kind::percent:
      return "percentage";
    case Kind::text:
      return "text";
    case Kind::choice:
      return "one of";
    case Kind::flag:
      return "true or false";
    case Kind::camera:
      return "camera number";
  }
  return "?";
}

void Arguments::set(std::string_view name, Value value) {
  for (auto& [key, old] : values_)
    if (key == name) {
      old = std::move(value);
      return;
    }
  values_.emplace_back(name, std::move(value));
}

const Value* Arguments::find(std::string_view name) const {
  for (const auto& [key, value] : values_)
    if (key == name) return &value;
  return nullptr;
}

namespace {

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t n = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc{} || rest != end) return {};
  return n;
}

std::optional<std::int64_t> byte_count(std::string_view text) {
  for (const auto& [unit, factor] :
       {std::pair<std::string_view, std::int64_t>{"KiB", 1024}, {"MiB", 1048576}, {"B", 1}})
    if (text.ends_with(unit)) {
      const auto n = whole(text.substr(0, text.size() - unit.size()));
      if (!n || *n < 0 || *n > INT64_MAX / factor) return {};
      return *n * factor;
    }
  return {};
}

/// Hundredths of a percent.
std::optional<std::int64_t> percentage(std::string_view text) {
  if (!text.ends_with('%')) return {};
  text.remove_suffix(1);
  const auto dot = text.find('.');
  const auto units = whole(text.substr(0, dot));
  if (!units || *units < 0 || *units > 100) return {};
  std::int64_t hundredths = 0;
  if (dot != std::string_view::npos) {
    const auto digits = text.substr(dot + 1);
    const auto n = whole(digits);
    if (!n || *n < 0 || digits.size() > 2) return {};
    hundredths = digits.size() == 1 ? *n * 10 : *n;
  }
  const auto value = *units * 100 + hundredths;
  if (value > 100'00) return {};
  return value;
}

std::string bounds_text(const Parameter& p) {
  const auto show = [&](std::int64_t v) {
    return p.kind == Kind::duration ? format_duration(Duration(v))
                                    : fmt::format("{}{}", v, p.kind == Kind::bytes ? "B" : "");
  };
  if (p.least < 0 && p.most == INT64_MAX) return "";
  if (p.most != INT64_MAX) return fmt::format(" from {} to {}", show(p.least), show(p.most));
  return p.least > 0 ? fmt::format(" of at least {}", show(p.least)) : "";
}

std::variant<Value, NoValue> bounded(const Parameter& p, std::optional<std::int64_t> value, std::string_view what) {
  if (value && *value >= p.least && *value <= p.most) return Value(*value);
  return NoValue{fmt::format("{}{}", what, bounds_text(p))};
}

}  // namespace

std::variant<Value, NoValue> parse_value(const Parameter& p, std::string_view text) {
  switch (p.kind) {
    case Kind::duration: {
      const bool negative = p.least < 0 && text.starts_with('-');
      const auto d = parse_duration(negative ? text.substr(1) : text);
      const auto value = d ? std::optional(negative ? -d->count() : d->count()) : std::nullopt;
      return bounded(p, value, "a duration with its unit (such as 500ms)");
    }
    case Kind::bytes:
      return bounded(p, byte_count(text), "a size with its unit (such as 16KiB or 100B)");
    case Kind::integer:
      return bounded(p, whole(text), "a whole number");
    case Kind::camera:
      return bounded(p, whole(text), "a camera's number");
    case Kind::percent:
      if (const auto share = percentage(text)) return Value(*share);
      return NoValue{"a percentage from 0% to 100%"};
    case Kind::text:
      return Value(std::string(text));
    case Kind::choice:
      if (std::find(p.choices.begin(), p.choices.end(), text) != p.choices.end()) return Value(std::string(text));
      return NoValue{fmt::format("one of {}", fmt::join(p.choices, ", "))};
    case Kind::flag:
      if (text == "true" || text == "false") return Value(text == "true");
      return NoValue{"true or false"};
  }
  return NoValue{"?"};
}

}  // namespace firstlight::fault
