#include <cstdio>

#include "decode/values.hpp"
#include "language/language.hpp"

namespace firstlight::language {

namespace {

std::optional<std::chrono::sys_days> parse_day(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  int length = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  if (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &length) != 3 || length != 10) return {};
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok()) return {};
  return std::chrono::sys_days(date);
}

Decoder<std::chrono::sys_days> day_decoder() {
  Decoder<std::chrono::sys_days> decoder;
  decoder.schema = {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}};
  decoder.read = [](DecodeContext& context, const Node& node, std::chrono::sys_days& out) {
    const auto day = node.kind == Node::Kind::scalar ? parse_day(node.text) : std::nullopt;
    if (!day) return wrong_type(context, node, "a day of the calendar", "for example 2026-12-31");
    out = *day;
    return true;
  };
  return decoder;
}

}  // namespace

Decoder<Quarantine> quarantine_decoder() {
  return map_decoder<Quarantine>(
      "quarantine",
      {field("until", &Quarantine::until, day_decoder(), "The last day (UTC); a failure counts again after it.")
           .required(),
       field("reason", &Quarantine::reason, text_decoder(300), "Why a failure is known and accepted.").required()});
}

}  // namespace firstlight::language
